#include <stdlib.h>
#include <string.h>

#include "byte_log.h"
#include "crc32.h"
#include "platform.h"

enum { INITIAL_CAPACITY = 4096 };

struct byte_log uart_log;
struct byte_log dump_log;

void byte_log_append(struct byte_log *log, const void *bytes, size_t size)
{
    if (log->size + size > log->capacity) {
        log->capacity = 2 * (log->size + size) + INITIAL_CAPACITY;
        log->bytes = realloc(log->bytes, log->capacity);
        if (log->bytes == NULL) {
            abort();
        }
    }
    memcpy(log->bytes + log->size, bytes, size);
    log->size += size;
}

void uart_putc(char c)
{
    byte_log_append(&uart_log, &c, 1);
}

void uart_puts(const char *text)
{
    byte_log_append(&uart_log, text, strlen(text));
}

void platform_dump(const void *address, uint32_t length)
{
    byte_log_append(&dump_log, address, length);
}

uint32_t platform_checksum(const void *address, uint32_t length)
{
    return crc32(address, length);
}
