// A growing array of bytes.
#ifndef DWPW_BYTE_LOG_H
#define DWPW_BYTE_LOG_H

#include <stddef.h>
#include <stdint.h>

struct byte_log {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
};

// What the firmware has sent since the last job: its UART output and its tensor dumps.
extern struct byte_log uart_log;
extern struct byte_log dump_log;

void byte_log_append(struct byte_log *log, const void *bytes, size_t size);

#endif
