// MEAN over one dimension, or several that follow one another: the input as [h][w][c], averaged
// over w. Arithmetic of reference_ops::QuantizedMeanOrSum.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"
#include "quantised_multiplier.h"

dwpw_kernel_function dwpw_reference_mean_lines;
dwpw_kernel_check dwpw_reference_mean_lines_check;

void dwpw_reference_mean_lines(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const struct nhwc shape = {op->in_h, op->in_w, op->in_c};

    for (int32_t y = 0; y < op->in_h; ++y) {
        for (int32_t c = 0; c < op->in_c; ++c) {
            int32_t sum = 0;

            for (int32_t x = 0; x < op->in_w; ++x) {
                sum += input[nhwc_offset(shape, 0, y, x, c)];
            }
            sum = quantised_multiply(sum + op->input_offset * op->in_w,
                                     op->param[DWPW_MEAN_PARAM_MULTIPLIER],
                                     op->param[DWPW_MEAN_PARAM_SHIFT]);
            *output++ = clamp_i8(wrapping_add(sum, op->output_offset), INT8_MIN, INT8_MAX);
        }
    }
}

const char *dwpw_reference_mean_lines_check(const struct dwpw_operator *op,
                                            const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_unless(op->in_h == op->out_h && op->out_w == 1 && op->in_c == op->out_c, "shape"),
        dwpw_unless(op->in_w <= DWPW_MAX_SUMMED, "pixels"),
        dwpw_check_scale(op->param[DWPW_MEAN_PARAM_MULTIPLIER], op->param[DWPW_MEAN_PARAM_SHIFT]),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
