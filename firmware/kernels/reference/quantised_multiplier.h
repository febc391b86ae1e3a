// Scaling by a Q0.31 multiplier and a shift with TFLite's two rounding steps
// (`MultiplyByQuantizedMultiplier` without TFLITE_SINGLE_ROUNDING, and gemmlowp's fixedpoint.h).
#ifndef DWPW_REFERENCE_QUANTISED_MULTIPLIER_H
#define DWPW_REFERENCE_QUANTISED_MULTIPLIER_H

#include <stdbool.h>
#include <stdint.h>

// round(a * b / 2^31), halves up; only INT32_MIN * INT32_MIN does not fit.
static inline int32_t doubling_high_multiply(int32_t a, int32_t b)
{
    const bool overflow = a == b && a == INT32_MIN;
    const int64_t product = (int64_t)a * b;
    const int32_t nudge = product >= 0 ? 1 << 30 : 1 - (1 << 30);
    const int32_t high = (int32_t)((product + nudge) / (1ll << 31));

    return overflow ? INT32_MAX : high;
}

// round(x / 2^exponent), halves away from zero; 0 <= exponent <= 31.
static inline int32_t rounding_divide_by_power_of_two(int32_t x, int exponent)
{
    const int32_t mask = (int32_t)((1ll << exponent) - 1);
    const int32_t remainder = x & mask;
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);

    return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

// x * multiplier / 2^31 * 2^shift.
static inline int32_t quantised_multiply(int32_t x, int32_t multiplier, int32_t shift)
{
    const int left_shift = shift > 0 ? shift : 0;
    const int right_shift = shift > 0 ? 0 : -shift;
    // Unsigned, since bits shifted out at the top are lost on every machine TFLite runs on.
    const int32_t shifted = (int32_t)((uint32_t)x << left_shift);

    return rounding_divide_by_power_of_two(doubling_high_multiply(shifted, multiplier),
                                           right_shift);
}

#endif
