// PAD of H and W; channels stay. Whole lines are filled and copied.
#include "dwpw_check.h"
#include "dwpw_copy_run.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_scalar_pad;
dwpw_kernel_check dwpw_scalar_pad_check;

void dwpw_scalar_pad(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int8_t value = (int8_t)op->param[DWPW_PAD_PARAM_PAD_VALUE];
    const int32_t left = op->pad_left * op->out_c;
    const int32_t line = op->in_w * op->in_c;
    const int32_t right = op->out_w * op->out_c - left - line;

    output = fill_run(output, value, (uint32_t)(op->pad_top * op->out_w * op->out_c));
    for (int32_t y = 0; y < op->in_h; ++y) {
        output = fill_run(output, value, (uint32_t)left);
        output = copy_run(output, input, (uint32_t)line);
        input += line;
        output = fill_run(output, value, (uint32_t)right);
    }
    fill_run(output, value,
             (uint32_t)((op->out_h - op->pad_top - op->in_h) * op->out_w * op->out_c));
}

const char *dwpw_scalar_pad_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_pad(op),
        dwpw_unless(op->in_c == op->out_c, "channels"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
