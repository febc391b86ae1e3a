// The loops of simd/conv_patches.c over windows, all of whose lines lie in memory.  Those of
// shapes are compiled in two sources, conv_patches_tails_1_4.c and conv_patches_tails_5_8.c.
#ifndef DWPW_SIMD_CONV_PATCHES_LOOPS_H
#define DWPW_SIMD_CONV_PATCHES_LOOPS_H

#include "unit.h"
#include "unit_shapes.h"

// Windows at equal steps, and where their results go.
struct windows {
    const int8_t *from;
    int8_t *to;
    int32_t count;
    uint32_t step;    // bytes from window to window
    uint32_t to_step; // bytes from result to result
    int32_t lines;
    uint32_t line_step; // bytes from line to line
    uint32_t line;      // words of a line
    bool replay;        // whether the extension remembers them all; else a window passes again
    struct dwpw_pixel_store store;
    int8_t **waiting; // where the results go of the window that passed last, or NULL
};

// Passes a window for one result.
static inline __attribute__((always_inline)) void
pass_lines(const struct windows *windows, const int8_t *line, struct unit_shape shape)
{
    for (int32_t left = windows->lines; left > 1; --left, line += windows->line_step) {
        unit_pass_stretch((const dwpw_word *)(const void *)line, windows->line, shape, false);
    }
    unit_pass_stretch((const dwpw_word *)(const void *)line, windows->line, shape, true);
}

// A `unit_loop` over windows. Results are read when the next window is already under way, be it one
// of the next job.
static inline __attribute__((always_inline)) void run_windows(const void *job,
                                                              struct unit_shape shape)
{
    const struct windows windows = *(const struct windows *)job;
    const uint32_t results = shape.results != 0 ? shape.results : windows.store.results;
    const uint32_t times = windows.replay ? 1 : results;
    const int8_t *from = windows.from;
    int8_t *to = windows.to;
    int8_t *waiting = *windows.waiting;
    for (int32_t left = windows.count; left != 0; --left, from += windows.step) {
        for (uint32_t time = 0; time < times; ++time) {
            pass_lines(&windows, from, shape);
        }
        if (windows.replay) {
            dwpw_unit_replay(results);
        }
        if (waiting != NULL) {
            dwpw_unit_store_pixel(waiting, &windows.store, shape.results);
        }
        waiting = to;
        to += windows.to_step;
    }
    *windows.waiting = waiting;
}

// A `unit_loop` over windows for each tail.
unit_tail_loops dwpw_simd_conv_patches_tail_1, dwpw_simd_conv_patches_tail_2,
    dwpw_simd_conv_patches_tail_3, dwpw_simd_conv_patches_tail_4, dwpw_simd_conv_patches_tail_5,
    dwpw_simd_conv_patches_tail_6, dwpw_simd_conv_patches_tail_7, dwpw_simd_conv_patches_tail_8;

#endif
