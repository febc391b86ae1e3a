// What the server says while a job runs, as a sequence of parts on stdout: two little-endian words,
// kind and size, and so many bytes behind them. The last part of an answer is the only one without
// bytes of its own: its size is the job's status.
#ifndef DWPW_ANSWER_H
#define DWPW_ANSWER_H

#include <stdint.h>

#include "dwpw_answer.h" // generated: enum dwpw_answer_part

void answer_part(enum dwpw_answer_part kind, const void *bytes, uint32_t size);
void answer_status(uint32_t status);

#endif
