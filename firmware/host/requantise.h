// How units scale an accumulator: the roundings of the TFLite reference kernels
// (compiler_intrinsics/arithmetic.py).
#ifndef DWPW_REQUANTISE_H
#define DWPW_REQUANTISE_H

#include <stdint.h>

// `multiplier` is 0 to INT32_MAX, `shift` -31 to 31.
static inline int32_t requantise(int32_t accumulator, int32_t multiplier, int32_t shift)
{
    const uint32_t left = shift > 0 ? (uint32_t)shift : 0;
    const uint32_t right = shift < 0 ? (uint32_t)-shift : 0;
    const int32_t shifted = (int32_t)((uint32_t)accumulator << left);
    const int64_t high = ((int64_t)shifted * multiplier + (INT64_C(1) << 30)) >> 31;
    if (right == 0) {
        return (int32_t)high;
    }
    return (int32_t)((high + (INT64_C(1) << (right - 1)) - (high < 0)) >> right);
}

// A shift as units take it: six bits of two's complement, of which -32 counts as -31.
static inline int32_t shift_of_six_bits(uint32_t bits)
{
    const int32_t shift = (int32_t)(bits << 26) >> 26;

    return shift < -31 ? -31 : shift;
}

#endif
