// What the kernels of this set share: filling the extension and emptying it.
//
// The CPU's custom-function port waits for every load and store that is under way, so loads,
// instructions and stores come in batches; `load_4` keeps the compiler from mixing them.
#ifndef DWPW_SIMD_UNIT_H
#define DWPW_SIMD_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "dwpw_image.h"
#include "dwpw_intrinsics.h"

// Four int8, wherever they come from.
typedef uint32_t __attribute__((may_alias)) dwpw_word;

// The compiler takes the result for any value: it computes nothing ahead from it, keeps no copies,
// which would cost the registers that a loop needs for its words, and has it in a register from
// here on.
static inline __attribute__((always_inline)) uint32_t opaque_word(uint32_t word)
{
    __asm__ volatile("" : "+r"(word));
    return word;
}

// The same for an address.
static inline __attribute__((always_inline)) void *opaque_pointer(const void *pointer)
{
    __asm__ volatile("" : "+r"(pointer));
    return (void *)pointer;
}

// Four words in registers.
struct words_4 {
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t d;
};

// Loads four words, all of them before what follows.
static inline __attribute__((always_inline)) struct words_4 load_4(const dwpw_word *from)
{
    struct words_4 w = {from[0], from[1], from[2], from[3]};

    __asm__ volatile("" : "+r"(w.a), "+r"(w.b), "+r"(w.c), "+r"(w.d));
    return w;
}

static inline __attribute__((always_inline)) void dwpw_unit_output(const struct dwpw_operator *op)
{
    dwpw_set_zero_point((uint32_t)op->weight_zero_point);
    dwpw_set_output((uint32_t)op->output_offset,
                    ((uint32_t)op->act_min & 0xFF) | ((uint32_t)op->act_max & 0xFF) << 8);
}

// Moves two store entries.
static inline __attribute__((always_inline)) void dwpw_unit_load_two(const dwpw_word *from)
{
    const struct words_4 v = load_4(from);
    const struct words_4 w = load_4(from + DWPW_GROUPS);
    dwpw_ld_weights(v.a, v.b);
    dwpw_ld_weights(v.c, v.d);
    dwpw_ld_weights(w.a, w.b);
    dwpw_ld_weights(w.c, w.d);
}

// Moves `entries` store entries of four words; `seek` has set the place.
static inline __attribute__((always_inline)) void dwpw_unit_load_weights(const dwpw_word *from,
                                                                         uint32_t entries)
{
    const dwpw_word *const end = from + (entries & ~3u) * DWPW_GROUPS;
    for (; from != end; from += 4 * DWPW_GROUPS) {
        dwpw_unit_load_two(from);
        dwpw_unit_load_two(from + 2 * DWPW_GROUPS);
    }
    if (entries & 2) {
        dwpw_unit_load_two(from);
        from += 2 * DWPW_GROUPS;
    }
    if (entries & 1) {
        const struct words_4 w = load_4(from);
        dwpw_ld_weights(w.a, w.b);
        dwpw_ld_weights(w.c, w.d);
    }
}

// Moves the scales of `groups` groups of four channels. The extension takes the lowest six bits of
// a shift.
static inline __attribute__((always_inline)) void dwpw_unit_load_scales(const dwpw_word *from,
                                                                        uint32_t groups)
{
    const dwpw_word *end = from + groups * DWPW_SCALE_WORDS;
    for (; from != end; from += DWPW_SCALE_WORDS) {
        const uint32_t shifts = from[8];
        const struct words_4 v = load_4(from); // bias and multiplier, twice
        const struct words_4 w = load_4(from + 4);
        dwpw_ld_bias(v.a);
        dwpw_ld_scale(v.b, shifts);
        dwpw_ld_bias(v.c);
        dwpw_ld_scale(v.d, shifts >> 8);
        dwpw_ld_bias(w.a);
        dwpw_ld_scale(w.b, shifts >> 16);
        dwpw_ld_bias(w.c);
        dwpw_ld_scale(w.d, shifts >> 24);
    }
}

// Fills the extension with a tile: `entries` store entries, scales of `results` groups of four
// channels.
static inline __attribute__((always_inline)) void dwpw_unit_load_tile(const dwpw_word *weights,
                                                                      uint32_t entries,
                                                                      const dwpw_word *scales,
                                                                      uint32_t results)
{
    dwpw_seek(0, 0);
    dwpw_unit_load_weights(weights, entries);
    dwpw_unit_load_scales(scales, results);
    dwpw_set_weights(0, entries - 1);
    dwpw_set_params(0, results - 1);
}

// Passes `count` words, a number that the compiler knows; `last`: they complete a result. They are
// all loaded before the first one passes.
static inline __attribute__((always_inline)) void
dwpw_unit_pass_known(uint32_t *words, unsigned count, bool last)
{
    unsigned word = 0;
#pragma GCC unroll 16
    for (unsigned at = 0; at < count; ++at) {
        words[at] = opaque_word(words[at]);
    }
#pragma GCC unroll 16
    for (; word + 2 < count; word += 2) {
        dwpw_dot2(words[word], words[word + 1]);
    }
    if (word + 1 < count && last) {
        dwpw_dot2_last(words[word], words[word + 1]);
    } else if (word + 1 < count) {
        dwpw_dot2(words[word], words[word + 1]);
    } else if (last) {
        dwpw_dot1_last(words[word]);
    } else {
        dwpw_dot1(words[word]);
    }
}

// Has the last patch replayed for the other results of a pixel.
static inline __attribute__((always_inline)) void dwpw_unit_replay(uint32_t results)
{
    if (results > 1) {
        dwpw_rep(results - 1);
    }
}

