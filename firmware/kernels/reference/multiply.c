// MUL of two tensors, the second one as large as the first or one value for each channel, int8.
// Arithmetic of reference_integer_ops::MulElementwise.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"
#include "quantised_multiplier.h"

dwpw_kernel_function dwpw_reference_multiply;
dwpw_kernel_check dwpw_reference_multiply_check;

void dwpw_reference_multiply(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input1 = dwpw_tensor(memory, op->input);
    const int8_t *input2 = dwpw_tensor(memory, op->input2);
    int8_t *output = dwpw_tensor(memory, op->output);
    const uint32_t repeat = op->input2.size;

    for (uint32_t i = 0, j = 0; i < op->output.size; ++i) {
        const int32_t product = (input1[i] + op->input_offset) * (input2[j] + op->input2_offset);
        const int32_t scaled = quantised_multiply(product, op->param[DWPW_MUL_PARAM_MULTIPLIER],
                                                  op->param[DWPW_MUL_PARAM_SHIFT]);

        output[i] = clamp_i8(wrapping_add(scaled, op->output_offset), op->act_min, op->act_max);
        j = j + 1 == repeat ? 0 : j + 1;
    }
}

const char *dwpw_reference_multiply_check(const struct dwpw_operator *op,
                                          const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_check_repeated(op),
        dwpw_check_scale(op->param[DWPW_MUL_PARAM_MULTIPLIER], op->param[DWPW_MUL_PARAM_SHIFT]),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
