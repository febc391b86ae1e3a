// CONV_2D with any kernel: the window of every output pixel is copied into a row of a matrix
// product, padding included.
#include "dwpw_kernel.h"
#include "gemm.h"

dwpw_kernel_function dwpw_scalar_conv;

// A row's place in the tile; its values are GEMM_ROWS bytes apart.
struct row_writer {
    int8_t *next;
};

static inline void write_value(struct row_writer *writer, int8_t value, int32_t count)
{
    for (; count > 0; --count, writer->next += GEMM_ROWS) {
        *writer->next = value;
    }
}

static inline void write_values(struct row_writer *writer, const int8_t *values, int32_t count)
{
    for (; count > 0; --count, writer->next += GEMM_ROWS) {
        *writer->next = *values++;
    }
}

static inline int32_t min_i32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t max_i32(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

// The zero point: what counts as real 0, for which the bias makes up.
static inline int8_t padding_value(const struct dwpw_operator *op)
{
    return (int8_t)-op->input_offset;
}

// First tap at or behind `start` when taps are `dilation` apart: rounds up, never below 0.
static inline int32_t taps_before(int32_t start, int32_t dilation)
{
    return start <= 0 ? 0 : (start + dilation - 1) / dilation;
}

// One line of the window of kernel_w pixels, the first at column `x` of the input line `line`.
static void
write_line(const struct dwpw_operator *op, const int8_t *line, int32_t x, struct row_writer *writer)
{
    const int8_t zero = padding_value(op);
    const int32_t first = min_i32(taps_before(-x, op->dilation_w), op->kernel_w);
    const int32_t end =
        max_i32(first, min_i32(taps_before(op->in_w - x, op->dilation_w), op->kernel_w));

    write_value(writer, zero, first * op->in_c);
    if (op->dilation_w == 1) {
        write_values(writer, line + (x + first) * op->in_c, (end - first) * op->in_c);
    } else {
        for (int32_t kx = first; kx < end; ++kx) {
            write_values(writer, line + (x + kx * op->dilation_w) * op->in_c, op->in_c);
        }
    }
    write_value(writer, zero, (op->kernel_w - end) * op->in_c);
}

// The window of output pixel `pixel`, followed by zeros up to the rounded depth.
static void gather_window(const struct dwpw_operator *op,
                          const int8_t *input,
                          int32_t out_y,
                          int32_t out_x,
                          int32_t depth,
                          int8_t *row)
{
    struct row_writer writer = {row};
    const int8_t *const end = row + depth * GEMM_ROWS;
    const int32_t x = out_x * op->stride_w - op->pad_left;

    for (int32_t ky = 0; ky < op->kernel_h; ++ky) {
        const int32_t y = out_y * op->stride_h - op->pad_top + ky * op->dilation_h;
        if (y < 0 || y >= op->in_h) {
            write_value(&writer, padding_value(op), op->kernel_w * op->in_c);
        } else {
            write_line(op, input + y * op->in_w * op->in_c, x, &writer);
        }
    }
    for (; writer.next < end; writer.next += GEMM_ROWS) {
        *writer.next = 0; // meets a weight of 0
    }
}

void dwpw_scalar_conv(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const struct gemm g = gemm_of(op, memory, op->kernel_h * op->kernel_w * op->in_c);
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    int8_t *tile = dwpw_tensor(memory, op->scratch);
    const int32_t tile_rows = gemm_tile_rows(&g, op->scratch.size);
    int32_t rows = 0;

    for (int32_t out_y = 0; out_y < op->out_h; ++out_y) {
        for (int32_t out_x = 0; out_x < op->out_w; ++out_x) {
            int8_t *group = tile + rows / GEMM_ROWS * GEMM_ROWS * g.depth;
            gather_window(op, input, out_y, out_x, g.depth, group + rows % GEMM_ROWS);
            if (++rows == tile_rows) {
                gemm_run(&g, tile, rows, output);
                output += rows * g.channels;
                rows = 0;
            }
        }
    }
    gemm_run(&g, tile, rows, output);
}
