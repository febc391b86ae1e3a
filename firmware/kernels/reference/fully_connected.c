// FULLY_CONNECTED, int8, per channel. Loops as in reference_integer_ops::FullyConnected.
// Weights [out_c][in_c].
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"
#include "quantised_multiplier.h"

dwpw_kernel_function dwpw_reference_fully_connected;
dwpw_kernel_check dwpw_reference_fully_connected_check;

void dwpw_reference_fully_connected(const struct dwpw_operator *op,
                                    const struct dwpw_memory *memory)
{
    const struct dwpw_operator p = *op; // no store of an int8 can change it
    const int8_t *input = dwpw_tensor(memory, op->input);
    const int8_t *weights = dwpw_bytes(memory, op->weights);
    const int32_t *bias = dwpw_words(memory, op->bias);
    const int32_t *multiplier = dwpw_words(memory, op->multiplier);
    const int32_t *shift = dwpw_words(memory, op->shift);
    int8_t *output = dwpw_tensor(memory, op->output);

    for (int32_t out_c = 0; out_c < p.out_c; ++out_c) {
        uint32_t acc = 0; // wraps around, as on every machine that TFLite runs on
        for (int32_t d = 0; d < p.in_c; ++d) {
            acc += (uint32_t)(weights[out_c * p.in_c + d] * (input[d] + p.input_offset));
        }
        acc += (uint32_t)bias[out_c];
        const int32_t scaled = quantised_multiply((int32_t)acc, multiplier[out_c], shift[out_c]);
        output[out_c] = clamp_i8(wrapping_add(scaled, p.output_offset), p.act_min, p.act_max);
    }
}

const char *dwpw_reference_fully_connected_check(const struct dwpw_operator *op,
                                                 const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_vector(op),
        dwpw_unless(op->weights.size == dwpw_product(op->out_c, op->in_c, 1, 1), "weights"),
        dwpw_check_scales(op, memory, op->out_c),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
