// Command `db`: the buffer that a model's input comes from.
#ifndef DWPW_MLPERF_BUFFER_H
#define DWPW_MLPERF_BUFFER_H

#include "protocol.h"
#include "words.h"

void mlperf_db(struct mlperf *device, const struct words *words);

// Whether the buffer holds all that was announced.
static inline bool mlperf_buffer_full(const struct mlperf_buffer *buffer)
{
    return buffer->expected != 0 && buffer->loaded == buffer->expected;
}

#endif
