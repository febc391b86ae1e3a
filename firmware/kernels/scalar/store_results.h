// Accumulators of four channels to int8, many pixels at a time.
//
// In a header, so that each kernel has its own copy next to its inner loop: the I$ is direct mapped
// and as small as 4 KB, and two functions that evict each other cost more than the arithmetic.
#ifndef DWPW_SCALAR_STORE_RESULTS_H
#define DWPW_SCALAR_STORE_RESULTS_H

#include <stdbool.h>

#include "requantise.h"

enum {
    RESULT_CHANNELS = 4,
    RESULT_ROWS = 4, // pixels per step
};

// Four channels of an operator's output.
struct results {
    const int32_t *multiplier;
    const int32_t *shift;
    struct output_range range;
    int32_t channels; // how many of the four exist
    int32_t stride;   // bytes from pixel to pixel
};

// Four pixels of four channels, a word per pixel.
struct result_words {
    uint32_t row0;
    uint32_t row1;
    uint32_t row2;
    uint32_t row3;
};

// Where not all four channels or pixels exist, or words would not be aligned, or a scale is 1 or
// more. Out of the way of the fast path, since the I$ holds 4 KB.
static __attribute__((noinline, cold, unused)) void
store_bytes(const struct results *r, const int32_t *acc, int32_t rows, int8_t *out)
{
    for (; rows > 0; --rows, acc += RESULT_CHANNELS, out += r->stride) {
        for (int32_t c = 0; c < r->channels; ++c) {
            out[c] = requantise(acc[c], make_scale(r->multiplier[c], r->shift[c]), r->range);
        }
    }
}

// Results of channel `c` of four pixels; `acc` has the first pixel's four channels first.
static inline __attribute__((always_inline)) struct quad
result_column(const int32_t *acc, int32_t c, struct scale scale, struct output_range range)
{
    return requantise_4((struct quad){acc[c], acc[4 + c], acc[8 + c], acc[12 + c]}, scale, range);
}

static inline __attribute__((always_inline)) struct result_words
with_column(struct result_words w, struct quad column, int32_t c)
{
    return (struct result_words){
        w.row0 | (uint32_t)column.a << 8 * c,
        w.row1 | (uint32_t)column.b << 8 * c,
        w.row2 | (uint32_t)column.c << 8 * c,
        w.row3 | (uint32_t)column.d << 8 * c,
    };
}

// `acc` [rows][4] to pixels from `out` on.
static __attribute__((noinline, unused, optimize("sched-pressure"))) void
store_results(const struct results *r, const int32_t *acc, int32_t rows, int8_t *out)
{
    const struct scale s0 = make_scale(r->multiplier[0], r->shift[0]);
    const struct scale s1 = make_scale(r->multiplier[1], r->shift[1]);
    const struct scale s2 = make_scale(r->multiplier[2], r->shift[2]);
    const struct scale s3 = make_scale(r->multiplier[3], r->shift[3]);
    const struct output_range range = r->range;
    const int32_t stride = r->stride;
    const bool aligned = (((uintptr_t)out | (uintptr_t)stride) & 3) == 0;
    const bool below_1 = (s0.shift | s1.shift | s2.shift | s3.shift) >= 0;

    if (r->channels == RESULT_CHANNELS && aligned && below_1) {
        for (; rows >= RESULT_ROWS; rows -= RESULT_ROWS) {
            struct result_words w = {0, 0, 0, 0};
            w = with_column(w, result_column(acc, 0, s0, range), 0);
            w = with_column(w, result_column(acc, 1, s1, range), 1);
            w = with_column(w, result_column(acc, 2, s2, range), 2);
            w = with_column(w, result_column(acc, 3, s3, range), 3);
            acc += RESULT_ROWS * RESULT_CHANNELS;
            *(uint32_t *)(void *)out = as_int8(w.row0, range);
            out += stride;
            *(uint32_t *)(void *)out = as_int8(w.row1, range);
            out += stride;
            *(uint32_t *)(void *)out = as_int8(w.row2, range);
            out += stride;
            *(uint32_t *)(void *)out = as_int8(w.row3, range);
            out += stride;
        }
    }
    if (rows > 0) {
        store_bytes(r, acc, rows, out);
    }
}

#endif
