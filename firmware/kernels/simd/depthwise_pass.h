// The words of a segment on their way into the extension, for the walks of depthwise_walk.h.
#ifndef DWPW_SIMD_DEPTHWISE_PASS_H
#define DWPW_SIMD_DEPTHWISE_PASS_H

#include "depthwise_tile.h"

enum {
    RUN_LINES = 4,    // that are in registers at the same time where their number is not known
    KNOWN_WORDS = 16, // that are in registers where it is
};

// What becomes of a word: it meets its row's history, it only goes into it, or it is one tap.
enum way { MEET, REMEMBER, TAP };

static inline __attribute__((always_inline)) void
pass_two(uint32_t a, uint32_t b, enum way way, bool last)
{
    if (way == REMEMBER) {
        dwpw_skip2(a, b);
    } else if (way == MEET && last) {
        dwpw_dw2_last1(a, b);
    } else if (way == MEET) {
        dwpw_dw2(a, b);
    } else if (last) {
        dwpw_dot2_last(a, b);
    } else {
        dwpw_dot2(a, b);
    }
}

static inline __attribute__((always_inline)) void pass_one(uint32_t a, enum way way, bool last)
{
    if (way == REMEMBER) {
        dwpw_skip1(a);
    } else if (way == MEET && last) {
        dwpw_dw1_last(a);
    } else if (way == MEET) {
        dwpw_dw1(a);
    } else if (last) {
        dwpw_dot1_last(a);
    } else {
        dwpw_dot1(a);
    }
}

static inline __attribute__((always_inline)) void
load_lines(uint32_t *words, const int8_t *from, unsigned lines)
{
#pragma GCC unroll 16
    for (unsigned line = 0; line < lines; ++line) {
        words[line] = ((const dwpw_word *)(const void *)from)[line * PIXEL_WORDS];
    }
}

static inline __attribute__((always_inline)) void keep_words(uint32_t *words, unsigned count)
{
#pragma GCC unroll 32
    for (unsigned word = 0; word < count; ++word) {
        words[word] = opaque_word(words[word]);
    }
}

// Passes `lines` words; `last`: they complete a result.
static inline __attribute__((always_inline)) void
pass_words(const uint32_t *words, unsigned lines, enum way way, bool last)
{
#pragma GCC unroll 16
    for (unsigned line = 0; line + 1 < lines; line += 2) {
        pass_two(words[line], words[line + 1], way, last && line + 2 == lines);
    }
    if (lines % 2 != 0) {
        pass_one(words[lines - 1], way, last);
    }
}

// Loads and passes `lines` words.
static inline __attribute__((always_inline)) void
pass_lines(const int8_t *from, unsigned lines, enum way way, bool last)
{
    uint32_t words[KNOWN_WORDS];
    load_lines(words, from, lines);
    keep_words(words, lines);
    pass_words(words, lines, way, last);
}

// Passes a segment of any number of lines.
static inline __attribute__((always_inline)) void
pass_segment(const int8_t *from, uint32_t lines, enum way way, bool last)
{
    for (; lines > RUN_LINES; lines -= RUN_LINES, from += RUN_LINES * PIXEL_BYTES) {
        pass_lines(from, RUN_LINES, way, false);
    }
    if (lines == 4) {
        pass_lines(from, 4, way, last);
    } else if (lines == 3) {
        pass_lines(from, 3, way, last);
    } else if (lines == 2) {
        pass_lines(from, 2, way, last);
    } else {
        pass_lines(from, 1, way, last);
    }
}

#endif
