// Accumulator to int8 with TFLite's two rounding steps, in 32-bit arithmetic and four at a time:
// VexRiscv lets the user of a product wait two cycles and the user of a shift one.
#ifndef DWPW_SCALAR_REQUANTISE_H
#define DWPW_SCALAR_REQUANTISE_H

#include <stdint.h>

#include "multiply_add.h"

// A scale as the kernels keep it in registers: value * doubled / 2^32, halves up, and then
// / 2^(shift + 1), halves away from zero.
struct scale {
    uint32_t doubled; // Q0.31 multiplier, twice: fits in 32 unsigned bits
    int32_t shift;    // right shift less 1; -1 - left shift when there is none
};

// Zero point and clamp. Results count from the lower end of the clamp, so that clamping at 0 is a
// mask, and clamping above and packing need no signs.
struct output_range {
    int32_t twice_offset; // 2 * (zero point - min)
    int32_t span;         // max - min
    uint32_t min;         // min + 128, as a byte, four times
};

static inline struct scale make_scale(int32_t multiplier, int32_t shift)
{
    return (struct scale){.doubled = (uint32_t)multiplier << 1, .shift = -1 - shift};
}

static inline struct output_range make_range(int32_t offset, int32_t min, int32_t max)
{
    return (struct output_range){
        .twice_offset = 2 * (offset - min),
        .span = max - min,
        .min = 0x01010101u * (uint32_t)(min + 128),
    };
}

// High word of value * doubled.
static inline int32_t high_word(int32_t value, uint32_t doubled)
{
    return (int32_t)(((int64_t)value * (int64_t)(uint64_t)doubled) >> 32);
}

// round(value * multiplier / 2^31), halves up: with the doubled multiplier the result is the high
// word of the product, and the bit that decides the rounding is the top bit of the low word.
static inline __attribute__((always_inline)) struct quad high_rounded(struct quad v,
                                                                      uint32_t doubled)
{
    const struct quad high = together((struct quad){
        high_word(v.a, doubled),
        high_word(v.b, doubled),
        high_word(v.c, doubled),
        high_word(v.d, doubled),
    });
    const struct quad low = together((struct quad){
        (int32_t)((uint32_t)v.a * doubled),
        (int32_t)((uint32_t)v.b * doubled),
        (int32_t)((uint32_t)v.c * doubled),
        (int32_t)((uint32_t)v.d * doubled),
    });
    const struct quad up = together((struct quad){
        (int32_t)((uint32_t)low.a >> 31),
        (int32_t)((uint32_t)low.b >> 31),
        (int32_t)((uint32_t)low.c >> 31),
        (int32_t)((uint32_t)low.d >> 31),
    });

    return (struct quad){high.a + up.a, high.b + up.b, high.c + up.c, high.d + up.d};
}

static inline struct quad signs(struct quad v)
{
    return together((struct quad){v.a >> 31, v.b >> 31, v.c >> 31, v.d >> 31});
}

// For the few multipliers of 1 and more: out of the way, since the I$ holds 4 KB.
static __attribute__((noinline, cold, unused)) void
rescale_left(struct quad *v, struct scale s, int32_t twice_offset)
{
    const int32_t left = -1 - s.shift;
    const int32_t offset = twice_offset / 2;
    const struct quad r = high_rounded(
        (struct quad){
            (int32_t)((uint32_t)v->a << left),
            (int32_t)((uint32_t)v->b << left),
            (int32_t)((uint32_t)v->c << left),
            (int32_t)((uint32_t)v->d << left),
        },
        s.doubled);

    *v = (struct quad){r.a + offset, r.b + offset, r.c + offset, r.d + offset};
}

// Scaled values, counted from the lower end of the clamp but not clamped.
static inline __attribute__((always_inline)) struct quad
rescale(struct quad v, struct scale s, int32_t twice_offset)
{
    if (__builtin_expect(s.shift < 0, 0)) {
        struct quad r = v;
        rescale_left(&r, s, twice_offset);
        return r;
    }
    const struct quad r = high_rounded(v, s.doubled);
    // Halves away from zero: a negative number needs a little more than the half to round up.
    // Half a step is added behind the first shift, where it cannot overflow.
    const struct quad sign = signs(r);
    const int32_t half = twice_offset + 1;
    const struct quad doubled = together((struct quad){
        (r.a + sign.a) >> s.shift,
        (r.b + sign.b) >> s.shift,
        (r.c + sign.c) >> s.shift,
        (r.d + sign.d) >> s.shift,
    });

    return together((struct quad){
        (doubled.a + half) >> 1,
        (doubled.b + half) >> 1,
        (doubled.c + half) >> 1,
        (doubled.d + half) >> 1,
    });
}

static inline int32_t clamp_above(int32_t value, int32_t span)
{
    return value > span ? span : value;
}

static __attribute__((noinline, cold, unused)) void clamp_all_above(struct quad *v, int32_t span)
{
    v->a = clamp_above(v->a, span);
    v->b = clamp_above(v->b, span);
    v->c = clamp_above(v->c, span);
    v->d = clamp_above(v->d, span);
}

// Results counted from the lower end of the clamp: 0..255. Below it lie many, since most layers
// have a RELU: they get a mask. Above it lie few: one branch, seldom taken, looks for them.
static inline __attribute__((always_inline)) struct quad
requantise_4(struct quad acc, struct scale s, struct output_range range)
{
    const struct quad v = rescale(acc, s, range.twice_offset);
    const struct quad sign = signs(v);
    const struct quad r = {v.a & ~sign.a, v.b & ~sign.b, v.c & ~sign.c, v.d & ~sign.d};
    const int32_t room =
        (range.span - r.a) | (range.span - r.b) | (range.span - r.c) | (range.span - r.d);

    if (__builtin_expect(room < 0, 0)) {
        struct quad clamped = r;
        clamp_all_above(&clamped, range.span);
        return clamped;
    }
    return r;
}

// Turns four results of requantise_4 in a word into int8. Moved up by 128, the sums of the bytes
// are 0..255, so that nothing is carried from one to the next.
static inline uint32_t add_min(uint32_t results, struct output_range range)
{
    return (results + range.min) ^ 0x80808080u;
}

// One result as it is stored.
static inline int8_t requantise(int32_t acc, struct scale s, struct output_range range)
{
    const struct quad r = requantise_4((struct quad){acc, acc, acc, acc}, s, range);

    return (int8_t)add_min((uint32_t)r.a, range);
}

#endif
