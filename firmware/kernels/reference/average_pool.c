// AVERAGE_POOL_2D, int8. Loops as in reference_integer_ops::AveragePool.
#include "dwpw_kernel.h"
#include "nhwc.h"

dwpw_kernel_function dwpw_reference_average_pool;

void dwpw_reference_average_pool(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const struct nhwc input_shape = {op->in_h, op->in_w, op->in_c};
    const struct nhwc output_shape = {op->out_h, op->out_w, op->out_c};

    for (int32_t out_y = 0; out_y < op->out_h; ++out_y) {
        for (int32_t out_x = 0; out_x < op->out_w; ++out_x) {
            for (int32_t c = 0; c < op->out_c; ++c) {
                const int32_t in_x_origin = out_x * op->stride_w - op->pad_left;
                const int32_t in_y_origin = out_y * op->stride_h - op->pad_top;
                const int32_t kx_start = max_i32(0, -in_x_origin);
                const int32_t kx_end = min_i32(op->kernel_w, op->in_w - in_x_origin);
                const int32_t ky_start = max_i32(0, -in_y_origin);
                const int32_t ky_end = min_i32(op->kernel_h, op->in_h - in_y_origin);
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
                acc = acc > 0 ? (acc + count / 2) / count : (acc - count / 2) / count;
                output[nhwc_offset(output_shape, 0, out_y, out_x, c)] =
                    clamp_i8(acc, op->act_min, op->act_max);
            }
        }
    }
}
