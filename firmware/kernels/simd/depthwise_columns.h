// The columns that a row of depthwise outputs walks over: loaded from three rows of the input or
// made of padding, then multiplied or only remembered, for up to 16 channels at once.
#ifndef DWPW_SIMD_DEPTHWISE_COLUMNS_H
#define DWPW_SIMD_DEPTHWISE_COLUMNS_H

#include "unit.h"

enum { ROWS = DWPW_DEPTHWISE_ROWS, HISTORY = DWPW_HISTORY_WORDS, MAX_GROUPS = DWPW_COLUMN_GROUPS };

// Where the walk along three rows of the input stands.
struct cursor {
    const int8_t *at[ROWS];
    int32_t step[ROWS]; // from column to column; 0 in a row of padding
};

// Loads the next column, which lies inside the input: rows 0..2 of the first group, of the
// second, ...
static inline __attribute__((always_inline)) void
next_column(uint32_t *words, struct cursor *cursor, unsigned groups)
{
#pragma GCC unroll 16
    for (unsigned group = 0; group < groups; ++group) {
#pragma GCC unroll 16
        for (unsigned row = 0; row < ROWS; ++row) {
            words[group * ROWS + row] = ((const dwpw_word *)(const void *)cursor->at[row])[group];
        }
    }
#pragma GCC unroll 16
    for (unsigned word = 0; word < groups * ROWS; ++word) {
        words[word] = opaque_word(words[word]);
    }
#pragma GCC unroll 16
    for (unsigned row = 0; row < ROWS; ++row) {
        cursor->at[row] += cursor->step[row];
        cursor->at[row] = opaque_pointer(cursor->at[row]);
    }
}

// Multiplies a column; every third word completes the result of a group.
static inline __attribute__((always_inline)) void mac_column(const uint32_t *words, unsigned groups)
{
    unsigned word = 0;
#pragma GCC unroll 16
    for (; word + 1 < groups * ROWS; word += 2) {
        if (word % ROWS == 0) {
            dwpw_dw2(words[word], words[word + 1]);
        } else if (word % ROWS == 2) {
            dwpw_dw2_last0(words[word], words[word + 1]);
        } else {
            dwpw_dw2_last1(words[word], words[word + 1]);
        }
    }
    if (word < groups * ROWS) {
        dwpw_dw1_last(words[word]);
    }
}

static inline __attribute__((always_inline)) void skip_column(const uint32_t *words,
                                                              unsigned groups)
{
    unsigned word = 0;
#pragma GCC unroll 16
    for (; word + 1 < groups * ROWS; word += 2) {
        dwpw_skip2(words[word], words[word + 1]);
    }
    if (word < groups * ROWS) {
        dwpw_skip1(words[word]);
    }
}

// A column of nothing but padding.
static inline __attribute__((always_inline)) void
set_padding(uint32_t *words, uint32_t zero, unsigned groups)
{
#pragma GCC unroll 16
    for (unsigned word = 0; word < groups * ROWS; ++word) {
        words[word] = zero;
    }
}

static inline __attribute__((always_inline)) void skip_padding(uint32_t zero, unsigned groups)
{
    uint32_t words[MAX_GROUPS * ROWS];
    set_padding(words, zero, groups);
    skip_column(words, groups);
}

static inline __attribute__((always_inline)) void mac_padding(uint32_t zero, unsigned groups)
{
    uint32_t words[MAX_GROUPS * ROWS];
    set_padding(words, zero, groups);
    mac_column(words, groups);
}

static inline __attribute__((always_inline)) void skip_next(struct cursor *cursor, unsigned groups)
{
    uint32_t words[MAX_GROUPS * ROWS];
    next_column(words, cursor, groups);
    skip_column(words, groups);
}

static inline __attribute__((always_inline)) void mac_next(struct cursor *cursor, unsigned groups)
{
    uint32_t words[MAX_GROUPS * ROWS];
    next_column(words, cursor, groups);
    mac_column(words, groups);
}

#endif
