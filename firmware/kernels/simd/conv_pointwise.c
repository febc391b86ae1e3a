// CONV_2D 1x1 of any stride, without padding, and FULLY_CONNECTED: input channels a multiple of
// four.
//
// A tile of output channels lies in the weight store; every pixel passes by. The first four
// channels of a pixel are computed while its words arrive, the others by replaying them.
//
// param: enum dwpw_simd_conv_pointwise_param.  weights: [out_c / 4][in_c / 4][4 x 4].
// table: unit.h.
#include "conv_pointwise_loops.h"
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"
#include "unit_shapes.h"

dwpw_kernel_function dwpw_simd_conv_pointwise;
dwpw_kernel_check dwpw_simd_conv_pointwise_check;

static unit_tail_loops *const LOOPS[8] = {
    dwpw_simd_conv_pointwise_tail_1, dwpw_simd_conv_pointwise_tail_2,
    dwpw_simd_conv_pointwise_tail_3, dwpw_simd_conv_pointwise_tail_4,
    dwpw_simd_conv_pointwise_tail_5, dwpw_simd_conv_pointwise_tail_6,
    dwpw_simd_conv_pointwise_tail_7, dwpw_simd_conv_pointwise_tail_8,
};

static inline void run_line(const struct run *run)
{
    if (run->words > DWPW_PATCH_WORDS) {
        run_again_and_again(run);
    } else {
        unit_run(LOOPS, run, run->words, &run->store);
    }
}

// Runs a tile, whose weights lie in the store. With a stride every line of outputs is a run of its
// own.
static void run_lines(const struct dwpw_operator *op, struct run *run)
{
    const int32_t line_words = op->stride_h * op->in_w * (op->in_c / DWPW_TAPS);
    for (int32_t line = 0; line < op->out_h; ++line) {
        run_line(run);
        run->from += line_words;
        run->to += op->out_w * op->out_c;
    }
}

void dwpw_simd_conv_pointwise(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    const uint32_t out_c = (uint32_t)op->out_c;
    const uint32_t words = (uint32_t)op->in_c / 4;
    const uint32_t most = (uint32_t)op->param[DWPW_SIMD_CONV_POINTWISE_PARAM_TILE_CHANNELS];
    const bool dense = op->stride_h == 1 && op->stride_w == 1;
    struct run run = {
        .pixels = (uint32_t)(dense ? op->out_h * op->out_w : op->out_w),
        .step = (uint32_t)op->stride_w * words,
        .words = words,
        .store.out_c = op->out_c,
    };
    dwpw_unit_output(op);
    for (uint32_t channel = 0; channel < out_c; channel += run.store.channels) {
        const uint32_t left = out_c - channel;
        const uint32_t channels = left < most ? left : most;
        const uint32_t results = (channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
        run.store.channels = channels;
        run.store.results = results;
        dwpw_unit_load_tile(weights, results * words, scales, results);
        weights += results * words * DWPW_GROUPS;
        scales += results * DWPW_SCALE_WORDS;
        run.from = (const dwpw_word *)(const void *)dwpw_tensor(memory, op->input);
        run.to = dwpw_tensor(memory, op->output) + channel;
        if (dense) {
            run_line(&run);
        } else {
            run_lines(op, &run);
        }
    }
}

// A pixel for each output, as many as the strides make.
static bool takes_pixels(const struct dwpw_operator *op)
{
    return op->kernel_h == 1 && op->kernel_w == 1 && op->pad_top == 0 && op->pad_left == 0 &&
           op->out_h == (op->in_h - 1) / op->stride_h + 1 &&
           op->out_w == (op->in_w - 1) / op->stride_w + 1;
}

const char *dwpw_simd_conv_pointwise_check(const struct dwpw_operator *op,
                                           const struct dwpw_memory *memory)
{
    const int32_t words = op->in_c / DWPW_TAPS;
    const int32_t groups = dwpw_round_up(op->out_c, DWPW_GROUPS) / DWPW_GROUPS;
    const char *const wrong[] = {
        dwpw_check_window(op),
        dwpw_unless(takes_pixels(op), "window"),
        dwpw_unless(op->in_c % DWPW_TAPS == 0, "channels"),
        unit_tile_check(op->param[DWPW_SIMD_CONV_POINTWISE_PARAM_TILE_CHANNELS], (uint64_t)words),
        unit_constants_check(op, memory, dwpw_product(groups, words, 1, 1), op->out_c),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
