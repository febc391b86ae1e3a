// Accumulator to int8 with TFLite's two rounding steps, in 32-bit arithmetic and four at a time:
// VexRiscv lets the user of a product wait two cycles and the user of a shift one.
#ifndef DWPW_SCALAR_REQUANTISE_H
#define DWPW_SCALAR_REQUANTISE_H

#include <stdint.h>

#include "dwpw_int32.h"
#include "multiply_add.h"

// A scale as the kernels keep it in registers: value * doubled / 2^32, halves up, and then
// / 2^(shift + 1), halves away from zero.
struct scale {
    uint32_t doubled; // Q0.31 multiplier, twice: fits in 32 unsigned bits
    int32_t shift;    // right shift less 1; -1 - left shift when there is none
};

// Zero point and clamp. Results are first counted up from the lower end of the clamp and then down
// from the upper end: clamping at 0 is a mask, and takes the same time whatever the data.
struct output_range {
    int32_t twice_offset; // 2 * (zero point - min)
    int32_t span;         // max - min
    uint32_t max;         // max + 128, as a byte, four times
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
        .max = 0x01010101u * (uint32_t)(max + 128),
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
    const struct quad high = together((struct quad){
        high_word(v.a, doubled),
        high_word(v.b, doubled),
        high_word(v.c, doubled),
        high_word(v.d, doubled),
    });

    return (struct quad){high.a + up.a, high.b + up.b, high.c + up.c, high.d + up.d};
}

static inline struct quad signs(struct quad v)
{
    return together((struct quad){v.a >> 31, v.b >> 31, v.c >> 31, v.d >> 31});
}

// Scaled values, counted from the lower end of the clamp but not clamped; for s.shift >= 0.
static inline __attribute__((always_inline)) struct quad
rescale_right(struct quad v, struct scale s, int32_t twice_offset)
{
    const struct quad r = high_rounded(v, s.doubled);
    // Halves away from zero: a negative number needs a little more than the half to round up.
    // Half a step is added behind the first shift, where it does not overflow: packers see to it
    // that accumulators keep away from the ends of 32 bits (ACCUMULATOR_LIMIT).
    const struct quad sign = signs(r);
    const int32_t half = twice_offset + 1;
    const struct quad doubled = together((struct quad){
        (r.a + sign.a) >> s.shift,
        (r.b + sign.b) >> s.shift,
        (r.c + sign.c) >> s.shift,
        (r.d + sign.d) >> s.shift,
    });

    return together((struct quad){
        wrapping_add(doubled.a, half) >> 1,
        wrapping_add(doubled.b, half) >> 1,
        wrapping_add(doubled.c, half) >> 1,
        wrapping_add(doubled.d, half) >> 1,
    });
}

// 0 where negative.
static inline __attribute__((always_inline)) struct quad not_below_0(struct quad v)
{
    const struct quad sign = signs(v);

    return (struct quad){v.a & ~sign.a, v.b & ~sign.b, v.c & ~sign.c, v.d & ~sign.d};
}

// Results counted down from the upper end of the clamp: 0..255. For s.shift >= 0.
static inline __attribute__((always_inline)) struct quad
requantise_4(struct quad acc, struct scale s, struct output_range range)
{
    const struct quad up = not_below_0(rescale_right(acc, s, range.twice_offset));

    return not_below_0(
        (struct quad){range.span - up.a, range.span - up.b, range.span - up.c, range.span - up.d});
}

// Turns four results of requantise_4 in a word into int8. Moved up by 128, the differences of the
// bytes are 0..255, so that nothing is borrowed by one from the next.
static inline uint32_t as_int8(uint32_t results, struct output_range range)
{
    return (range.max - results) ^ 0x80808080u;
}

static inline int32_t shifted_left(int32_t value, int32_t shift)
{
    return (int32_t)((uint32_t)value << shift);
}

// One value at any scale.
static inline int32_t rescale(int32_t value, struct scale s, int32_t twice_offset)
{
    if (s.shift < 0) {
        const int32_t v = shifted_left(value, -1 - s.shift);
        const int32_t r = high_rounded((struct quad){v, v, v, v}, s.doubled).a;
        // Far beyond every clamp, and with room for the zero point: a left shift fills 32 bits.
        return min_i32(max_i32(r, -(1 << 30)), 1 << 30) + twice_offset / 2;
    }
    return rescale_right((struct quad){value, value, value, value}, s, twice_offset).a;
}

// One result as it is stored, at any scale.
static inline int8_t requantise(int32_t acc, struct scale s, struct output_range range)
{
    const int32_t up = rescale(acc, s, range.twice_offset);
    const int32_t clamped = up < 0 ? 0 : up > range.span ? range.span : up;

    return (int8_t)as_int8((uint32_t)(range.span - clamped), range);
}

#endif
