// DEPTHWISE_CONV_2D 3x3, channels a multiple of four, any stride and padding.
//
// A row of outputs is computed column by column for up to 64 channels at once: the three new words
// of an input column meet the two columns before it, which the extension remembers, so that every
// input word is loaded once per row of outputs. Channels go in blocks of 64, two lines of the D$: a
// line that is fetched for a column is used up by it.
//
// Wide rows are walked in strips, which the packer makes so short that the rows of a strip stay in
// the D$ for all channels of the block, and for the next row of outputs.
//
// param: enum dwpw_simd_depthwise3x3_param.
// weights: [c / 4][3 rows][4 channels x (3 columns, 0)].  table: unit.h.
#include "depthwise_columns.h"
#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_depthwise_3x3;
dwpw_kernel_check dwpw_simd_depthwise_3x3_check;

// What all rows of outputs of a strip have in common, for a block of up to 64 channels.
struct block {
    const struct dwpw_operator *op;
    const int8_t *input; // of the block's first channel, where the strip begins
    int8_t *output;
    int32_t out_step;        // bytes from pixel to pixel
    uint32_t zero;           // padding: four times the input's zero point
    int32_t history_padding; // columns before the last one of the first output: of padding,
    int32_t history_inside;  // then of the input,
    int32_t history_outside; // then again of padding
    int32_t inner;           // outputs whose last column lies inside the input
    int32_t outer;           // outputs behind them: their last column is padding
    int32_t tail_inside;     // columns of the input behind the inner outputs
    dwpw_word padding[DWPW_DEPTHWISE_BLOCK_GROUPS];
};

// Passes over columns between two outputs behind the inner ones.
static inline __attribute__((always_inline)) void
skip_between(struct cursor *cursor, int32_t *inside, uint32_t zero, unsigned groups, int32_t stride)
{
    for (int32_t skipped = 1; skipped < stride; ++skipped) {
        if (*inside > 0) {
            --*inside;
            skip_next(cursor, groups);
        } else {
            skip_padding(zero, groups);
        }
    }
}

// The columns that the first output needs before its last one.
static inline __attribute__((always_inline)) void
fill_history(const struct block *block, struct cursor *cursor, unsigned groups)
{
    if (block->history_padding > 0) {
        skip_padding(block->zero, groups);
        if (block->history_padding > 1) {
            skip_padding(block->zero, groups);
        }
    }
    if (block->history_inside > 0) {
        skip_next(cursor, groups);
        if (block->history_inside > 1) {
            skip_next(cursor, groups);
        }
    }
    for (int32_t column = block->history_outside; column > 0; --column) {
        skip_padding(block->zero, groups);
    }
}

// Stores the results of a column; returns where the next ones go.
static inline __attribute__((always_inline)) int8_t *
store_column(int8_t *to, int32_t out_step, unsigned groups)
{
    store_groups(to, groups);
    to += out_step;
    // Where opaque_pointer would cost a move in the innermost loop.
    __asm__ volatile("" : "+r"(to));
    return to;
}

// One row of outputs. The results of a column are read when the next one is already under way.
static inline __attribute__((always_inline)) void run_row(
    const struct block *block, struct cursor *cursor, int8_t *to, unsigned groups, int32_t stride)
{
    const int32_t out_step = block->out_step;
    int32_t inside = block->tail_inside;
    int32_t left = block->inner;
    fill_history(block, cursor, groups);
    if (left > 0) {
        mac_next(cursor, groups);
        while (--left > 0) {
            for (int32_t skipped = 1; skipped < stride; ++skipped) {
                skip_next(cursor, groups);
            }
            if (groups % 2 == 0) {
                mac_next_and_store(cursor, to, groups);
                to += out_step;
                __asm__ volatile("" : "+r"(to)); // as in store_column
            } else {
                mac_next(cursor, groups);
                to = store_column(to, out_step, groups);
            }
        }
        left = block->outer;
    } else {
        mac_padding(block->zero, groups);
        left = block->outer - 1;
    }
    for (; left > 0; --left) {
        skip_between(cursor, &inside, block->zero, groups, stride);
        mac_padding(block->zero, groups);
        to = store_column(to, out_step, groups);
    }
    store_groups(to, groups);
}

