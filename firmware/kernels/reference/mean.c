// MEAN over H and W, int8. Arithmetic of reference_ops::QuantizedMeanOrSum: the division by the
// number of elements is part of the multiplier.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"
#include "quantised_multiplier.h"

dwpw_kernel_function dwpw_reference_mean;
dwpw_kernel_check dwpw_reference_mean_check;

void dwpw_reference_mean(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const struct nhwc input_shape = {op->in_h, op->in_w, op->in_c};
    const int32_t elements = op->in_h * op->in_w;

    for (int32_t c = 0; c < op->in_c; ++c) {
        int32_t sum = 0;
        for (int32_t y = 0; y < op->in_h; ++y) {
            for (int32_t x = 0; x < op->in_w; ++x) {
                sum += input[nhwc_offset(input_shape, 0, y, x, c)];
            }
        }
        sum = quantised_multiply(sum + op->input_offset * elements,
                                 op->param[DWPW_MEAN_PARAM_MULTIPLIER],
                                 op->param[DWPW_MEAN_PARAM_SHIFT]);
        output[c] = clamp_i8(wrapping_add(sum, op->output_offset), INT8_MIN, INT8_MAX);
    }
}

const char *dwpw_reference_mean_check(const struct dwpw_operator *op,
                                      const struct dwpw_memory *memory)
{
    (void)memory;
    return dwpw_check_mean(op);
}
