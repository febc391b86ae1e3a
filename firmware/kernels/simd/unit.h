// What the kernels of this set share: filling the extension and emptying it.
//
// The CPU's custom-function port waits for every load and store that is under way, so loads,
// instructions and stores come in batches; `DWPW_LOADED` keeps the compiler from mixing them.
#ifndef DWPW_SIMD_UNIT_H
#define DWPW_SIMD_UNIT_H

#include <stdint.h>

#include "dwpw_image.h"
#include "dwpw_intrinsics.h"

// Four int8, wherever they come from.
typedef uint32_t __attribute__((may_alias)) dwpw_word;

// Functions whose constant arguments make a loop of their own for each use.
#define DWPW_INLINE static inline __attribute__((always_inline))

// Loops over register arrays must disappear.
#define DWPW_UNROLL _Pragma("GCC unroll 16")

// The registers hold their values from here on.
#define DWPW_LOADED4(a, b, c, d) __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d))

// The compiler takes `x` for any value from here on: it computes nothing ahead from it and keeps no
// copies, which would cost the registers that a loop needs for its words.
#define DWPW_OPAQUE(x) __asm__ volatile("" : "+r"(x))

// Scales of four channels in the image: bias and multiplier of each, then the shifts, a byte each.
enum { DWPW_SCALE_WORDS = 9 };

DWPW_INLINE void dwpw_unit_output(const struct dwpw_operator *op)
{
    dwpw_set_output((uint32_t)op->output_offset,
                    ((uint32_t)op->act_min & 0xFF) | ((uint32_t)op->act_max & 0xFF) << 8);
}

// Moves `entries` store entries of four words; `seek` has set the place.
DWPW_INLINE void dwpw_unit_load_weights(const dwpw_word *from, uint32_t entries)
{
    const dwpw_word *end = from + (entries & ~1u) * DWPW_GROUPS;
    for (; from != end; from += 2 * DWPW_GROUPS) {
        uint32_t w0 = from[0], w1 = from[1], w2 = from[2], w3 = from[3];
        uint32_t w4 = from[4], w5 = from[5], w6 = from[6], w7 = from[7];
        DWPW_LOADED4(w0, w1, w2, w3);
        DWPW_LOADED4(w4, w5, w6, w7);
        dwpw_ld_weights(w0, w1);
        dwpw_ld_weights(w2, w3);
        dwpw_ld_weights(w4, w5);
        dwpw_ld_weights(w6, w7);
    }
    if (entries & 1) {
        uint32_t w0 = from[0], w1 = from[1], w2 = from[2], w3 = from[3];
        DWPW_LOADED4(w0, w1, w2, w3);
        dwpw_ld_weights(w0, w1);
        dwpw_ld_weights(w2, w3);
    }
}

// Moves the scales of `groups` groups of four channels. The extension takes the lowest six bits of
// a shift.
DWPW_INLINE void dwpw_unit_load_scales(const dwpw_word *from, uint32_t groups)
{
    const dwpw_word *end = from + groups * DWPW_SCALE_WORDS;
    for (; from != end; from += DWPW_SCALE_WORDS) {
        uint32_t bias0 = from[0], multiplier0 = from[1], bias1 = from[2], multiplier1 = from[3];
        uint32_t bias2 = from[4], multiplier2 = from[5], bias3 = from[6], multiplier3 = from[7];
        uint32_t shifts = from[8];
        DWPW_LOADED4(bias0, multiplier0, bias1, multiplier1);
        DWPW_LOADED4(bias2, multiplier2, bias3, multiplier3);
        dwpw_ld_bias(bias0);
        dwpw_ld_scale(multiplier0, shifts);
        dwpw_ld_bias(bias1);
        dwpw_ld_scale(multiplier1, shifts >> 8);
        dwpw_ld_bias(bias2);
        dwpw_ld_scale(multiplier2, shifts >> 16);
        dwpw_ld_bias(bias3);
        dwpw_ld_scale(multiplier3, shifts >> 24);
    }
}

// Stores the bytes of one result.
DWPW_INLINE void dwpw_store_bytes(int8_t *to, uint32_t result, uint32_t bytes)
{
    for (; bytes != 0; --bytes, result >>= 8)
        *to++ = (int8_t)result;
}

// Reads `results` results and stores them as words, one after the other.
DWPW_INLINE void dwpw_unit_store_words(dwpw_word *to, uint32_t results)
{
    for (; results >= 4; results -= 4, to += 4) {
        uint32_t r0 = dwpw_pop(), r1 = dwpw_pop(), r2 = dwpw_pop(), r3 = dwpw_pop();
        to[0] = r0;
        to[1] = r1;
        to[2] = r2;
        to[3] = r3;
    }
    if (results & 2) {
        uint32_t r0 = dwpw_pop(), r1 = dwpw_pop();
        to[0] = r0;
        to[1] = r1;
        to += 2;
    }
    if (results & 1)
        to[0] = dwpw_pop();
}

// Reads the results of `channels` channels of one pixel and stores them byte by byte.
static inline void dwpw_unit_store_channels(int8_t *to, uint32_t channels)
{
    for (; channels >= DWPW_GROUPS; channels -= DWPW_GROUPS, to += DWPW_GROUPS)
        dwpw_store_bytes(to, dwpw_pop(), DWPW_GROUPS);
    if (channels != 0)
        dwpw_store_bytes(to, dwpw_pop(), channels);
}

// Where the results of a pixel go.
struct dwpw_pixel_store {
    uint32_t channels; // of the tile
    uint32_t results;  // the same in words
    int32_t out_c;     // bytes from pixel to pixel
};

// Pixels whose channels are whole words; then every pixel starts at one.
static inline int dwpw_stores_words(const struct dwpw_pixel_store *store)
{
    return store->out_c % DWPW_GROUPS == 0;
}

// Stores a pixel; `results` is its number of words where the caller's code is made for it, or 0.
DWPW_INLINE int8_t *
dwpw_unit_store_pixel(int8_t *to, const struct dwpw_pixel_store *store, uint32_t results)
{
    if (results != 0)
        dwpw_unit_store_words((dwpw_word *)(void *)to, results);
    else if (dwpw_stores_words(store))
        dwpw_unit_store_words((dwpw_word *)(void *)to, store->results);
    else
        dwpw_unit_store_channels(to, store->channels);
    return to + store->out_c;
}

// The next eight words of a patch; `last`: they complete a result.
DWPW_INLINE void dwpw_unit_dot8(const dwpw_word *from, int last)
{
    uint32_t w0 = from[0], w1 = from[1], w2 = from[2], w3 = from[3];
    uint32_t w4 = from[4], w5 = from[5], w6 = from[6], w7 = from[7];
    DWPW_LOADED4(w0, w1, w2, w3);
    DWPW_LOADED4(w4, w5, w6, w7);
    dwpw_dot2(w0, w1);
    dwpw_dot2(w2, w3);
    dwpw_dot2(w4, w5);
    if (last)
        dwpw_dot2_last(w6, w7);
    else
        dwpw_dot2(w6, w7);
}

// The last one to eight words of a patch.
DWPW_INLINE void dwpw_unit_dot_tail(const dwpw_word *from, uint32_t words)
{
    for (; words > 2; words -= 2, from += 2)
        dwpw_dot2(from[0], from[1]);
    if (words == 2)
        dwpw_dot2_last(from[0], from[1]);
    else
        dwpw_dot1_last(from[0]);
}

#endif
