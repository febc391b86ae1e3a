// Copies of the input for simd/conv_wide.c, with padding, one for each part of the channels.
//
// A copy has the pixels of a column one behind the other, so that a column of a window is one
// stretch, and columns so far apart that those of a window lie in the D$ side by side: the next
// window finds what it shares with this one.
#ifndef DWPW_SIMD_CONV_WIDE_COPY_H
#define DWPW_SIMD_CONV_WIDE_COPY_H

#include "unit.h"

// Some of the channels of every pixel that windows see.
struct part {
    uint32_t words;   // of a pixel
    uint32_t entries; // of the store: words of a window
    uint32_t pitch;   // bytes from column to column of the copy
    uint32_t high;    // pixels of a column
    uint32_t wide;    // columns
    uint32_t bytes;   // of the copy
    int8_t *copy;
};

// A part whose copy has no place yet.
static inline struct part part_of(const struct dwpw_operator *op, uint32_t words, uint32_t pitch)
{
    const int32_t high = (op->out_h - 1) * op->stride_h + (op->kernel_h - 1) * op->dilation_h + 1;
    const int32_t wide = (op->out_w - 1) * op->stride_w + (op->kernel_w - 1) * op->dilation_w + 1;
    return (struct part){
        .words = words,
        .entries = (uint32_t)(op->kernel_h * op->kernel_w) * words,
        .pitch = pitch,
        .high = (uint32_t)high,
        .wide = (uint32_t)wide,
        .bytes = (uint32_t)wide * pitch,
    };
}

// Copies a part of a pixel, or fills it.
static inline void copy_pixel(dwpw_word *to, const dwpw_word *from, uint32_t words, uint32_t zero)
{
    if (from != NULL) {
        dwpw_copy_words(to, from, words);
        return;
    }
    for (; words > 0; --words) {
        *to++ = zero;
    }
}

// Copies the pixel at `row` and `column` of the copies into each of them. `from`: the input's, or
// NULL for padding.
static inline void copy_into_parts(const struct part *main,
                                   const struct part *piece,
                                   uint32_t pieces,
                                   const dwpw_word *from,
                                   uint32_t place[2],
                                   uint32_t zero)
{
    const uint32_t row = place[0], column = place[1];
    int8_t *to = piece->copy + column * piece->pitch + row * piece->words * DWPW_TAPS;
    for (uint32_t at = 0; at < pieces; ++at, to += piece->bytes) {
        copy_pixel((dwpw_word *)(void *)to, from, piece->words, zero);
        from = from != NULL ? from + piece->words : NULL;
    }
    to = main->copy + column * main->pitch + row * main->words * DWPW_TAPS;
    copy_pixel((dwpw_word *)(void *)to, from, main->words, zero);
}

// Copies the input into all parts: of every pixel first the pieces, then the main part.
static __attribute__((noinline)) void copy_parts(const struct dwpw_operator *op,
                                                 const int8_t *input,
                                                 const struct part *main,
                                                 const struct part *piece,
                                                 uint32_t pieces)
{
    const uint32_t zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u;
    for (uint32_t row = 0; row < main->high; ++row) {
        const int32_t y = (int32_t)row - op->pad_top;
        for (uint32_t column = 0; column < main->wide; ++column) {
            const int32_t x = (int32_t)column - op->pad_left;
            const bool inside =
                (uint32_t)y < (uint32_t)op->in_h && (uint32_t)x < (uint32_t)op->in_w;
            const int8_t *from = inside ? input + (y * op->in_w + x) * op->in_c : NULL;
            copy_into_parts(main, piece, pieces, (const dwpw_word *)(const void *)from,
                            (uint32_t[2]){row, column}, zero);
        }
    }
}

#endif
