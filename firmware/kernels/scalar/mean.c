// MEAN over H and W: the pixels of a channel are summed along a pointer.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "requantise.h"

dwpw_kernel_function dwpw_scalar_mean;
dwpw_kernel_check dwpw_scalar_mean_check;

void dwpw_scalar_mean(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int32_t pixels = op->in_h * op->in_w;
    const struct scale scale =
        make_scale(op->param[DWPW_MEAN_PARAM_MULTIPLIER], op->param[DWPW_MEAN_PARAM_SHIFT]);
    const struct output_range range = make_range(op->output_offset, INT8_MIN, INT8_MAX);

    for (int32_t c = 0; c < op->in_c; ++c) {
        const int8_t *pixel = input + c;
        int32_t sum = op->input_offset * pixels;
        for (int32_t i = 0; i < pixels; ++i, pixel += op->in_c) {
            sum += *pixel;
        }
        output[c] = requantise(sum, scale, range);
    }
}

const char *dwpw_scalar_mean_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    (void)memory;
    return dwpw_check_mean(op);
}
