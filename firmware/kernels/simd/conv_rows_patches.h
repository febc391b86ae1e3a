// The patches of simd/conv_rows.c on their way into the extension: word by word where they have
// padding, else a row at a time.
#ifndef DWPW_SIMD_CONV_ROWS_PATCHES_H
#define DWPW_SIMD_CONV_ROWS_PATCHES_H

#include "unit.h"

struct patches {
    int32_t kernel_h;
    int32_t row_words; // of a window
    int32_t row_bytes; // of the input, in whole words
    int32_t step;      // bytes from window to window
    int32_t start;     // of the first window, in bytes from the row's start; negative with padding
    int32_t out_w;
    int32_t inner_begin, inner_end; // outputs whose words lie inside the rows
    uint32_t zero;                  // padding: four times the input's zero point
    struct dwpw_pixel_store store;
};

// The word at byte `at` of an input row, or padding: a row is whole words here.
static inline __attribute__((always_inline)) uint32_t border_word(const struct patches *patches,
                                                                  const int8_t *row,
                                                                  int32_t at)
{
    if ((uint32_t)at >= (uint32_t)patches->row_bytes) {
        return patches->zero;
    }
    return *(const dwpw_word *)(const void *)(row + at);
}

// Passes a patch of any size that lies inside its rows.
static inline void pass_inside(const struct patches *patches, const int8_t *const *rows, int32_t at)
{
    const int32_t row_words = patches->row_words;
    const int8_t *const *const last = rows + patches->kernel_h - 1;
    if (row_words == 2) { // of a tall window of one channel
        for (; rows != last; ++rows) {
            const dwpw_word *from = (const dwpw_word *)(const void *)(*rows + at);
            dwpw_dot2(from[0], from[1]);
        }
        dwpw_unit_pass_from((const dwpw_word *)(const void *)(*rows + at), 2, true);
        return;
    }
    for (; rows != last; ++rows) {
        const dwpw_word *from = (const dwpw_word *)(const void *)(*rows + at);
        const dwpw_word *const pairs = from + (row_words & ~1);
        for (; from != pairs; from += 2) {
            dwpw_dot2(from[0], from[1]);
        }
        if (row_words & 1) {
            dwpw_dot1(from[0]);
        }
    }
    dwpw_unit_dot_tail((const dwpw_word *)(const void *)(*last + at), (uint32_t)row_words);
}

// Passes any patch, word by word where it has padding.
static inline void pass_any(const struct patches *patches, const int8_t *const *rows, int32_t at)
{
    if (at >= 0 && at + 4 * patches->row_words <= patches->row_bytes) {
        pass_inside(patches, rows, at);
        return;
    }
    for (int32_t row = 0; row < patches->kernel_h; ++row) {
        for (int32_t word = 0; word < patches->row_words; ++word) {
            const uint32_t value = border_word(patches, rows[row], at + 4 * word);
            if (row == patches->kernel_h - 1 && word == patches->row_words - 1) {
                dwpw_dot1_last(value);
            } else {
                dwpw_dot1(value);
            }
        }
    }
}

// Passes a patch that lies inside its rows, of a size that the compiler knows: it stays in
// registers.
static inline __attribute__((always_inline)) void
pass_inner(const int8_t *const *rows, int32_t at, unsigned kernel_h, unsigned row_words)
{
    uint32_t words[9];
    const unsigned count = kernel_h * row_words;
#pragma GCC unroll 16
    for (unsigned row = 0; row < kernel_h; ++row) {
        const dwpw_word *from = (const dwpw_word *)(const void *)(rows[row] + at);
        from = opaque_pointer(from); // one address a row, not one a word
#pragma GCC unroll 16
        for (unsigned word = 0; word < row_words; ++word) {
            words[row * row_words + word] = from[word];
        }
    }
    dwpw_unit_pass_known(words, count, true);
}

#endif
