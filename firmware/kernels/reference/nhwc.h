// Indexing of the reference kernels: every access works its offset out from four indices, as
// TFLite's `Offset` does, and leaves it to the compiler to move what it can out of the loops.
#ifndef DWPW_REFERENCE_NHWC_H
#define DWPW_REFERENCE_NHWC_H

#include <stdint.h>

#include "dwpw_int32.h"

struct nhwc {
    int32_t h;
    int32_t w;
    int32_t c;
};

// Of element [n][y][x][c] in a tensor of shape [*][h][w][c].
static inline int32_t nhwc_offset(struct nhwc shape, int32_t n, int32_t y, int32_t x, int32_t c)
{
    return ((n * shape.h + y) * shape.w + x) * shape.c + c;
}

static inline int8_t clamp_i8(int32_t value, int32_t min, int32_t max)
{
    return (int8_t)min_i32(max_i32(value, min), max);
}

#endif
