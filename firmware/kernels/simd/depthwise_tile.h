// A tile of the input as depthwise_window.c walks over it: up to 32 channels of every pixel,
// padding and all, in scratch memory.
//
// A pixel is a line of the D$. The lines that a window reads in a column lie one behind the other,
// and columns as far apart as the packer has found to fit into the D$ side by side.
#ifndef DWPW_SIMD_DEPTHWISE_TILE_H
#define DWPW_SIMD_DEPTHWISE_TILE_H

#include "dwpw_int32.h"
#include "unit.h"

enum { PIXEL_WORDS = DWPW_BLOCK_GROUPS, PIXEL_BYTES = PIXEL_WORDS * DWPW_GROUPS };

// Along one axis: `before` pixels of padding, `inside` of the input, the first of which is `first`,
// and `after` of padding. In the scratch a pixel follows the other after `step` bytes, and every
// `period`-th goes back by `back`: rows that a dilated window reads together lie together.
struct tile_side {
    int32_t before;
    int32_t inside;
    int32_t after;
    int32_t first;
    int32_t in_step; // bytes
    int32_t step;
    int32_t period;
    int32_t back;
};

// Where the block's channels come from.
struct tile_source {
    const int8_t *input; // the first channel of the block, of the first pixel
    uint32_t groups;     // of four channels of the output, the last one maybe not full
    uint32_t channels;   // of the output
    uint32_t multiplier; // channels of the output for each of the input
    uint32_t turn;       // channels of the output that the first one of the input has had already
    uint32_t zero;       // padding: four times the input's zero point
    bool words;          // channels are those of the input, and whole words
    bool padded;         // the tile has its padding already
};

struct tile_place {
    int8_t *at;
    int32_t phase;
};

// Where along an axis of the input the tile begins that needs `count` pixels from `start` on.
static inline void find_side(struct tile_side *side, int32_t start, int32_t count, int32_t size)
{
    const int32_t end = start + count;
    side->before = min_i32(max_i32(-start, 0), count);
    side->first = max_i32(start, 0);
    side->inside = max_i32(min_i32(end, size) - side->first, 0);
    side->after = count - side->before - side->inside;
}

static inline __attribute__((always_inline)) void next_place(struct tile_place *place,
                                                             const struct tile_side *side)
{
    place->at += side->step;
    if (++place->phase == side->period) {
        place->phase = 0;
        place->at -= side->back;
    }
}

// Fills whole pixels, whatever their channels, unless they are filled.
static inline void fill_pixels(struct tile_place *place,
                               const struct tile_side *side,
                               int32_t count,
                               const struct tile_source *source)
{
    const uint32_t zero = source->zero;
    if (source->padded && side->period == 1) {
        place->at += count * (side->step - side->back);
        return;
    }
    for (; count > 0; --count) {
        dwpw_word *const to = (dwpw_word *)(void *)place->at;
#pragma GCC unroll 8
        for (unsigned word = 0; word < PIXEL_WORDS; ++word) {
            to[word] = zero;
        }
        next_place(place, side);
    }
}

// Every channel of the input as often as the output has it.
static inline void copy_channels(int8_t *to, const int8_t *from, const struct tile_source *source)
{
    uint32_t turn = source->turn;
    for (uint32_t left = source->channels; left > 0; ++from, turn = 0) {
        const uint32_t again = source->multiplier - turn;
        const uint32_t count = again < left ? again : left;
        left -= count;
        if (source->multiplier % DWPW_GROUPS == 0) {
            const uint32_t word = (uint8_t)*from * 0x01010101u;
            for (int8_t *end = to + count; to < end; to += DWPW_GROUPS) {
                *(dwpw_word *)(void *)to = word;
            }
        } else {
            const int8_t byte = *from;
            for (int8_t *end = to + count; to < end;) {
                *to++ = byte;
            }
        }
    }
}

// The same for two outputs per channel and whole words of them.
static inline void copy_twice(dwpw_word *to, const int8_t *from, uint32_t groups)
{
    for (; groups > 0; --groups, from += 2) {
        const uint32_t two = (uint8_t)from[0] | (uint32_t)(uint8_t)from[1] << 16;
        *to++ = two | two << 8;
    }
}

// The same for eight outputs per channel, `groups` known to the compiler.
static inline __attribute__((always_inline)) void
copy_eightfold(dwpw_word *to, const int8_t *from, uint32_t groups)
{
#pragma GCC unroll 4
    for (uint32_t group = 0; group < groups; group += 2) {
        const uint32_t word = (uint8_t)from[group / 2] * 0x01010101u;
        to[group] = word;
        to[group + 1] = word;
    }
}

// Copies the pixels inside the input, of a number of groups that the compiler knows.
static inline __attribute__((always_inline)) void copy_known(struct tile_place *place,
                                                             const struct tile_side *side,
                                                             const int8_t *from,
                                                             uint32_t groups)
{
    const int32_t in_step = side->in_step, step = side->step - side->back;
    int8_t *to = place->at;
    for (int32_t left = side->inside; left > 0; --left, from += in_step, to += step) {
        dwpw_copy_words((dwpw_word *)(void *)to, (const dwpw_word *)(const void *)from, groups);
    }
    place->at = to;
}

static inline void copy_pixels(struct tile_place *place,
                               const struct tile_side *side,
                               const int8_t *from,
                               const struct tile_source *source)
{
    if (source->words && side->period == 1 && source->groups == 8) {
        copy_known(place, side, from, 8);
        return;
    }
    if (source->words && side->period == 1 && source->groups == 4) {
        copy_known(place, side, from, 4);
        return;
    }
    for (int32_t left = side->inside; left > 0; --left, from += side->in_step) {
        if (source->words) {
            dwpw_copy_words((dwpw_word *)(void *)place->at, (const dwpw_word *)(const void *)from,
                            source->groups);
        } else if (source->multiplier == 2 && source->channels % DWPW_GROUPS == 0) {
            copy_twice((dwpw_word *)(void *)place->at, from, source->groups);
        } else if (source->multiplier == 8 && source->channels == PIXEL_BYTES) {
            copy_eightfold((dwpw_word *)(void *)place->at, from, PIXEL_WORDS);
        } else {
            copy_channels(place->at, from, source);
        }
        next_place(place, side);
    }
}

// Copies a tile, row by row of the input.
static inline void copy_tile(int8_t *scratch,
                             const struct tile_side *rows,
                             const struct tile_side *columns,
                             const struct tile_source *source)
{
    const int32_t count = rows->before + rows->inside + rows->after;
    const int32_t width = columns->before + columns->inside + columns->after;
    const int8_t *from =
        source->input + rows->first * rows->in_step + columns->first * columns->in_step;
    struct tile_place row = {scratch, 0};
    for (int32_t y = 0; y < count; ++y) {
        struct tile_place place = {row.at, 0};
        if ((uint32_t)(y - rows->before) < (uint32_t)rows->inside) {
            fill_pixels(&place, columns, columns->before, source);
            copy_pixels(&place, columns, from, source);
            fill_pixels(&place, columns, columns->after, source);
            from += rows->in_step;
        } else if (!source->padded) {
            fill_pixels(&place, columns, width, source);
        }
        next_place(&row, rows);
    }
}

#endif
