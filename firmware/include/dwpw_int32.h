// Arithmetic of 32 bits that C has no operator for.
#ifndef DWPW_INT32_H
#define DWPW_INT32_H

#include <stdint.h>

static inline int32_t min_i32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t max_i32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

// Sums wrap around, as on every machine that TFLite runs on: no constants of an image can make one
// undefined.
static inline int32_t wrapping_add(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

#endif
