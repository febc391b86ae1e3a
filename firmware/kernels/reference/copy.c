// TRANSPOSE, SLICE, STRIDED_SLICE and SPLIT: some elements, or all of them in another order.
//
// param: enum dwpw_copy_param: element start + i * step_h + j * step_w + k * step_c of the input
// becomes [i][j][k] of the output.
#include "dwpw_check.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_reference_copy;
dwpw_kernel_check dwpw_reference_copy_check;

void dwpw_reference_copy(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *plane = dwpw_tensor(memory, op->input) + op->param[DWPW_COPY_PARAM_START];
    int8_t *output = dwpw_tensor(memory, op->output);

    for (int32_t i = 0; i < op->out_h; ++i) {
        const int8_t *line = plane;

        for (int32_t j = 0; j < op->out_w; ++j) {
            const int8_t *from = line;

            for (int32_t k = 0; k < op->out_c; ++k) {
                *output++ = *from;
                from += op->param[DWPW_COPY_PARAM_STEP_C];
            }
            line += op->param[DWPW_COPY_PARAM_STEP_W];
        }
        plane += op->param[DWPW_COPY_PARAM_STEP_H];
    }
}

// What a dimension adds to the first and to the last element that is taken.
static void reach(int64_t ends[2], int32_t size, int32_t step)
{
    const int64_t distance = (int64_t)(size - 1) * step;

    ends[distance < 0 ? 0 : 1] += distance;
}

const char *dwpw_reference_copy_check(const struct dwpw_operator *op,
                                      const struct dwpw_memory *memory)
{
    (void)memory;
    const int32_t *param = op->param;
    int64_t ends[2] = {param[DWPW_COPY_PARAM_START], param[DWPW_COPY_PARAM_START]};
    const int64_t beyond = DWPW_MAX_BYTES;

    reach(ends, op->out_h, param[DWPW_COPY_PARAM_STEP_H]);
    reach(ends, op->out_w, param[DWPW_COPY_PARAM_STEP_W]);
    reach(ends, op->out_c, param[DWPW_COPY_PARAM_STEP_C]);
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_unless(ends[0] >= 0 && ends[1] < (int64_t)op->input.size, "steps"),
        // The pointers go one step further than what they read.
        dwpw_unless(
            param[DWPW_COPY_PARAM_STEP_H] <= beyond && param[DWPW_COPY_PARAM_STEP_H] >= -beyond &&
                param[DWPW_COPY_PARAM_STEP_W] <= beyond &&
                param[DWPW_COPY_PARAM_STEP_W] >= -beyond &&
                param[DWPW_COPY_PARAM_STEP_C] <= beyond && param[DWPW_COPY_PARAM_STEP_C] >= -beyond,
            "steps"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