// Stores the bytes of one result.
static inline __attribute__((always_inline)) void
dwpw_store_bytes(int8_t *to, uint32_t result, uint32_t bytes)
{
    for (; bytes != 0; --bytes, result >>= 8) {
        *to++ = (int8_t)result;
    }
}

// Copies words; returns where the next ones go.
static inline __attribute__((always_inline)) dwpw_word *
dwpw_copy_words(dwpw_word *to, const dwpw_word *from, uint32_t words)
{
    for (; words >= 4; words -= 4, from += 4, to += 4) {
        const struct words_4 v = load_4(from);
        to[0] = v.a;
        to[1] = v.b;
        to[2] = v.c;
        to[3] = v.d;
    }
    for (; words > 0; --words) {
        *to++ = *from++;
    }
    return to;
}

enum { UNIT_MOST_STORED = 8 };

// Reads up to UNIT_MOST_STORED results, a number that the compiler knows, and stores them as words.
static inline __attribute__((always_inline)) void dwpw_unit_store_known(dwpw_word *to,
                                                                        uint32_t results)
{
    uint32_t words[UNIT_MOST_STORED];
#pragma GCC unroll 8
    for (uint32_t word = 0; word < results; ++word) {
        words[word] = dwpw_pop();
    }
#pragma GCC unroll 8
    for (uint32_t word = 0; word < results; ++word) {
        to[word] = words[word];
    }
}

// Reads `results` results and stores them as words, one after the other.
static inline __attribute__((always_inline)) void dwpw_unit_store_words(dwpw_word *to,
                                                                        uint32_t results)
{
    for (; results > 4; results -= 4, to += 4) {
        dwpw_unit_store_known(to, 4);
    }
    switch (results) {
    case 1:
        dwpw_unit_store_known(to, 1);
        break;
    case 2:
        dwpw_unit_store_known(to, 2);
        break;
    case 3:
        dwpw_unit_store_known(to, 3);
        break;
    default:
        dwpw_unit_store_known(to, 4);
        break;
    }
}

// Reads the results of `channels` channels of one pixel and stores them byte by byte.
static inline void dwpw_unit_store_channels(int8_t *to, uint32_t channels)
{
    for (; channels >= DWPW_GROUPS; channels -= DWPW_GROUPS, to += DWPW_GROUPS) {
        dwpw_store_bytes(to, dwpw_pop(), DWPW_GROUPS);
    }
    if (channels != 0) {
        dwpw_store_bytes(to, dwpw_pop(), channels);
    }
}

// Where the results of a pixel go.
struct dwpw_pixel_store {
    uint32_t channels; // of the tile
    uint32_t results;  // the same in words
    int32_t out_c;     // bytes from pixel to pixel
};

// Pixels whose channels are whole words; then every pixel starts at one.
static inline bool dwpw_stores_words(const struct dwpw_pixel_store *store)
{
    return store->out_c % DWPW_GROUPS == 0;
}

// Stores a pixel; `results` is its number of words where the caller's code is made for it, or 0.
static inline __attribute__((always_inline)) int8_t *
dwpw_unit_store_pixel(int8_t *to, const struct dwpw_pixel_store *store, uint32_t results)
{
    if (results != 0) {
#pragma GCC unroll 8
        for (uint32_t done = 0; done < results; done += 4) {
            const uint32_t left = results - done;
            dwpw_unit_store_known((dwpw_word *)(void *)to + done, left < 4 ? left : 4);
        }
    } else if (dwpw_stores_words(store)) {
        dwpw_unit_store_words((dwpw_word *)(void *)to, store->results);
    } else {
        dwpw_unit_store_channels(to, store->channels);
    }
    return to + store->out_c;
}

// Passes `count` words (1 to 8, known to the compiler) that lie one behind the other; `last`: they
// complete a result.
static inline __attribute__((always_inline)) void
dwpw_unit_pass_from(const dwpw_word *from, unsigned count, bool last)
{
    uint32_t words[8];
#pragma GCC unroll 8
    for (unsigned word = 0; word < count; ++word) {
        words[word] = from[word];
    }
    dwpw_unit_pass_known(words, count, last);
}

// Passes any number of words.
static inline void dwpw_unit_pass_any(const dwpw_word *from, uint32_t words, bool last)
{
    for (; words > 8; words -= 8, from += 8) {
        dwpw_unit_pass_from(from, 8, false);
    }
    switch (words) {
    case 1:
        dwpw_unit_pass_from(from, 1, last);
        break;
    case 2:
        dwpw_unit_pass_from(from, 2, last);
        break;
    case 3:
        dwpw_unit_pass_from(from, 3, last);
        break;
    case 4:
        dwpw_unit_pass_from(from, 4, last);
        break;
    case 5:
        dwpw_unit_pass_from(from, 5, last);
        break;
    case 6:
        dwpw_unit_pass_from(from, 6, last);
        break;
    case 7:
        dwpw_unit_pass_from(from, 7, last);
        break;
    default:
        dwpw_unit_pass_from(from, 8, last);
        break;
    }
}

// The last one to eight words of a patch.
static inline __attribute__((always_inline)) void dwpw_unit_dot_tail(const dwpw_word *from,
                                                                     uint32_t words)
{
    for (; words > 2; words -= 2, from += 2) {
        dwpw_dot2(from[0], from[1]);
    }
    if (words == 2) {
        dwpw_dot2_last(from[0], from[1]);
    } else {
        dwpw_dot1_last(from[0]);
    }
}

#endif
