// Words of whole tensors in batches: what kernels have in common that work value by value.
//
// The results of a batch are read when the next one is already under way. What is left behind the
// last whole word passes as a word with zeros behind it.
#ifndef DWPW_SIMD_VALUE_BATCHES_H
#define DWPW_SIMD_VALUE_BATCHES_H

#include "dwpw_kernel.h"
#include "unit.h"

enum {
    MOST_WORDS = UNIT_MOST_STORED, // a line of the D$; those of two inputs lie in registers
    PLACES = DWPW_RESULTS / DWPW_PIXELS_UNDER_WAY,
    BATCH = PLACES < MOST_WORDS ? PLACES : MOST_WORDS,
};

// Inputs and output of an operator; `b` is NULL where there is one input only.
struct values {
    const dwpw_word *a;
    const dwpw_word *b;
    dwpw_word *to;
    uint32_t bytes;
};

// Has the extension make a result of a word of each input.
typedef void pass_function(uint32_t a, uint32_t b);

static inline struct values values_of(const struct dwpw_operator *op,
                                      const struct dwpw_memory *memory)
{
    return (struct values){
        .a = (const dwpw_word *)(const void *)dwpw_tensor(memory, op->input),
        .to = (dwpw_word *)(void *)dwpw_tensor(memory, op->output),
        .bytes = op->output.size,
    };
}

// The first `bytes` bytes, 1 to 3, of a word.
static inline uint32_t load_bytes(const dwpw_word *from, uint32_t bytes)
{
    const uint8_t *byte = (const uint8_t *)from + bytes;
    uint32_t word = 0;

    for (; bytes != 0; --bytes) {
        word = word << 8 | *--byte;
    }
    return word;
}

// Loads a batch, all of it before what follows.
static inline __attribute__((always_inline)) void load_batch(uint32_t *words, const dwpw_word *from)
{
#pragma GCC unroll 16
    for (unsigned word = 0; word < BATCH; ++word) {
        words[word] = from[word];
    }
#pragma GCC unroll 16
    for (unsigned word = 0; word < BATCH; ++word) {
        words[word] = opaque_word(words[word]);
    }
}

// `b_first`: where both inputs have the same place in the L2, the next line that it has fetched
// ahead is that of the input which was loaded last.
static inline __attribute__((always_inline)) void
pass_batch(struct values *values, pass_function *pass, bool b_first)
{
    uint32_t a[BATCH], b[BATCH] = {0};
    if (values->b != NULL && b_first) {
        load_batch(b, values->b);
    }
    load_batch(a, values->a);
    values->a += BATCH;
    if (values->b != NULL) {
        if (!b_first) {
            load_batch(b, values->b);
        }
        values->b += BATCH;
    }
#pragma GCC unroll 16
    for (unsigned word = 0; word < BATCH; ++word) {
        pass(a[word], b[word]);
    }
}

static inline __attribute__((always_inline)) void store_batch(struct values *values)
{
    dwpw_unit_store_known(values->to, BATCH);
    values->to += BATCH;
}

// What is left behind the batches.
static inline void pass_tail(struct values *values, pass_function *pass, uint32_t bytes)
{
    for (; bytes >= sizeof(dwpw_word); bytes -= (uint32_t)sizeof(dwpw_word)) {
        pass(*values->a++, values->b != NULL ? *values->b++ : 0);
        *values->to++ = dwpw_pop();
    }
    if (bytes != 0) {
        const uint32_t a = load_bytes(values->a, bytes);
        pass(a, values->b != NULL ? load_bytes(values->b, bytes) : 0);
        dwpw_store_bytes((int8_t *)values->to, dwpw_pop(), bytes);
    }
}

// Passes all values, four at a time.
static inline __attribute__((always_inline)) void pass_values(struct values values,
                                                              pass_function *pass)
{
    uint32_t batches = values.bytes / (BATCH * sizeof(dwpw_word));
    if (batches != 0) {
        pass_batch(&values, pass, false);
        for (--batches; batches >= 2; batches -= 2) {
            pass_batch(&values, pass, true);
            store_batch(&values);
            pass_batch(&values, pass, false);
            store_batch(&values);
        }
        if (batches != 0) {
            pass_batch(&values, pass, true);
            store_batch(&values);
        }
        store_batch(&values);
    }
    pass_tail(&values, pass, values.bytes % (BATCH * sizeof(dwpw_word)));
}

#endif
