#include "answer.h"

#include <stdio.h>

static void put_head(enum dwpw_answer_part kind, uint32_t size)
{
    const uint32_t head[] = {(uint32_t)kind, size};

    fwrite(head, sizeof(head), 1, stdout);
}

// Sent at once: who asked wants to see how far the job has come.
void answer_part(enum dwpw_answer_part kind, const void *bytes, uint32_t size)
{
    put_head(kind, size);
    if (size > 0) {
        fwrite(bytes, 1, size, stdout);
    }
    fflush(stdout);
}

void answer_status(uint32_t status)
{
    put_head(DWPW_ANSWER_PART_STATUS, status);
    fflush(stdout);
}