// The three rows of the input that the outputs of row `y` see, from channel `offset` of the block.
static inline __attribute__((always_inline)) void
find_rows(struct cursor *cursor, const struct block *block, int32_t y, uint32_t offset)
{
    const struct dwpw_operator *op = block->op;
    const int32_t row_bytes = op->in_w * op->in_c;
    int32_t in_y = y * op->stride_h - op->pad_top;
    const int8_t *at = block->input + in_y * row_bytes;
#pragma GCC unroll 16
    for (unsigned row = 0; row < ROWS; ++row, ++in_y, at += row_bytes) {
        const bool inside = (uint32_t)in_y < (uint32_t)op->in_h;
        cursor->at[row] = (inside ? at : (const int8_t *)block->padding) + offset;
        cursor->step[row] = inside ? op->in_c : 0;
    }
}

// All rows of outputs for `tiles` times `groups` groups of four channels, from group `first` of
// the block on.
static inline __attribute__((always_inline)) void run_tiles(
    const struct block *block, uint32_t first, uint32_t tiles, unsigned groups, int32_t stride)
{
    const uint32_t end = first + tiles * groups;
    const int32_t row_bytes = block->op->out_w * block->op->out_c;
    int8_t *row = block->output + first * DWPW_GROUPS;
    for (int32_t y = 0; y < block->op->out_h; ++y, row += row_bytes) {
        struct cursor start;
        int8_t *to = row;
        find_rows(&start, block, y, first * DWPW_GROUPS);
        for (uint32_t group = first; group != end; group += groups, to += groups * DWPW_GROUPS) {
            struct cursor cursor = start;
            block = opaque_pointer(block);
            dwpw_set_weights(group * ROWS, (group + groups) * ROWS - 1);
            dwpw_set_params(group, group + groups - 1);
            run_row(block, &cursor, to, groups, stride);
            for (unsigned at = 0; at < ROWS; ++at) {
                start.at[at] += groups * DWPW_GROUPS;
            }
        }
    }
}

static void run_16_groups_stride_1(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 16, 1);
}

static void run_16_groups_stride_2(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 16, 2);
}

static void run_12_groups_stride_1(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 12, 1);
}

static void run_12_groups_stride_2(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 12, 2);
}

static void run_8_groups_stride_1(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 8, 1);
}

static void run_8_groups_stride_2(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 8, 2);
}

static void run_4_groups_stride_1(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 4, 1);
}

static void run_4_groups_stride_2(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 4, 2);
}

static void run_2_groups(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 2, block->op->stride_w);
}

static void run_1_group(const struct block *block, uint32_t first, uint32_t tiles)
{
    run_tiles(block, first, tiles, 1, block->op->stride_w);
}

typedef void tile_loop(const struct block *block, uint32_t first, uint32_t tiles);

// Groups that pass at once, and the loops for them with stride 1, 2 and any other.
static const struct {
    uint32_t groups;
    tile_loop *run[3];
} LOOPS[] = {
    {16, {run_16_groups_stride_1, run_16_groups_stride_2, NULL}},
    {12, {run_12_groups_stride_1, run_12_groups_stride_2, NULL}},
    {8, {run_8_groups_stride_1, run_8_groups_stride_2, NULL}},
    {4, {run_4_groups_stride_1, run_4_groups_stride_2, NULL}},
    {2, {run_2_groups, run_2_groups, run_2_groups}},
    {1, {run_1_group, run_1_group, run_1_group}},
};

// A block of `groups` groups, as many of them at once as there are loops for.
static void run_block(const struct block *block, uint32_t groups)
{
    const uint32_t stride = (uint32_t)block->op->stride_w;
    const uint32_t most = (uint32_t)block->op->param[DWPW_SIMD_DEPTHWISE3X3_PARAM_AT_ONCE];
    uint32_t done = 0;
    for (unsigned row = 0; row < sizeof(LOOPS) / sizeof(LOOPS[0]); ++row) {
        tile_loop *const run = LOOPS[row].run[stride <= 2 ? stride - 1 : 2];
        const uint32_t tiles = (groups - done) / LOOPS[row].groups;
        if (run != NULL && LOOPS[row].groups <= most && tiles != 0) {
            run(block, done, tiles);
            done += tiles * LOOPS[row].groups;
        }
    }
}

