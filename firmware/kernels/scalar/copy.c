// SLICE, STRIDED_SLICE and SPLIT that take elements of channels as they lie: run by run.
//
// param: enum dwpw_copy_param, as for reference/copy.
#include "dwpw_check.h"
#include "dwpw_copy_run.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_scalar_copy;
dwpw_kernel_check dwpw_scalar_copy_check;
dwpw_kernel_check dwpw_reference_copy_check;

void dwpw_scalar_copy(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *plane = dwpw_tensor(memory, op->input) + op->param[DWPW_COPY_PARAM_START];
    int8_t *output = dwpw_tensor(memory, op->output);
    const bool whole_lines = op->param[DWPW_COPY_PARAM_STEP_W] == op->out_c;
    const int32_t runs = whole_lines ? 1 : op->out_w; // of a line
    const int32_t run = whole_lines ? op->out_w * op->out_c : op->out_c;

    for (int32_t y = 0; y < op->out_h; ++y) {
        const int8_t *from = plane;
        for (int32_t x = 0; x < runs; ++x) {
            output = copy_run(output, from, (uint32_t)run);
            from += op->param[DWPW_COPY_PARAM_STEP_W];
        }
        plane += op->param[DWPW_COPY_PARAM_STEP_H];
    }
}

const char *dwpw_scalar_copy_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        dwpw_reference_copy_check(op, memory),
        dwpw_unless(op->param[DWPW_COPY_PARAM_STEP_C] == 1, "steps"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
