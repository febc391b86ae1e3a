// RESHAPE: the bytes stay as they are. The planner usually lets both tensors share one place.
#include "dwpw_check.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_reference_reshape;
dwpw_kernel_check dwpw_reference_reshape_check;

void dwpw_reference_reshape(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);

    if (input == output) {
        return;
    }
    for (uint32_t i = 0; i < op->output.size; ++i) {
        output[i] = input[i];
    }
}

const char *dwpw_reference_reshape_check(const struct dwpw_operator *op,
                                         const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_unless(op->input.size == op->output.size, "shape"),
        op->input.offset == op->output.offset ? NULL : dwpw_check_overlap(op),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
