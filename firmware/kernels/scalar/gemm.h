// Rows of int8 values times packed int8 weights: the core of every dense operator.
#ifndef DWPW_SCALAR_GEMM_H
#define DWPW_SCALAR_GEMM_H

#include "dwpw_kernel.h"
#include "requantise.h"

enum {
    GEMM_ROWS = 4,     // rows per step: their values lie interleaved, four to a word
    GEMM_CHANNELS = 4, // output channels per step: so do the weights
    GEMM_UNROLL = 4,   // depths are rounded up to this
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
    struct output_range range;
};

// The matrix product of an operator whose rows have `depth` values, not rounded.
struct gemm
gemm_of(const struct dwpw_operator *op, const struct dwpw_memory *memory, int32_t depth);

// `rows` rows in `tile`, which holds them in groups of four, [rows / 4][depth][4], give
// [rows][channels] results. The last group may be incomplete.
void gemm_run(const struct gemm *g, const int8_t *tile, int32_t rows, int8_t *output);

// The results of a single row, its `depth` values next to each other.
void gemm_run_vector(const struct gemm *g, const int8_t *row, int8_t *output);

// Rows that fit in a tile of `size` bytes.
static inline int32_t gemm_tile_rows(const struct gemm *g, uint32_t size)
{
    return (int32_t)size / (g->depth * GEMM_ROWS) * GEMM_ROWS;
}

#endif
