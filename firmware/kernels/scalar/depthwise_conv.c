// DEPTHWISE_CONV_2D with any kernel, dilation and depth multiplier: tap by tap, all channels of a
// pixel at once, so that borders are decided once per tap and memory is read in order.
// Weights [kernel_h][kernel_w][out_c]; `scratch` holds an int32 accumulator per channel.
#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"
#include "requantise.h"

dwpw_kernel_function dwpw_scalar_depthwise_conv;
dwpw_kernel_check dwpw_scalar_depthwise_conv_check;

// Adds one pixel of the input times one tap of the kernel.
static void
add_tap(const struct dwpw_operator *op, const int8_t *input, const int8_t *weights, int32_t *acc)
{
    // In variables of their own: a store to `acc` could change the record for all GCC knows.
    const int32_t channels = op->in_c;
    const int32_t depth_multiplier = op->depth_multiplier;

    if (depth_multiplier == 1) {
        for (int32_t c = 0; c < channels; ++c) {
            acc[c] = wrapping_add(acc[c], input[c] * weights[c]);
        }
        return;
    }
    for (int32_t c = 0; c < channels; ++c) {
        const int32_t value = input[c];
        for (int32_t m = 0; m < depth_multiplier; ++m) {
            *acc = wrapping_add(*acc, value * *weights++);
            ++acc;
        }
    }
}

// Padding counts as real 0; the bias expects the zero point there.
static void add_padding(const struct dwpw_operator *op, const int8_t *weights, int32_t *acc)
{
    const int32_t channels = op->out_c;
    const int32_t zero_point = -op->input_offset;

    for (int32_t c = 0; c < channels; ++c) {
        acc[c] = wrapping_add(acc[c], zero_point * weights[c]);
    }
}

static void add_window(const struct dwpw_operator *op,
                       const struct dwpw_memory *memory,
                       int32_t y,
                       int32_t x,
                       int32_t *acc)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    const int8_t *weights = dwpw_bytes(memory, op->weights);

    for (int32_t ky = 0; ky < op->kernel_h; ++ky) {
        const int32_t in_y = y + ky * op->dilation_h;
        for (int32_t kx = 0; kx < op->kernel_w; ++kx, weights += op->out_c) {
            const int32_t in_x = x + kx * op->dilation_w;
            if (in_y < 0 || in_y >= op->in_h || in_x < 0 || in_x >= op->in_w) {
                add_padding(op, weights, acc);
            } else {
                add_tap(op, input + (in_y * op->in_w + in_x) * op->in_c, weights, acc);
            }
        }
    }
}

void dwpw_scalar_depthwise_conv(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int32_t *bias = dwpw_words(memory, op->bias);
    const int32_t *multiplier = dwpw_words(memory, op->multiplier);
    const int32_t *shift = dwpw_words(memory, op->shift);
    const struct output_range range = make_range(op->output_offset, op->act_min, op->act_max);
    int32_t *acc = (int32_t *)(void *)dwpw_tensor(memory, op->scratch);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int32_t channels = op->out_c;

    for (int32_t out_y = 0; out_y < op->out_h; ++out_y) {
        for (int32_t out_x = 0; out_x < op->out_w; ++out_x) {
            for (int32_t c = 0; c < channels; ++c) {
                acc[c] = bias[c];
            }
            add_window(op, memory, out_y * op->stride_h - op->pad_top,
                       out_x * op->stride_w - op->pad_left, acc);
            for (int32_t c = 0; c < channels; ++c) {
                const struct scale scale = make_scale(multiplier[c], shift[c]);
                *output++ = requantise(acc[c], scale, range);
            }
        }
    }
}

const char *dwpw_scalar_depthwise_conv_check(const struct dwpw_operator *op,
                                             const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_window(op),
        dwpw_unless((uint64_t)op->out_c == dwpw_product(op->in_c, op->depth_multiplier, 1, 1),
                    "channels"),
        dwpw_unless(op->weights.size == dwpw_product(op->kernel_h, op->kernel_w, op->out_c, 1),
                    "weights"),
        dwpw_unless(op->scratch.size >= op->out_c * sizeof(int32_t), "scratch"),
        dwpw_check_scales(op, memory, op->out_c),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
