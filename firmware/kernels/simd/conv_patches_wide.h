// Windows of simd/conv_patches.c with more words than the store has entries, up to twice as many.
//
// A store full of weights of one result stays; those that do not fit take turns with as many of the
// first ones:
//
//            in the store             passes
//     even   first, middle            first, middle, then rest, whose weights replace the first
//     odd    rest, middle             rest, middle, then first, whose weights replace the rest
#ifndef DWPW_SIMD_CONV_PATCHES_WIDE_H
#define DWPW_SIMD_CONV_PATCHES_WIDE_H

#include "conv_patches_loops.h"

// Weights of a result, and what of them is in the store.
struct wide {
    const dwpw_word *weights;
    uint32_t rest; // words of a window behind a store full
    bool odd;      // the next window is: the store has the rest
};

// Passes `count` words of a window from word `first` on.
static inline void pass_stretch_of(
    const struct windows *windows, const int8_t *from, uint32_t first, uint32_t count, bool last)
{
    uint32_t at = first % windows->line;
    from += first / windows->line * windows->line_step;
    while (count > 0) {
        const uint32_t left = windows->line - at;
        const uint32_t words = count < left ? count : left;
        count -= words;
        dwpw_unit_pass_any((const dwpw_word *)(const void *)from + at, words, last && count == 0);
        from += windows->line_step;
        at = 0;
    }
}

static inline void pass_wide(const struct windows *windows, const int8_t *from, struct wide *wide)
{
    const uint32_t rest = wide->rest;
    const uint32_t behind = wide->odd ? 0 : DWPW_STORE_ENTRIES; // the first word that passes late
    dwpw_set_weights(0, DWPW_STORE_ENTRIES - 1);
    pass_stretch_of(windows, from, wide->odd ? DWPW_STORE_ENTRIES : 0, rest, false);
    pass_stretch_of(windows, from, rest, DWPW_STORE_ENTRIES - rest, false);
    dwpw_seek(0, 0);
    dwpw_unit_load_weights(wide->weights + behind * DWPW_GROUPS, rest);
    pass_stretch_of(windows, from, behind, rest, true);
    wide->odd = !wide->odd;
}

// Results of a window are read when the next one is already under way.
static __attribute__((noinline)) void run_wide(const struct windows *windows, struct wide *wide)
{
    const int8_t *from = windows->from;
    int8_t *to = windows->to;
    int8_t *waiting = *windows->waiting;
    for (int32_t left = windows->count; left != 0; --left, from += windows->step) {
        pass_wide(windows, from, wide);
        if (waiting != NULL) {
            dwpw_unit_store_pixel(waiting, &windows->store, 0);
        }
        waiting = to;
        to += windows->to_step;
    }
    *windows->waiting = waiting;
}

#endif
