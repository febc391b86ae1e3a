// The loops of reference_integer_ops::DepthwiseConvPerChannel and of reference_ops::DepthwiseConv.
#ifndef DWPW_REFERENCE_DEPTHWISE_LOOPS_H
#define DWPW_REFERENCE_DEPTHWISE_LOOPS_H

#include <stdbool.h>

#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"
#include "quantised_multiplier.h"

// wide: weights are int16.
static inline __attribute__((always_inline)) void
depthwise_loops(const struct dwpw_operator *op, const struct dwpw_memory *memory, bool wide)
{
    const struct dwpw_operator p = *op; // no store of an int8 can change it
    const int8_t *input = dwpw_tensor(memory, op->input);
    const int8_t *weights = dwpw_bytes(memory, op->weights);
    const int16_t *wide_weights = (const void *)weights;
    const int32_t *bias = dwpw_words(memory, op->bias);
    const int32_t *multiplier = dwpw_words(memory, op->multiplier);
    const int32_t *shift = dwpw_words(memory, op->shift);
    int8_t *output = dwpw_tensor(memory, op->output);
    const struct nhwc input_shape = {p.in_h, p.in_w, p.in_c};
    const struct nhwc weights_shape = {p.kernel_h, p.kernel_w, p.out_c};
    const struct nhwc output_shape = {p.out_h, p.out_w, p.out_c};

    for (int32_t out_y = 0; out_y < p.out_h; ++out_y) {
        for (int32_t out_x = 0; out_x < p.out_w; ++out_x) {
            for (int32_t in_c = 0; in_c < p.in_c; ++in_c) {
                for (int32_t m = 0; m < p.depth_multiplier; ++m) {
                    const int32_t out_c = m + in_c * p.depth_multiplier;
                    const int32_t in_x_origin = out_x * p.stride_w - p.pad_left;
                    const int32_t in_y_origin = out_y * p.stride_h - p.pad_top;
                    uint32_t acc = 0; // wraps around, as on every machine that TFLite runs on
                    for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
                        for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
                            const int32_t in_x = in_x_origin + p.dilation_w * kx;
                            const int32_t in_y = in_y_origin + p.dilation_h * ky;
                            if (in_x < 0 || in_x >= p.in_w || in_y < 0 || in_y >= p.in_h) {
                                continue; // padding counts as real 0
                            }
                            const int32_t value =
                                input[nhwc_offset(input_shape, 0, in_y, in_x, in_c)];
                            const int32_t at = nhwc_offset(weights_shape, 0, ky, kx, out_c);
                            const int32_t weight = wide ? wide_weights[at] : weights[at];
                            acc += (uint32_t)(weight * (value + p.input_offset));
                        }
                    }
                    acc += (uint32_t)bias[out_c];
                    const int32_t scaled =
                        quantised_multiply((int32_t)acc, multiplier[out_c], shift[out_c]);
                    output[nhwc_offset(output_shape, 0, out_y, out_x, out_c)] =
                        clamp_i8(wrapping_add(scaled, p.output_offset), p.act_min, p.act_max);
                }
            }
        }
    }
}

static inline const char *
depthwise_loops_check(const struct dwpw_operator *op, const struct dwpw_memory *memory, bool wide)
{
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_window(op),
        dwpw_unless((uint64_t)op->out_c == dwpw_product(op->in_c, op->depth_multiplier, 1, 1),
                    "channels"),
        dwpw_unless(op->weights.size == dwpw_product(op->kernel_h, op->kernel_w, op->out_c, 1) *
                                            (wide ? sizeof(int16_t) : 1),
                    "weights"),
        dwpw_check_scales(op, memory, op->out_c),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

#endif
