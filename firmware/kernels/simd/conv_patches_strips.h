// Strips of the input with their padding, for the windows of simd/conv_patches.c that do not lie in
// the input line by line: in a strip they do.
#ifndef DWPW_SIMD_CONV_PATCHES_STRIPS_H
#define DWPW_SIMD_CONV_PATCHES_STRIPS_H

#include "dwpw_image.h"
#include "unit.h"

struct source {
    const struct dwpw_operator *op;
    const int8_t *input;
    uint32_t zero; // padding: four times the input's zero point
};

// Pixels of a line of the input, `step` pixels apart; y and x may lie outside.
struct pixels {
    int32_t y;
    int32_t x;
    int32_t count;
    int32_t step;
};

static inline dwpw_word *fill_pixel(dwpw_word *to, uint32_t value, uint32_t words)
{
    for (; words > 0; --words) {
        *to++ = value;
    }
    return to;
}

// Copies pixels, padding included; gives where the next ones go.
static dwpw_word *copy_pixels(dwpw_word *to, const struct source *source, struct pixels pixels)
{
    const struct dwpw_operator *op = source->op;
    const uint32_t words = (uint32_t)op->in_c / DWPW_TAPS;
    const bool inside = (uint32_t)pixels.y < (uint32_t)op->in_h;
    for (int32_t left = pixels.count; left > 0; --left, pixels.x += pixels.step) {
        if (inside && (uint32_t)pixels.x < (uint32_t)op->in_w) {
            const int8_t *from = source->input + (pixels.y * op->in_w + pixels.x) * op->in_c;
            to = dwpw_copy_words(to, (const dwpw_word *)(const void *)from, words);
        } else {
            to = fill_pixel(to, source->zero, words);
        }
    }
    return to;
}

#endif
