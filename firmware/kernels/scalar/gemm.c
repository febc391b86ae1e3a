// Outer products: four rows times four channels keep 16 accumulators in registers, so that eight
// loads feed 16 multiply-accumulates. One step takes 2.6 instructions per multiply-accumulate.
#include "gemm.h"

#include "dwpw_check.h"
#include "multiply_add.h"
#include "store_results.h"

struct gemm gemm_of(const struct dwpw_operator *op,
                    const struct dwpw_memory *memory,
                    int32_t depth,
                    int32_t *acc)
{
    return (struct gemm){
        .weights = dwpw_bytes(memory, op->weights),
        .bias = dwpw_words(memory, op->bias),
        .multiplier = dwpw_words(memory, op->multiplier),
        .shift = dwpw_words(memory, op->shift),
        .depth = (depth + GEMM_UNROLL - 1) / GEMM_UNROLL * GEMM_UNROLL,
        .channels = op->out_c,
        .acc = acc,
        .range = make_range(op->output_offset, op->act_min, op->act_max),
    };
}

// Accumulators of four rows, each with four channels.
struct block {
    struct quad row0;
    struct quad row1;
    struct quad row2;
    struct quad row3;
};

enum {
    BLOCK_WORDS = GEMM_ROWS * GEMM_CHANNELS,
};

static inline struct quad load_words(const int32_t *p)
{
    return (struct quad){p[0], p[1], p[2], p[3]};
}

static inline void store_words(int32_t *p, struct quad q)
{
    p[0] = q.a;
    p[1] = q.b;
    p[2] = q.c;
    p[3] = q.d;
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

static inline __attribute__((always_inline)) struct block
multiply_block(const int8_t *values, const int8_t *weights, const int8_t *end, struct quad bias)
{
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

// Accumulators of the channels from `c` on, for `rows` rows, a multiple of four. Not inlined, and
// with its results in memory: the loop needs every register for itself.
static __attribute__((noinline)) void
multiply_rows(const struct gemm *g, int32_t c, const int8_t *values, int32_t rows, int32_t *result)
{
    const int8_t *weights = g->weights + c * g->depth;
    const int8_t *const end = weights + GEMM_CHANNELS * g->depth;
    const int32_t *bias = g->bias + c;

    for (; rows > 0; rows -= GEMM_ROWS, values += GEMM_ROWS * g->depth) {
        const struct block acc = multiply_block(values, weights, end, load_words(bias));
        store_words(result, acc.row0);
        store_words(result + 4, acc.row1);
        store_words(result + 8, acc.row2);
        store_words(result + 12, acc.row3);
        result += BLOCK_WORDS;
    }
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

static struct results results_of(const struct gemm *g, int32_t c)
{
    const int32_t left = g->channels - c;

    return (struct results){
        .multiplier = g->multiplier + c,
        .shift = g->shift + c,
        .range = g->range,
        .channels = left < GEMM_CHANNELS ? left : GEMM_CHANNELS,
        .stride = g->channels,
    };
}

// One row, `step` bytes from value to value.
static __attribute__((noinline)) void
run_row(const struct gemm *g, const int8_t *values, int32_t step, int32_t c, int8_t *output)
{
    const struct results results = results_of(g, c);

    store_words(g->acc, multiply_row(g, values, step, c));
    store_results(&results, g->acc, 1, output + c);
}

void gemm_run(const struct gemm *g, const int8_t *tile, int32_t rows, int8_t *output)
{
    const int32_t whole = rows / GEMM_ROWS * GEMM_ROWS;

    // The weights of four channels stay in the D$ while all rows of the tile pass by.
    for (int32_t c = 0; c < g->channels; c += GEMM_CHANNELS) {
        const struct results results = results_of(g, c);
        for (int32_t row = 0; row < whole; row += GEMM_BLOCKS * GEMM_ROWS) {
            const int32_t left = whole - row;
            const int32_t count = left < GEMM_BLOCKS * GEMM_ROWS ? left : GEMM_BLOCKS * GEMM_ROWS;
            multiply_rows(g, c, tile + row * g->depth, count, g->acc);
            store_results(&results, g->acc, count, output + row * g->channels + c);
        }
        for (int32_t row = whole; row < rows; ++row) {
            const int8_t *values = tile + whole * g->depth + (row - whole);
            run_row(g, values, GEMM_ROWS, c, output + row * g->channels);
        }
    }
}

void gemm_run_vector(const struct gemm *g, const int8_t *row, int8_t *output)
{
    for (int32_t c = 0; c < g->channels; c += GEMM_CHANNELS) {
        run_row(g, row, 1, c, output);
    }
}

const char *
gemm_check(const struct dwpw_operator *op, const struct dwpw_memory *memory, uint64_t depth)
{
    const int32_t channels = dwpw_round_up(op->out_c, GEMM_CHANNELS);
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_unless(op->weights.size == gemm_depth(depth) * (uint64_t)channels, "weights"),
        dwpw_check_scales(op, memory, channels),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

const char *gemm_tile_check(const struct dwpw_operator *op, uint64_t depth)
{
    return dwpw_unless(op->scratch.size >= DWPW_D_CACHE_BYTES + GEMM_ROWS * gemm_depth(depth),
                       "scratch");
}
