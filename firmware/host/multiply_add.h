// What ../platform/multiply_add.h computes, for the host.
#ifndef DWPW_MULTIPLY_ADD_H
#define DWPW_MULTIPLY_ADD_H

#include <stdint.h>

#include "dwpw_int32.h"

struct triple {
    int32_t a;
    int32_t b;
    int32_t c;
};

struct quad {
    int32_t a;
    int32_t b;
    int32_t c;
    int32_t d;
};

// Nothing to do where the compiler knows the machine.
static inline struct quad together(struct quad q)
{
    return q;
}

static inline struct quad multiply_add_4(struct quad acc, int32_t value, struct quad weight)
{
    return (struct quad){
        wrapping_add(acc.a, value * weight.a),
        wrapping_add(acc.b, value * weight.b),
        wrapping_add(acc.c, value * weight.c),
        wrapping_add(acc.d, value * weight.d),
    };
}

static inline struct triple multiply_add_3(struct triple acc, int32_t value, struct triple weight)
{
    return (struct triple){
        wrapping_add(acc.a, value * weight.a),
        wrapping_add(acc.b, value * weight.b),
        wrapping_add(acc.c, value * weight.c),
    };
}

static inline int32_t dot_3(int32_t acc, struct triple v, struct triple w)
{
    return wrapping_add(acc, v.a * w.a + v.b * w.b + v.c * w.c);
}

static inline int32_t load_here(const int8_t *p)
{
    return *p;
}

#endif
