// Outer products: four rows times four channels keep 16 accumulators in registers, so that eight
// loads feed 16 multiply-accumulates. One step takes 2.6 instructions per multiply-accumulate.
#include "gemm.h"

#include <stdbool.h>

#include "multiply_add.h"

struct gemm gemm_of(const struct dwpw_operator *op, const struct dwpw_memory *memory, int32_t depth)
{
    return (struct gemm){
        .weights = dwpw_bytes(memory, op->weights),
        .bias = dwpw_words(memory, op->bias),
        .multiplier = dwpw_words(memory, op->multiplier),
        .shift = dwpw_words(memory, op->shift),
        .depth = (depth + GEMM_UNROLL - 1) / GEMM_UNROLL * GEMM_UNROLL,
        .channels = op->out_c,
        .range = {op->output_offset, op->act_min, op->act_max},
    };
}

// Accumulators of four rows, each with four channels.
struct block {
    struct quad row0;
    struct quad row1;
    struct quad row2;
    struct quad row3;
};

static inline struct quad load_words(const int32_t *p)
{
    return (struct quad){p[0], p[1], p[2], p[3]};
}

// One value of each row times one weight of each channel. The loads stand where their latency is
// hidden and no more than 28 registers are needed.
static inline __attribute__((always_inline)) struct block
outer_product(struct block acc, const int8_t *values, const int8_t *weights)
{
    int32_t even = load_here(values);
    const struct quad w = {
        load_here(weights),
        load_here(weights + 1),
        load_here(weights + 2),
        load_here(weights + 3),
    };
    int32_t odd = load_here(values + 1);
    acc.row0 = multiply_add_4(acc.row0, even, w);
    even = load_here(values + 2);
    acc.row1 = multiply_add_4(acc.row1, odd, w);
    odd = load_here(values + 3);
    acc.row2 = multiply_add_4(acc.row2, even, w);
    acc.row3 = multiply_add_4(acc.row3, odd, w);
    return acc;
}

static inline struct block multiply_block(const struct gemm *g, const int8_t *values, int32_t c)
{
    const int8_t *weights = g->weights + c * g->depth;
    const int8_t *const end = weights + GEMM_CHANNELS * g->depth;
    const struct quad bias = load_words(g->bias + c);
    struct block acc = {bias, bias, bias, bias};

    do {
        acc = outer_product(acc, values, weights);
        acc = outer_product(acc, values + 4, weights + 4);
        acc = outer_product(acc, values + 8, weights + 8);
        acc = outer_product(acc, values + 12, weights + 12);
        values += GEMM_UNROLL * GEMM_ROWS;
        weights += GEMM_UNROLL * GEMM_CHANNELS;
    } while (weights != end);
    return acc;
}

// `step` is the distance of a row's values: 1 for a vector, GEMM_ROWS in a tile.
static inline __attribute__((always_inline)) struct quad
multiply_row(const struct gemm *g, const int8_t *values, int32_t step, int32_t c)
{
    const int8_t *weights = g->weights + c * g->depth;
    const int8_t *const end = weights + GEMM_CHANNELS * g->depth;
    struct quad acc = load_words(g->bias + c);

    do {
        for (int32_t i = 0; i < 2; ++i) {
            const int32_t even = load_here(values);
            const struct quad w_even = {
                load_here(weights),
                load_here(weights + 1),
                load_here(weights + 2),
                load_here(weights + 3),
            };
            const int32_t odd = load_here(values + step);
            const struct quad w_odd = {
                load_here(weights + 4),
                load_here(weights + 5),
                load_here(weights + 6),
                load_here(weights + 7),
            };
            acc = multiply_add_4(acc, even, w_even);
            acc = multiply_add_4(acc, odd, w_odd);
            values += 2 * step;
            weights += 2 * GEMM_CHANNELS;
        }
    } while (weights != end);
    return acc;
}

// Whether four results of a row can be stored as one word.
static inline bool stores_words(const struct gemm *g, const int8_t *output)
{
    return g->channels % GEMM_CHANNELS == 0 && (uintptr_t)output % sizeof(uint32_t) == 0;
}

