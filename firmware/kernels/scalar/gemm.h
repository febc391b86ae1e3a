// Rows of int8 values times packed int8 weights: the core of every dense operator.
#ifndef DWPW_SCALAR_GEMM_H
#define DWPW_SCALAR_GEMM_H

#include "dwpw_kernel.h"
#include "placement.h"
#include "requantise.h"

enum {
    GEMM_ROWS = DWPW_GEMM_ROWS,
    GEMM_CHANNELS = DWPW_GEMM_CHANNELS,
    GEMM_UNROLL = DWPW_GEMM_UNROLL,
    GEMM_BLOCKS = 8, // steps accumulated before any is requantised
    GEMM_ACCUMULATORS = GEMM_BLOCKS * GEMM_ROWS * GEMM_CHANNELS,
};

// One matrix product. Weights [channels][depth] stand in groups of four channels,
// [channels / 4][depth][4], with zeros where channels or depth were rounded up; the per-channel
// arrays are rounded up likewise. The input's zero point is part of the bias.
struct gemm {
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *multiplier;
    const int32_t *shift;
    int32_t depth;    // rounded up
    int32_t channels; // results per row, not rounded
    int32_t *acc;     // room for GEMM_ACCUMULATORS, the caller's
    struct output_range range;
};

// The matrix product of an operator whose rows have `depth` values, not rounded.
struct gemm gemm_of(const struct dwpw_operator *op,
                    const struct dwpw_memory *memory,
                    int32_t depth,
                    int32_t *acc);

// A depth of 0 to 2^32, rounded up.
static inline uint64_t gemm_depth(uint64_t depth)
{
    return (depth + GEMM_UNROLL - 1) / GEMM_UNROLL * GEMM_UNROLL;
}

// "overlap", "weights", "bias", "multiplier", "shift": what a product of rows of `depth` values
// relies on.
const char *
gemm_check(const struct dwpw_operator *op, const struct dwpw_memory *memory, uint64_t depth);

// "scratch": room for gemm_tile_of and one group of rows at the least.
const char *gemm_tile_check(const struct dwpw_operator *op, uint64_t depth);

// `rows` rows in `tile`, which holds them in groups of four, [rows / 4][depth][4], give
// [rows][channels] results. The last group may be incomplete.
void gemm_run(const struct gemm *g, const int8_t *tile, int32_t rows, int8_t *output);

// The results of a single row, its `depth` values next to each other.
void gemm_run_vector(const struct gemm *g, const int8_t *row, int8_t *output);

// A tile in the operator's scratch, beside the accumulators in the D$, and the rows it holds.
struct gemm_tile {
    int8_t *values;
    int32_t rows;
};

static inline struct gemm_tile
gemm_tile_of(const struct gemm *g, const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int32_t group = g->depth * GEMM_ROWS;

    return (struct gemm_tile){
        .values = place_beside(g->acc + GEMM_ACCUMULATORS, g->weights, (uint32_t)group,
                               dwpw_tensor(memory, op->scratch)),
        .rows = ((int32_t)op->scratch.size - DWPW_D_CACHE_BYTES) / group * GEMM_ROWS,
    };
}

#endif
