// ADD of two tensors of one shape, int8. Arithmetic of reference_integer_ops::AddFunc.
#include "dwpw_kernel.h"
#include "nhwc.h"
#include "quantised_multiplier.h"

dwpw_kernel_function dwpw_reference_add;

void dwpw_reference_add(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input1 = dwpw_tensor(memory, op->input);
    const int8_t *input2 = dwpw_tensor(memory, op->input2);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int32_t *param = op->param;
    const int32_t size = op->out_h * op->out_w * op->out_c;

    for (int32_t i = 0; i < size; ++i) {
        const int32_t value1 =
            (input1[i] + op->input_offset) * (1 << param[DWPW_ADD_PARAM_LEFT_SHIFT]);
        const int32_t value2 =
            (input2[i] + op->input2_offset) * (1 << param[DWPW_ADD_PARAM_LEFT_SHIFT]);
        const int32_t scaled1 = quantised_multiply(value1, param[DWPW_ADD_PARAM_INPUT1_MULTIPLIER],
                                                   param[DWPW_ADD_PARAM_INPUT1_SHIFT]);
        const int32_t scaled2 = quantised_multiply(value2, param[DWPW_ADD_PARAM_INPUT2_MULTIPLIER],
                                                   param[DWPW_ADD_PARAM_INPUT2_SHIFT]);
        const int32_t sum =
            quantised_multiply(scaled1 + scaled2, param[DWPW_ADD_PARAM_OUTPUT_MULTIPLIER],
                               param[DWPW_ADD_PARAM_OUTPUT_SHIFT]);
        output[i] = clamp_i8(sum + op->output_offset, op->act_min, op->act_max);
    }
}
