// MINIMUM and MAXIMUM of two tensors, the second one as large as the first or one value for each
// channel, int8.
//
// param: enum dwpw_extremum_param.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"

dwpw_kernel_function dwpw_reference_extremum;
dwpw_kernel_check dwpw_reference_extremum_check;

void dwpw_reference_extremum(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input1 = dwpw_tensor(memory, op->input);
    const int8_t *input2 = dwpw_tensor(memory, op->input2);
    int8_t *output = dwpw_tensor(memory, op->output);
    const bool largest = op->param[DWPW_EXTREMUM_PARAM_LARGEST] != 0;
    const uint32_t repeat = op->input2.size;

    for (uint32_t i = 0, j = 0; i < op->output.size; ++i) {
        const int32_t a = input1[i];
        const int32_t b = input2[j];

        output[i] = (int8_t)(largest ? max_i32(a, b) : min_i32(a, b));
        j = j + 1 == repeat ? 0 : j + 1;
    }
}

const char *dwpw_reference_extremum_check(const struct dwpw_operator *op,
                                          const struct dwpw_memory *memory)
{
    (void)memory;
    const int32_t largest = op->param[DWPW_EXTREMUM_PARAM_LARGEST];
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_check_repeated(op),
        dwpw_unless(largest == 0 || largest == 1, "largest"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
