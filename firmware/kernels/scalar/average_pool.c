// AVERAGE_POOL_2D: the window's borders are worked out once per pixel, channels run inside.
#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_scalar_average_pool;
dwpw_kernel_check dwpw_scalar_average_pool_check;

// Part of the input that a window covers.
struct window {
    const int8_t *first;
    int32_t lines;
    int32_t columns;
    int32_t line_step;   // bytes from line to line
    int32_t column_step; // and from pixel to pixel
};

static int32_t window_sum(const struct window *w, int32_t c)
{
    const int8_t *line = w->first + c;
    int32_t sum = 0;

    for (int32_t y = 0; y < w->lines; ++y, line += w->line_step) {
        const int8_t *pixel = line;
        for (int32_t x = 0; x < w->columns; ++x, pixel += w->column_step) {
            sum += *pixel;
        }
    }
    return sum;
}

static void pool(const struct dwpw_operator *op, const struct window *w, int8_t *output)
{
    const int32_t count = w->lines * w->columns;

    for (int32_t c = 0; c < op->out_c; ++c) {
        const int32_t sum = window_sum(w, c);
        const int32_t half = sum > 0 ? count / 2 : -(count / 2);
        output[c] = (int8_t)max_i32(op->act_min, min_i32(op->act_max, (sum + half) / count));
    }
}

void dwpw_scalar_average_pool(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);

    for (int32_t out_y = 0; out_y < op->out_h; ++out_y) {
        const int32_t y = out_y * op->stride_h - op->pad_top;
        const int32_t y_start = max_i32(y, 0);
        const int32_t y_end = min_i32(y + op->kernel_h, op->in_h);
        for (int32_t out_x = 0; out_x < op->out_w; ++out_x, output += op->out_c) {
            const int32_t x = out_x * op->stride_w - op->pad_left;
            const int32_t x_start = max_i32(x, 0);
            const int32_t x_end = min_i32(x + op->kernel_w, op->in_w);
            const struct window window = {
                .first = input + (y_start * op->in_w + x_start) * op->in_c,
                .lines = y_end - y_start,
                .columns = x_end - x_start,
                .line_step = op->in_w * op->in_c,
                .column_step = op->in_c,
            };
            if (window.lines > 0 && window.columns > 0) {
                pool(op, &window, output);
            }
        }
    }
}

const char *dwpw_scalar_average_pool_check(const struct dwpw_operator *op,
                                           const struct dwpw_memory *memory)
{
    (void)memory;
    return dwpw_check_pool(op);
}
