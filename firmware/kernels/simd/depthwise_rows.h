// Walks along rows of the input itself, for windows of several lines: simd/depthwise_rows.c.
#ifndef DWPW_SIMD_DEPTHWISE_ROWS_H
#define DWPW_SIMD_DEPTHWISE_ROWS_H

#include "depthwise_shapes.h"
#include "depthwise_tile.h"
#include "dwpw_int32.h"

enum {
    ROWS_LINES = DWPW_WINDOW_ROWS_LINES,
    ROWS_SEGMENTS = DWPW_WINDOW_ROWS_SEGMENTS,
    ROWS_WORDS = ROWS_LINES * ROWS_SEGMENTS,
    ROWS_GROUPS = DWPW_COLUMN_GROUPS, // that pass together
};

// Windows that have this loop.
static inline bool has_rows_loop(const struct walk *walk)
{
    return walk->words && walk->lines == ROWS_LINES && walk->meeting == ROWS_SEGMENTS &&
           walk->taps == 0 && walk->at_once == ROWS_GROUPS;
}

// Bytes of padding that such walks need: a line of the input, and what groups read of a pixel.
static inline uint32_t rows_padding_bytes(const struct window *window)
{
    const struct window_axis *along = &window->along;
    return (uint32_t)max_i32(along->in * along->in_step, PIXEL_BYTES);
}

// Computes the operator, all blocks of channels. `walk`: as far as it is the same for all outputs.
void depthwise_rows(const struct window *window,
                    const struct walk *walk,
                    const struct dwpw_memory *memory);

#endif
