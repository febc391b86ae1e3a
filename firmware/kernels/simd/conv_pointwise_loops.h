// The loops of simd/conv_pointwise.c over the pixels of a tile. Those of shapes are compiled in two
// sources, conv_pointwise_tails_1_4.c and conv_pointwise_tails_5_8.c, one for each of two cores.
#ifndef DWPW_SIMD_CONV_POINTWISE_LOOPS_H
#define DWPW_SIMD_CONV_POINTWISE_LOOPS_H

#include "unit.h"
#include "unit_shapes.h"

// Pixels at equal steps, and where their results go.
struct run {
    const dwpw_word *from;
    int8_t *to;
    uint32_t pixels;
    uint32_t step;  // words from pixel to pixel
    uint32_t words; // of a pixel's input
    struct dwpw_pixel_store store;
};

static inline __attribute__((always_inline)) void
pass_pixel(const dwpw_word *from, uint32_t words, uint32_t results, struct unit_shape shape)
{
    unit_pass_stretch(from, words, shape, true);
    dwpw_unit_replay(results);
}

// Has the D$ fetch a pixel that passes next. The CPU waits for every line, but not longer than the
// extension needs for its replays; were the lines fetched between the words, the extension would
// wait too.
static inline __attribute__((always_inline)) void touch_pixel(const dwpw_word *from, uint32_t words)
{
    const dwpw_word *const end = from + words;
    for (; from < end; from += DWPW_D_CACHE_LINE / sizeof(*from)) {
        opaque_word(*from);
    }
}

// Pixels of at least as many words as instructions wait in the extension's queue, two in each, are
// touched: before the words of shorter ones the extension has no time to end.
enum { TOUCHED_WORDS = 48 };

// Results of a pixel are read when the next one is already under way.
static inline __attribute__((always_inline)) void run_singly(const struct run *run,
                                                             struct unit_shape shape)
{
    const struct dwpw_pixel_store store = run->store;
    const uint32_t results = shape.results != 0 ? shape.results : store.results;
    const uint32_t words = shape.words != 0 ? shape.words : run->words;
    const uint32_t step = run->step;
    const dwpw_word *const first = run->from;
    const dwpw_word *const end = first + run->pixels * step;
    const dwpw_word *from = first;
    const bool touched = shape.words == 0 && words >= TOUCHED_WORDS;
    int8_t *to = run->to;
    do {
        if (touched) {
            touch_pixel(from, words);
        }
        pass_pixel(from, words, results, shape);
        if (__builtin_expect(from != first, 1)) {
            to = dwpw_unit_store_pixel(to, &store, shape.results);
        }
        from += step;
    } while (from != end);
    dwpw_unit_store_pixel(to, &store, shape.results);
}

// Words and results of two pixels that fit into registers, and into the extension when two more
// are under way.
enum { WORDS_OF_TWO = 8, RESULTS_OF_TWO = 8 };

static inline __attribute__((always_inline)) bool fits_twice(struct unit_shape shape)
{
    return shape.words != 0 && 2 * shape.words <= WORDS_OF_TWO && shape.results != 0 &&
           2 * shape.results <= RESULTS_OF_TWO && 4 * shape.results <= DWPW_RESULTS;
}

// Passes two pixels, all their words loaded before.
static inline __attribute__((always_inline)) void
pass_two(const dwpw_word *from, uint32_t step, struct unit_shape shape)
{
    const dwpw_word *second = opaque_pointer(from + step); // one address, not one a word
    uint32_t words[WORDS_OF_TWO];
#pragma GCC unroll 8
    for (uint32_t word = 0; word < shape.words; ++word) {
        words[word] = from[word];
        words[shape.words + word] = second[word];
    }
#pragma GCC unroll 8
    for (uint32_t word = 0; word < 2 * shape.words; ++word) {
        words[word] = opaque_word(words[word]);
    }
    dwpw_unit_pass_known(words, shape.words, true);
    dwpw_unit_replay(shape.results);
    dwpw_unit_pass_known(words + shape.words, shape.words, true);
    dwpw_unit_replay(shape.results);
}

// Stores two pixels, all their results read before.
static inline __attribute__((always_inline)) int8_t *
store_two(int8_t *to, uint32_t out_c, struct unit_shape shape)
{
    uint32_t words[RESULTS_OF_TWO];
#pragma GCC unroll 8
    for (uint32_t word = 0; word < 2 * shape.results; ++word) {
        words[word] = dwpw_pop();
    }
#pragma GCC unroll 8
    for (uint32_t word = 0; word < shape.results; ++word) {
        ((dwpw_word *)(void *)to)[word] = words[word];
    }
    to += out_c;
#pragma GCC unroll 8
    for (uint32_t word = 0; word < shape.results; ++word) {
        ((dwpw_word *)(void *)to)[word] = words[shape.results + word];
    }
    return to + out_c;
}

// Runs small pixels by twos; an odd one is left.
static inline __attribute__((always_inline)) void run_by_twos(const struct run *run,
                                                              struct unit_shape shape)
{
    const uint32_t step = run->step;
    const uint32_t out_c = (uint32_t)run->store.out_c;
    const dwpw_word *from = run->from;
    const dwpw_word *const last = from + (run->pixels / 2 - 1) * 2 * step;
    int8_t *to = run->to;
    pass_two(from, step, shape);
    while (from != last) {
        from += 2 * step;
        pass_two(from, step, shape);
        to = store_two(to, out_c, shape);
    }
    store_two(to, out_c, shape);
}

// A `unit_loop` over a run.
static inline __attribute__((always_inline)) void run_pixels(const void *job,
                                                             struct unit_shape shape)
{
    const struct run *run = job;
    if (!fits_twice(shape) || run->pixels == 1) {
        run_singly(run, shape);
        return;
    }
    run_by_twos(run, shape);
    if (run->pixels % 2 != 0) {
        const uint32_t done = run->pixels - 1;
        struct run rest = *run;
        rest.from += done * run->step;
        rest.to += done * (uint32_t)run->store.out_c;
        rest.pixels = 1;
        run_singly(&rest, shape);
    }
}

// A `unit_loop` over a run for each tail.
unit_tail_loops dwpw_simd_conv_pointwise_tail_1, dwpw_simd_conv_pointwise_tail_2,
    dwpw_simd_conv_pointwise_tail_3, dwpw_simd_conv_pointwise_tail_4,
    dwpw_simd_conv_pointwise_tail_5, dwpw_simd_conv_pointwise_tail_6,
    dwpw_simd_conv_pointwise_tail_7, dwpw_simd_conv_pointwise_tail_8;

// Pixels that the extension cannot remember pass again for every result.
static inline void run_again_and_again(const struct run *run)
{
    const dwpw_word *from = run->from;
    int8_t *to = run->to;
    for (uint32_t pixel = 0; pixel < run->pixels; ++pixel, from += run->step) {
        for (uint32_t result = 0; result < run->store.results; ++result) {
            dwpw_unit_pass_any(from, run->words, true);
        }
        if (pixel > 0) {
            to = dwpw_unit_store_pixel(to, &run->store, 0);
        }
    }
    dwpw_unit_store_pixel(to, &run->store, 0);
}

#endif
