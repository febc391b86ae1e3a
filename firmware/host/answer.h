// What the server says while a job runs, as a sequence of parts on stdout: two little-endian words,
// kind and size, and so many bytes behind them. The last part of an answer is the only one without
// bytes of its own: its size is the job's status.
#ifndef DWPW_ANSWER_H
#define DWPW_ANSWER_H

#include <stdint.h>

enum answer {
    ANSWER_UART = 0,   // text of the UART, a line at a time
    ANSWER_DUMP = 1,   // a tensor
    ANSWER_STATUS = 2, // the end
};

void answer_part(enum answer kind, const void *bytes, uint32_t size);
void answer_status(uint32_t status);

#endif
