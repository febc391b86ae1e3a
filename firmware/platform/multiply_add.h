// Groups of multiply-accumulates for VexRiscv: a product may be used three instructions behind its
// multiplication, and GCC 12, left alone, either lets it wait or runs out of registers. The twin
// of this file in ../host says in C what the sequences compute.
#ifndef DWPW_MULTIPLY_ADD_H
#define DWPW_MULTIPLY_ADD_H

#include <stdint.h>

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

// Keeps the compiler from finishing one member before it starts the next: results of shifts and
// multiplications are late, and four independent ones hide that.
static inline __attribute__((always_inline)) struct quad together(struct quad q)
{
    __asm__("" : "+r"(q.a), "+r"(q.b), "+r"(q.c), "+r"(q.d));
    return q;
}

// acc + value * weight, member by member.
static inline __attribute__((always_inline)) struct quad
multiply_add_4(struct quad acc, int32_t value, struct quad weight)
{
    int32_t p, q, r;

    __asm__("mul %[p], %[value], %[wa]\n\t"
            "mul %[q], %[value], %[wb]\n\t"
            "mul %[r], %[value], %[wc]\n\t"
            "add %[a], %[a], %[p]\n\t"
            "mul %[p], %[value], %[wd]\n\t"
            "add %[b], %[b], %[q]\n\t"
            "add %[c], %[c], %[r]\n\t"
            "add %[d], %[d], %[p]"
            : [a] "+r"(acc.a), [b] "+r"(acc.b), [c] "+r"(acc.c), [d] "+r"(acc.d), [p] "=&r"(p),
              [q] "=&r"(q), [r] "=&r"(r)
            : [value] "r"(value), [wa] "r"(weight.a), [wb] "r"(weight.b), [wc] "r"(weight.c),
              [wd] "r"(weight.d));
    return acc;
}

static inline __attribute__((always_inline)) struct triple
multiply_add_3(struct triple acc, int32_t value, struct triple weight)
{
    int32_t p, q, r;

    __asm__("mul %[p], %[value], %[wa]\n\t"
            "mul %[q], %[value], %[wb]\n\t"
            "mul %[r], %[value], %[wc]\n\t"
            "add %[a], %[a], %[p]\n\t"
            "add %[b], %[b], %[q]\n\t"
            "add %[c], %[c], %[r]"
            : [a] "+r"(acc.a), [b] "+r"(acc.b), [c] "+r"(acc.c), [p] "=&r"(p), [q] "=&r"(q),
              [r] "=&r"(r)
            : [value] "r"(value), [wa] "r"(weight.a), [wb] "r"(weight.b), [wc] "r"(weight.c));
    return acc;
}

// acc + v.a * w.a + v.b * w.b + v.c * w.c.
static inline __attribute__((always_inline)) int32_t dot_3(int32_t acc,
                                                           struct triple v,
                                                           struct triple w)
{
    int32_t p, q, r;

    __asm__(
        "mul %[p], %[va], %[wa]\n\t"
        "mul %[q], %[vb], %[wb]\n\t"
        "mul %[r], %[vc], %[wc]\n\t"
        "add %[acc], %[acc], %[p]\n\t"
        "add %[acc], %[acc], %[q]\n\t"
        "add %[acc], %[acc], %[r]"
        : [acc] "+r"(acc), [p] "=&r"(p), [q] "=&r"(q), [r] "=&r"(r)
        : [va] "r"(v.a), [vb] "r"(v.b), [vc] "r"(v.c), [wa] "r"(w.a), [wb] "r"(w.b), [wc] "r"(w.c));
    return acc;
}

// A load that stays where it is written, so that its value is there when it is needed.
static inline __attribute__((always_inline)) int32_t load_here(const int8_t *p)
{
    int32_t value;

    __asm__ volatile("lb %0, %1" : "=r"(value) : "m"(*p));
    return value;
}

#endif
