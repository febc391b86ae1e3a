// The columns that a row of depthwise outputs walks over: loaded from three rows of the input or
// made of padding, then multiplied or only remembered, for up to 64 channels at once.
#ifndef DWPW_SIMD_DEPTHWISE_COLUMNS_H
#define DWPW_SIMD_DEPTHWISE_COLUMNS_H

#include "unit.h"

enum {
    ROWS = DWPW_DEPTHWISE_ROWS,
    HISTORY = DWPW_HISTORY_WORDS,
    BATCH_GROUPS = DWPW_COLUMN_GROUPS, // whose words are in registers at the same time
    BATCH_WORDS = BATCH_GROUPS * ROWS,
};

// Where the walk along three rows of the input stands.
struct cursor {
    const int8_t *at[ROWS];
    int32_t step[ROWS]; // from column to column; 0 in a row of padding
};

// How many of `groups` groups, from group `first` on, are in the next batch.
static inline __attribute__((always_inline)) unsigned batch_of(unsigned first, unsigned groups)
{
    return groups - first < BATCH_GROUPS ? groups - first : BATCH_GROUPS;
}

// Loads `count` groups, from group `first` on, of a column that lies inside the input: rows 0..2 of
// one group, of the next, ... Row by row, since rows may meet in one place of the D$.
static inline __attribute__((always_inline)) void
load_batch(uint32_t *words, const struct cursor *cursor, unsigned first, unsigned count)
{
#pragma GCC unroll 16
    for (unsigned row = 0; row < ROWS; ++row) {
        const dwpw_word *from = (const dwpw_word *)(const void *)cursor->at[row] + first;
#pragma GCC unroll 16
        for (unsigned group = 0; group < count; ++group) {
            words[group * ROWS + row] = from[group];
        }
    }
#pragma GCC unroll 16
    for (unsigned word = 0; word < count * ROWS; ++word) {
        words[word] = opaque_word(words[word]);
    }
}

// On to the next column.
static inline __attribute__((always_inline)) void step_on(struct cursor *cursor)
{
#pragma GCC unroll 16
    for (unsigned row = 0; row < ROWS; ++row) {
        cursor->at[row] += cursor->step[row];
        cursor->at[row] = opaque_pointer(cursor->at[row]);
    }
}

// Multiplies a batch; every third word completes the result of a group.
static inline __attribute__((always_inline)) void mac_batch(const uint32_t *words, unsigned count)
{
    unsigned word = 0;
#pragma GCC unroll 16
    for (; word + 1 < count * ROWS; word += 2) {
        if (word % ROWS == 0) {
            dwpw_dw2(words[word], words[word + 1]);
        } else if (word % ROWS == 2) {
            dwpw_dw2_last0(words[word], words[word + 1]);
        } else {
            dwpw_dw2_last1(words[word], words[word + 1]);
        }
    }
    if (word < count * ROWS) {
        dwpw_dw1_last(words[word]);
    }
}

static inline __attribute__((always_inline)) void skip_batch(const uint32_t *words, unsigned count)
{
    unsigned word = 0;
#pragma GCC unroll 16
    for (; word + 1 < count * ROWS; word += 2) {
        dwpw_skip2(words[word], words[word + 1]);
    }
    if (word < count * ROWS) {
        dwpw_skip1(words[word]);
    }
}

// A batch of nothing but padding.
static inline __attribute__((always_inline)) void pad_batch(uint32_t *words, uint32_t zero)
{
#pragma GCC unroll 16
    for (unsigned word = 0; word < BATCH_WORDS; ++word) {
        words[word] = zero;
    }
}

static inline __attribute__((always_inline)) void skip_padding(uint32_t zero, unsigned groups)
{
    uint32_t words[BATCH_WORDS];
    pad_batch(words, zero);
#pragma GCC unroll 1
    for (unsigned left = groups / BATCH_GROUPS; left > 0; --left) {
        skip_batch(words, BATCH_GROUPS);
    }
    skip_batch(words, groups % BATCH_GROUPS);
}

static inline __attribute__((always_inline)) void mac_padding(uint32_t zero, unsigned groups)
{
    uint32_t words[BATCH_WORDS];
    pad_batch(words, zero);
#pragma GCC unroll 1
    for (unsigned left = groups / BATCH_GROUPS; left > 0; --left) {
        mac_batch(words, BATCH_GROUPS);
    }
    mac_batch(words, groups % BATCH_GROUPS);
}

static inline __attribute__((always_inline)) void skip_next(struct cursor *cursor, unsigned groups)
{
    uint32_t words[BATCH_WORDS];
#pragma GCC unroll 16
    for (unsigned first = 0; first < groups; first += BATCH_GROUPS) {
        load_batch(words, cursor, first, batch_of(first, groups));
        skip_batch(words, batch_of(first, groups));
    }
    step_on(cursor);
}

static inline __attribute__((always_inline)) void mac_next(struct cursor *cursor, unsigned groups)
{
    uint32_t words[BATCH_WORDS];
#pragma GCC unroll 16
    for (unsigned first = 0; first < groups; first += BATCH_GROUPS) {
        load_batch(words, cursor, first, batch_of(first, groups));
        mac_batch(words, batch_of(first, groups));
    }
    step_on(cursor);
}

// Multiplies the next column of even groups, whose words bring back the results of the one before.
static inline __attribute__((always_inline)) void
mac_next_and_store(struct cursor *cursor, int8_t *to, unsigned groups)
{
    uint32_t words[BATCH_WORDS];
#pragma GCC unroll 16
    for (unsigned first = 0; first < groups; first += BATCH_GROUPS) {
        const unsigned count = batch_of(first, groups);
        load_batch(words, cursor, first, count);
#pragma GCC unroll 16
        for (unsigned word = 0; word < count * ROWS; word += 2) {
            if (word % ROWS == 0) {
                dwpw_dw2(words[word], words[word + 1]);
            } else if (word % ROWS == 2) {
                words[word / ROWS] = dwpw_dw2_last0_pop(words[word], words[word + 1]);
            } else {
                words[word / ROWS] = dwpw_dw2_last1_pop(words[word], words[word + 1]);
            }
        }
#pragma GCC unroll 16
        for (unsigned group = 0; group < count; ++group) {
            ((dwpw_word *)(void *)to)[first + group] = words[group];
        }
    }
    step_on(cursor);
}

// Stores the results of a column.
static inline __attribute__((always_inline)) void store_groups(int8_t *to, unsigned groups)
{
#pragma GCC unroll 16
    for (unsigned first = 0; first < groups; first += BATCH_GROUPS) {
        dwpw_unit_store_known((dwpw_word *)(void *)to + first, batch_of(first, groups));
    }
}

#endif
