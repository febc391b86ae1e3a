// Accumulator to int8 with TFLite's two rounding steps, in 32-bit multiplications.
#ifndef DWPW_SCALAR_REQUANTISE_H
#define DWPW_SCALAR_REQUANTISE_H

#include <stdint.h>

// A scale as the kernels keep it in registers: value * doubled / 2^32, halves up, and then
// / 2^right, halves away from zero.
struct scale {
    uint32_t doubled; // Q0.31 multiplier, twice: fits in 32 unsigned bits
    int32_t left;     // shift in front of the multiplication
    int32_t right;    // and behind it; one of the two is 0
    int32_t half;     // 2^(right - 1)
};

struct output_range {
    int32_t offset;
    int32_t min; // clamp, offset included
    int32_t max;
};

static inline struct scale make_scale(int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;

    return (struct scale){
        .doubled = (uint32_t)multiplier << 1,
        .left = left,
        .right = right,
        .half = right > 0 ? (int32_t)(1u << (right - 1)) : 0,
    };
}

// round(value * multiplier / 2^31), halves up: with the doubled multiplier the result is the high
// word of the product, and the bit that decides the rounding is the top bit of the low word.
static inline int32_t high_rounded(int32_t value, uint32_t doubled)
{
    const int64_t product = (int64_t)value * (int64_t)(uint64_t)doubled;

    return (int32_t)(product >> 32) + (int32_t)((uint32_t)product >> 31);
}

static inline int32_t rescale(int32_t value, struct scale s)
{
    if (__builtin_expect(s.right == 0, 0)) {
        return high_rounded((int32_t)((uint32_t)value << s.left), s.doubled);
    }
    const int32_t high = high_rounded(value, s.doubled);
    // Halves away from zero: a negative number rounds up from just above the half only. The sum
    // stays within 32 bits, since the packer only takes operators with |value| < 2^30.
    return (high + s.half + (high >> 31)) >> s.right;
}

static inline int32_t requantise(int32_t acc, struct scale s, struct output_range range)
{
    int32_t value = rescale(acc, s) + range.offset;

    if (value < range.min) {
        value = range.min;
    }
    if (value > range.max) {
        value = range.max;
    }
    return value;
}

#endif