static inline uint32_t packed(int32_t a, int32_t b, int32_t c, int32_t d)
{
    return (a & 0xff) | (b & 0xff) << 8 | (c & 0xff) << 16 | (uint32_t)d << 24;
}

static inline struct quad
requantise_rows(struct quad acc, struct scale s, struct output_range range)
{
    return (struct quad){
        requantise(acc.a, s, range),
        requantise(acc.b, s, range),
        requantise(acc.c, s, range),
        requantise(acc.d, s, range),
    };
}

static void store_row(const struct gemm *g, struct quad acc, int32_t c, int8_t *output)
{
    const int32_t accs[GEMM_CHANNELS] = {acc.a, acc.b, acc.c, acc.d};

    for (int32_t i = 0; i < GEMM_CHANNELS && c + i < g->channels; ++i) {
        const struct scale s = make_scale(g->multiplier[c + i], g->shift[c + i]);
        output[c + i] = (int8_t)requantise(accs[i], s, g->range);
    }
}

// Channel by channel, so that its scale is loaded once for four rows.
static void store_block_as_words(const struct gemm *g, struct block acc, int32_t c, int8_t *output)
{
    const int32_t *multiplier = g->multiplier + c;
    const int32_t *shift = g->shift + c;
    const struct quad a =
        requantise_rows((struct quad){acc.row0.a, acc.row1.a, acc.row2.a, acc.row3.a},
                        make_scale(multiplier[0], shift[0]), g->range);
    const struct quad b =
        requantise_rows((struct quad){acc.row0.b, acc.row1.b, acc.row2.b, acc.row3.b},
                        make_scale(multiplier[1], shift[1]), g->range);
    const struct quad d =
        requantise_rows((struct quad){acc.row0.c, acc.row1.c, acc.row2.c, acc.row3.c},
                        make_scale(multiplier[2], shift[2]), g->range);
    const struct quad e =
        requantise_rows((struct quad){acc.row0.d, acc.row1.d, acc.row2.d, acc.row3.d},
                        make_scale(multiplier[3], shift[3]), g->range);

    *(uint32_t *)(void *)(output + c) = packed(a.a, b.a, d.a, e.a);
    output += g->channels;
    *(uint32_t *)(void *)(output + c) = packed(a.b, b.b, d.b, e.b);
    output += g->channels;
    *(uint32_t *)(void *)(output + c) = packed(a.c, b.c, d.c, e.c);
    output += g->channels;
    *(uint32_t *)(void *)(output + c) = packed(a.d, b.d, d.d, e.d);
}

static void store_block(const struct gemm *g, struct block acc, int32_t c, int8_t *output)
{
    store_row(g, acc.row0, c, output);
    store_row(g, acc.row1, c, output + g->channels);
    store_row(g, acc.row2, c, output + 2 * g->channels);
    store_row(g, acc.row3, c, output + 3 * g->channels);
}

void gemm_run(const struct gemm *g, const int8_t *tile, int32_t rows, int8_t *output)
{
    const bool words = stores_words(g, output);
    const int32_t whole = rows / GEMM_ROWS * GEMM_ROWS;

    // The weights of four channels stay in the D$ while all rows of the tile pass by.
    for (int32_t c = 0; c < g->channels; c += GEMM_CHANNELS) {
        for (int32_t row = 0; row < whole; row += GEMM_ROWS) {
            const struct block acc = multiply_block(g, tile + row * g->depth, c);
            if (words) {
                store_block_as_words(g, acc, c, output + row * g->channels);
            } else {
                store_block(g, acc, c, output + row * g->channels);
            }
        }
        for (int32_t row = whole; row < rows; ++row) {
            const int8_t *values = tile + whole * g->depth + (row - whole);
            store_row(g, multiply_row(g, values, GEMM_ROWS, c), c, output + row * g->channels);
        }
    }
}

void gemm_run_vector(const struct gemm *g, const int8_t *row, int8_t *output)
{
    for (int32_t c = 0; c < g->channels; c += GEMM_CHANNELS) {
        store_row(g, multiply_row(g, row, 1, c), c, output);
    }
}
