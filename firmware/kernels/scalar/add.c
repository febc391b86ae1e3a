// ADD of two tensors of one shape: an int8 has 256 values, so the host has worked out what each
// contributes. `table` holds 256 words for the first input, then 256 for the second.
#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"
#include "requantise.h"

dwpw_kernel_function dwpw_scalar_add;
dwpw_kernel_check dwpw_scalar_add_check;

enum { VALUES = 256 };

void dwpw_scalar_add(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    // Both point at the value 0, so that an int8 is an index.
    const int32_t *table1 = dwpw_words(memory, op->table) + VALUES / 2;
    const int32_t *table2 = table1 + VALUES;
    const int8_t *input1 = dwpw_tensor(memory, op->input);
    const int8_t *input2 = dwpw_tensor(memory, op->input2);
    int8_t *output = dwpw_tensor(memory, op->output);
    int8_t *const end = output + op->out_h * op->out_w * op->out_c;
    const struct scale scale = make_scale(op->param[DWPW_ADD_PARAM_OUTPUT_MULTIPLIER],
                                          op->param[DWPW_ADD_PARAM_OUTPUT_SHIFT]);
    const struct output_range range = make_range(op->output_offset, op->act_min, op->act_max);

    while (output != end) {
        *output++ = requantise(wrapping_add(table1[*input1++], table2[*input2++]), scale, range);
    }
}

const char *dwpw_scalar_add_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_unless(op->input2.size == op->input.size, "input2"),
        dwpw_unless(op->table.size == 2 * VALUES * sizeof(int32_t), "table"),
        dwpw_check_scale(op->param[DWPW_ADD_PARAM_OUTPUT_MULTIPLIER],
                         op->param[DWPW_ADD_PARAM_OUTPUT_SHIFT]),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
