// AVERAGE_POOL_2D, int8. Loops as in reference_integer_ops::AveragePool.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"

dwpw_kernel_function dwpw_reference_average_pool;
dwpw_kernel_check dwpw_reference_average_pool_check;

void dwpw_reference_average_pool(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const struct dwpw_operator p = *op; // no store of an int8 can change it
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const struct nhwc input_shape = {p.in_h, p.in_w, p.in_c};
    const struct nhwc output_shape = {p.out_h, p.out_w, p.out_c};

    for (int32_t out_y = 0; out_y < p.out_h; ++out_y) {
        for (int32_t out_x = 0; out_x < p.out_w; ++out_x) {
            for (int32_t c = 0; c < p.out_c; ++c) {
                const int32_t in_x_origin = out_x * p.stride_w - p.pad_left;
                const int32_t in_y_origin = out_y * p.stride_h - p.pad_top;
                const int32_t kx_start = max_i32(0, -in_x_origin);
                const int32_t kx_end = min_i32(p.kernel_w, p.in_w - in_x_origin);
                const int32_t ky_start = max_i32(0, -in_y_origin);
                const int32_t ky_end = min_i32(p.kernel_h, p.in_h - in_y_origin);
                int32_t acc = 0;
                int32_t count = 0;
                for (int32_t ky = ky_start; ky < ky_end; ++ky) {
                    for (int32_t kx = kx_start; kx < kx_end; ++kx) {
                        acc += input[nhwc_offset(input_shape, 0, in_y_origin + ky, in_x_origin + kx,
                                                 c)];
                        ++count;
                    }
                }
                if (count == 0) {
                    continue; // a window wholly outside: no TFLite model has one
                }
                if (p.param[DWPW_AVERAGE_POOL_PARAM_HALVES_UP] != 0) {
                    acc -= INT8_MIN * count; // the sum of uint8
                    acc = (acc + count / 2) / count + INT8_MIN;
                } else {
                    acc = acc > 0 ? (acc + count / 2) / count : (acc - count / 2) / count;
                }
                output[nhwc_offset(output_shape, 0, out_y, out_x, c)] =
                    clamp_i8(acc, p.act_min, p.act_max);
            }
        }
    }
}

const char *dwpw_reference_average_pool_check(const struct dwpw_operator *op,
                                              const struct dwpw_memory *memory)
{
    (void)memory;
    return dwpw_check_pool(op);
}