// How the columns of a row of `outputs` outputs, from output `first` on, lie to the input; returns
// the column that the strip begins with.
static int32_t find_columns(struct block *block, int32_t first, int32_t outputs)
{
    const struct dwpw_operator *op = block->op;
    const int32_t start = first * op->stride_w - op->pad_left;
    const int32_t skipped = max_i32(start, 0);
    const int32_t columns = op->in_w - skipped;
    const int32_t last = op->in_w - start - ROWS;
    const int32_t inside = last < 0 ? 0 : last / op->stride_w + 1;
    block->history_padding = min_i32(skipped - start, HISTORY);
    block->history_inside = min_i32(columns, HISTORY - block->history_padding);
    block->history_outside = HISTORY - block->history_padding - block->history_inside;
    block->inner = min_i32(inside, outputs);
    block->outer = outputs - block->inner;
    block->tail_inside = block->inner == 0 ? 0 : last - (block->inner - 1) * op->stride_w;
    return skipped;
}

// All channels of a strip of `outputs` outputs of each row, from output `first` on.
static __attribute__((noinline)) void run_strip(const struct dwpw_operator *op,
                                                const struct dwpw_memory *memory,
                                                int32_t first,
                                                int32_t outputs)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    const uint32_t all_groups = (uint32_t)op->out_c / DWPW_GROUPS;
    struct block block = {
        .op = op,
        .output = dwpw_tensor(memory, op->output) + first * op->out_c,
        .out_step = op->out_c,
        .zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u,
    };
    block.input = dwpw_tensor(memory, op->input) + find_columns(&block, first, outputs) * op->in_c;
    for (unsigned group = 0; group < DWPW_DEPTHWISE_BLOCK_GROUPS; ++group) {
        block.padding[group] = block.zero;
    }
    for (uint32_t group = 0; group != all_groups;) {
        const uint32_t left = all_groups - group;
        const uint32_t most = (uint32_t)op->param[DWPW_SIMD_DEPTHWISE3X3_PARAM_BLOCK_GROUPS];
        const uint32_t groups = left < most ? left : most;
        if (first == 0 || groups != all_groups) { // else they lie there since the first strip
            dwpw_seek(0, 0);
            dwpw_unit_load_weights(weights, groups * ROWS);
            dwpw_unit_load_scales(scales, groups);
        }
        run_block(&block, groups);
        weights += groups * ROWS * DWPW_GROUPS;
        scales += groups * DWPW_SCALE_WORDS;
        block.input += groups * DWPW_GROUPS;
        block.output += groups * DWPW_GROUPS;
        group += groups;
    }
}

void dwpw_simd_depthwise_3x3(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int32_t strip = op->param[DWPW_SIMD_DEPTHWISE3X3_PARAM_STRIP];
    dwpw_unit_output(op);
    for (int32_t first = 0; first < op->out_w; first += min_i32(strip, op->out_w - first)) {
        run_strip(op, memory, first, min_i32(strip, op->out_w - first));
    }
}

// A block lies in the unit as a whole, and there is a loop for what passes at once; its rows lie in
// the history, and the results of DWPW_PIXELS_UNDER_WAY pixels wait at the same time.
static bool block_fits(const struct dwpw_operator *op)
{
    const int32_t groups = op->param[DWPW_SIMD_DEPTHWISE3X3_PARAM_BLOCK_GROUPS];
    const int32_t at_once = op->param[DWPW_SIMD_DEPTHWISE3X3_PARAM_AT_ONCE];

    return groups >= 1 && groups <= DWPW_DEPTHWISE_BLOCK_GROUPS &&
           groups * DWPW_GROUPS <= DWPW_PARAM_CHANNELS && groups * ROWS <= DWPW_STORE_ENTRIES &&
           at_once >= 1 && at_once <= DWPW_DEPTHWISE_BLOCK_GROUPS && at_once * ROWS <= DWPW_ROWS &&
           at_once * DWPW_PIXELS_UNDER_WAY <= DWPW_RESULTS;
}

const char *dwpw_simd_depthwise_3x3_check(const struct dwpw_operator *op,
                                          const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        dwpw_check_3x3(op),
        dwpw_unless(op->out_c % DWPW_GROUPS == 0, "channels"),
        dwpw_unless(block_fits(op), "block"),
        dwpw_unless(op->param[DWPW_SIMD_DEPTHWISE3X3_PARAM_STRIP] >= 1, "strip"),
        unit_constants_check(op, memory, dwpw_product(op->out_c / DWPW_GROUPS, ROWS, 1, 1),
                             op->out_c),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
