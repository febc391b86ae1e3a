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
    RESULT_ROWS = 4, // accumulators are rounded up to this number of pixels
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

// Where not all four channels or pixels exist, or words would not be aligned.
static __attribute__((noinline, cold, unused)) void
store_bytes(const struct results *r, struct result_words words, int32_t rows, int8_t *out)
{
    const uint32_t row[RESULT_ROWS] = {words.row0, words.row1, words.row2, words.row3};

    for (int32_t i = 0; i < RESULT_ROWS && i < rows; ++i, out += r->stride) {
        for (int32_t c = 0; c < r->channels; ++c) {
            out[c] = (int8_t)(add_min(row[i], r->range) >> 8 * c);
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

// `acc` [rows, rounded up][4] to pixels from `out` on.
static __attribute__((noinline, unused)) void
store_results(const struct results *r, const int32_t *acc, int32_t rows, int8_t *out)
{
    const struct scale s0 = make_scale(r->multiplier[0], r->shift[0]);
    const struct scale s1 = make_scale(r->multiplier[1], r->shift[1]);
    const struct scale s2 = make_scale(r->multiplier[2], r->shift[2]);
    const struct scale s3 = make_scale(r->multiplier[3], r->shift[3]);
    const struct output_range range = r->range;
    const int32_t stride = r->stride;
    const bool aligned =
        r->channels == RESULT_CHANNELS && (((uintptr_t)out | (uintptr_t)stride) & 3) == 0;

    for (; rows > 0; rows -= RESULT_ROWS, acc += RESULT_ROWS * RESULT_CHANNELS) {
        struct result_words w = {0, 0, 0, 0};
        w = with_column(w, result_column(acc, 0, s0, range), 0);
        w = with_column(w, result_column(acc, 1, s1, range), 1);
        w = with_column(w, result_column(acc, 2, s2, range), 2);
        w = with_column(w, result_column(acc, 3, s3, range), 3);
        if (__builtin_expect(!aligned || rows < RESULT_ROWS, 0)) {
            store_bytes(r, w, rows, out);
            out += RESULT_ROWS * stride;
            continue;
        }
        *(uint32_t *)(void *)out = add_min(w.row0, range);
        out += stride;
        *(uint32_t *)(void *)out = add_min(w.row1, range);
        out += stride;
        *(uint32_t *)(void *)out = add_min(w.row2, range);
        out += stride;
        *(uint32_t *)(void *)out = add_min(w.row3, range);
        out += stride;
    }
}

#endif
