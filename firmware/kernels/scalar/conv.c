// CONV_2D with any kernel: the window of every output pixel is copied into a row of a matrix
// product, padding included.
#include <stdbool.h>

#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"
#include "gemm.h"

dwpw_kernel_function dwpw_scalar_conv;
dwpw_kernel_check dwpw_scalar_conv_check;

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

// The zero point: what counts as real 0, for which the bias makes up.
static inline int8_t padding_value(const struct dwpw_operator *op)
{
    return (int8_t)-op->input_offset;
}

// First tap at or behind `start` when taps are `dilation` apart: rounds up, never below 0.
static inline int32_t taps_before(int32_t start, int32_t dilation)
{
    if (start <= 0) {
        return 0;
    }
    return dilation == 1 ? start : (start + dilation - 1) / dilation; // divisions take 35 cycles
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

// Whether the windows of four pixels from `out_x` on touch no padding at the left and right, and
// take whole stretches of the input's lines.
static inline bool four_inside(const struct dwpw_operator *op, int32_t out_x)
{
    const int32_t first = out_x * op->stride_w - op->pad_left;
    const int32_t end = first + (GEMM_ROWS - 1) * op->stride_w + op->kernel_w;

    return op->dilation_w == 1 && first >= 0 && end <= op->in_w && out_x + GEMM_ROWS <= op->out_w;
}

// Interleaves `count` bytes from four places.
static inline uint32_t *
interleave(const int8_t *in, int32_t distance, int32_t count, uint32_t *group)
{
    const uint8_t *in0 = (const uint8_t *)in;
    const uint8_t *in1 = in0 + distance;
    const uint8_t *in2 = in1 + distance;
    const uint8_t *in3 = in2 + distance;

    for (; count > 0; --count) {
        *group++ = *in0++ | *in1++ << 8 | *in2++ << 16 | (uint32_t)*in3++ << 24;
    }
    return group;
}

static inline uint32_t *fill_words(uint32_t *to, uint32_t value, int32_t count)
{
    for (; count > 0; --count) {
        *to++ = value;
    }
    return to;
}

// The windows of four pixels of one line, none of which touches padding at the sides.
static void gather_four(const struct dwpw_operator *op,
                        const int8_t *input,
                        int32_t out_y,
                        int32_t out_x,
                        int32_t depth,
                        int8_t *group)
{
    const uint32_t zeros = 0x01010101u * (uint8_t)padding_value(op);
    const int32_t x = out_x * op->stride_w - op->pad_left;
    const int32_t count = op->kernel_w * op->in_c;
    uint32_t *words = (uint32_t *)(void *)group;

    for (int32_t ky = 0; ky < op->kernel_h; ++ky) {
        const int32_t y = out_y * op->stride_h - op->pad_top + ky * op->dilation_h;
        if (y < 0 || y >= op->in_h) {
            words = fill_words(words, zeros, count);
        } else {
            const int8_t *line = input + (y * op->in_w + x) * op->in_c;
            words = interleave(line, op->stride_w * op->in_c, count, words);
        }
    }
    fill_words(words, 0, depth - op->kernel_h * count); // these meet weights of 0
}

void dwpw_scalar_conv(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    int32_t acc[GEMM_ACCUMULATORS];
    const struct gemm g = gemm_of(op, memory, op->kernel_h * op->kernel_w * op->in_c, acc);
    const struct gemm_tile tile = gemm_tile_of(&g, op, memory);
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    int32_t rows = 0;

    for (int32_t out_y = 0; out_y < op->out_h; ++out_y) {
        for (int32_t out_x = 0; out_x < op->out_w;) {
            int8_t *group = tile.values + rows / GEMM_ROWS * GEMM_ROWS * g.depth;
            if (rows % GEMM_ROWS == 0 && four_inside(op, out_x)) {
                gather_four(op, input, out_y, out_x, g.depth, group);
                out_x += GEMM_ROWS;
                rows += GEMM_ROWS;
            } else {
                gather_window(op, input, out_y, out_x, g.depth, group + rows % GEMM_ROWS);
                out_x += 1;
                rows += 1;
            }
            if (rows == tile.rows) {
                gemm_run(&g, tile.values, rows, output);
                output += rows * g.channels;
                rows = 0;
            }
        }
    }
    gemm_run(&g, tile.values, rows, output);
}

const char *dwpw_scalar_conv_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const uint64_t depth = dwpw_product(op->kernel_h, op->kernel_w, op->in_c, 1);
    const char *const wrong[] = {
        dwpw_check_window(op),
        gemm_check(op, memory, depth),
        gemm_tile_check(op, depth),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
