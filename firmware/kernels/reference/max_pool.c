// MAX_POOL_2D, int8. Loops as in reference_integer_ops::MaxPool.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"

dwpw_kernel_function dwpw_reference_max_pool;
dwpw_kernel_check dwpw_reference_max_pool_check;

// The largest value of channel `c` in the window of an output.
static int32_t largest(const struct dwpw_operator *op, const int8_t *input, struct nhwc at)
{
    const struct nhwc shape = {op->in_h, op->in_w, op->in_c};
    const int32_t top = at.h * op->stride_h - op->pad_top;
    const int32_t left = at.w * op->stride_w - op->pad_left;
    const int32_t bottom = min_i32(top + op->kernel_h, op->in_h);
    const int32_t right = min_i32(left + op->kernel_w, op->in_w);
    int32_t most = INT8_MIN;

    for (int32_t y = max_i32(top, 0); y < bottom; ++y) {
        for (int32_t x = max_i32(left, 0); x < right; ++x) {
            most = max_i32(most, input[nhwc_offset(shape, 0, y, x, at.c)]);
        }
    }
    return most;
}

void dwpw_reference_max_pool(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);

    for (int32_t y = 0; y < op->out_h; ++y) {
        for (int32_t x = 0; x < op->out_w; ++x) {
            for (int32_t c = 0; c < op->out_c; ++c) {
                *output++ =
                    clamp_i8(largest(op, input, (struct nhwc){y, x, c}), op->act_min, op->act_max);
            }
        }
    }
}

const char *dwpw_reference_max_pool_check(const struct dwpw_operator *op,
                                          const struct dwpw_memory *memory)
{
    (void)memory;
    return dwpw_check_pool(op);
}
