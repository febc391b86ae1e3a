// What simd/depthwise_window.c and the walks of simd/depthwise_rows.c know of an operator.
#ifndef DWPW_SIMD_DEPTHWISE_SHAPES_H
#define DWPW_SIMD_DEPTHWISE_SHAPES_H

#include <stdbool.h>

#include "dwpw_kernel.h"

// One axis of the operator.
struct window_axis {
    int32_t in, out, kernel, stride, dilation, pad;
    int32_t tile; // outputs of a full tile
    int32_t in_step, out_step;
};

struct window {
    const struct dwpw_operator *op;
    struct window_axis down, along; // across the walk, and along it
    bool walk_down;                 // the walk goes from row to row
    int32_t pitch;                  // bytes from column to column of a tile
    uint32_t group_entries;
};

// A walk along outputs, as depthwise_walk.h describes it.
struct walk {
    const int32_t *offsets; // of segments, bytes from the first pixel of a window
    uint32_t meeting;       // segments with history
    uint32_t taps;          // segments behind them
    uint32_t lines;         // words of a segment
    uint32_t outputs;       // of the walk
    int32_t step;           // bytes from output to output, in the tile
    int32_t out_step;       // and in memory
    uint32_t group_entries; // of the store
    uint32_t channels;      // of the block
    uint32_t at_once;       // groups that pass together
    bool words;             // results are stored as such
    int32_t first;          // bytes from where a line begins to the first window
    uint32_t length;        // bytes of a line: what lies outside is padding
    const int8_t *padding;  // a pixel of it
    uint32_t begin, end;    // outputs that need none
};

// Whether all segments of output `x` lie in the input.
static inline bool lies_inside(const struct walk *walk, int32_t x)
{
    bool inside = true;
    for (uint32_t segment = 0; segment < walk->meeting + walk->taps; ++segment) {
        const int32_t at = walk->first + walk->offsets[segment] + x * walk->step;
        inside = inside && (uint32_t)at < walk->length;
    }
    return inside;
}

// Outputs of the walk whose windows need no padding.
static inline void find_inside(struct walk *walk)
{
    walk->begin = 0;
    walk->end = walk->outputs;
    while (walk->begin < walk->end && !lies_inside(walk, (int32_t)walk->begin)) {
        ++walk->begin;
    }
    while (walk->begin < walk->end && !lies_inside(walk, (int32_t)walk->end - 1)) {
        --walk->end;
    }
}

#endif
