// CONV_2D with a 1x1 kernel and stride 1: every pixel is a row of a matrix product.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "gemm.h"

dwpw_kernel_function dwpw_scalar_conv_pointwise;
dwpw_kernel_check dwpw_scalar_conv_pointwise_check;

static inline const uint32_t *words(const int8_t *p)
{
    return (const uint32_t *)(const void *)p;
}

// Four rows of four bytes become four columns: the word of each row's first byte, and so on.
static inline void transpose(const int8_t *input, int32_t stride, uint32_t *output)
{
    const uint32_t even = 0x00ff00ffu;
    const uint32_t a = *words(input);
    const uint32_t b = *words(input + stride);
    const uint32_t c = *words(input + 2 * stride);
    const uint32_t d = *words(input + 3 * stride);
    const uint32_t ab_even = (a & even) | (b & even) << 8;
    const uint32_t cd_even = (c & even) | (d & even) << 8;
    const uint32_t ab_odd = (a >> 8 & even) | (b & ~even);
    const uint32_t cd_odd = (c >> 8 & even) | (d & ~even);

    output[0] = (ab_even & 0xffff) | cd_even << 16;
    output[1] = (ab_odd & 0xffff) | cd_odd << 16;
    output[2] = ab_even >> 16 | (cd_even & 0xffff0000u);
    output[3] = ab_odd >> 16 | (cd_odd & 0xffff0000u);
}

// Fills a tile with `rows` pixels of `channels` bytes, a multiple of four at a word's address.
static void gather_words(const int8_t *input, int32_t channels, int32_t rows, int8_t *tile)
{
    uint32_t *output = (uint32_t *)(void *)tile;
    int32_t row = 0;

    for (; row + GEMM_ROWS <= rows; row += GEMM_ROWS, input += GEMM_ROWS * channels) {
        for (int32_t c = 0; c < channels; c += 4, output += 4) {
            transpose(input + c, channels, output);
        }
    }
    for (tile = (int8_t *)output; row < rows; ++row, ++tile, input += channels) {
        for (int32_t c = 0; c < channels; ++c) {
            tile[c * GEMM_ROWS] = input[c];
        }
    }
}

// The same for any number of channels; `depth` is that number rounded up.
static void
gather_bytes(const int8_t *input, int32_t channels, int32_t depth, int32_t rows, int8_t *tile)
{
    for (int32_t row = 0; row < rows; ++row, input += channels) {
        int8_t *output = tile + row / GEMM_ROWS * GEMM_ROWS * depth + row % GEMM_ROWS;
        for (int32_t c = 0; c < channels; ++c) {
            output[c * GEMM_ROWS] = input[c];
        }
        for (int32_t c = channels; c < depth; ++c) {
            output[c * GEMM_ROWS] = 0; // meets a weight of 0
        }
    }
}

void dwpw_scalar_conv_pointwise(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    int32_t acc[GEMM_ACCUMULATORS];
    const struct gemm g = gemm_of(op, memory, op->in_c, acc);
    const struct gemm_tile tile = gemm_tile_of(&g, op, memory);
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int32_t pixels = op->out_h * op->out_w;

    for (int32_t done = 0; done < pixels; done += tile.rows) {
        const int32_t rows = pixels - done < tile.rows ? pixels - done : tile.rows;
        if (op->in_c == g.depth) {
            gather_words(input + done * op->in_c, op->in_c, rows, tile.values);
        } else {
            gather_bytes(input + done * op->in_c, op->in_c, g.depth, rows, tile.values);
        }
        gemm_run(&g, tile.values, rows, output + done * op->out_c);
    }
}

const char *dwpw_scalar_conv_pointwise_check(const struct dwpw_operator *op,
                                             const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        dwpw_check_pointwise(op),
        gemm_check(op, memory, (uint64_t)op->in_c),
        gemm_tile_check(op, (uint64_t)op->in_c),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
