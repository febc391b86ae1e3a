// CONV_2D 1x1, stride 1, and FULLY_CONNECTED: input channels a multiple of four.
//
// A tile of up to 32 output channels lies in the weight store; every pixel passes by. The first
// four channels of a pixel are computed while its words arrive, the others by replaying them.
//
// param[0]: output channels of a full tile.  weights: [out_c / 4][in_c / 4][4 x 4].
// table: bias, multiplier, shift per channel.
#include "dwpw_kernel.h"
#include "unit.h"

struct tile {
    const int8_t *input;
    int8_t *output;
    uint32_t pixels;
    uint32_t words;    // of a pixel's input
    uint32_t channels; // output channels of this tile
    uint32_t results;  // per pixel
    uint32_t out_c;
    int aligned; // output pixels start at words
};

// Passes one pixel's words; `tail` of them (1 to 8) come after a multiple of eight.
DWPW_INLINE void pass_words(const dwpw_word *from, uint32_t words, uint32_t tail)
{
    for (; words > 8; words -= 8, from += 8)
        dwpw_unit_dot8(from, 0);
    if (tail == 8)
        dwpw_unit_dot8(from, 1);
    else
        dwpw_unit_dot_tail(from, tail);
}

DWPW_INLINE void pass_pixel(const struct tile *tile, const dwpw_word *from, uint32_t tail)
{
    pass_words(from, tile->words, tail);
    if (tile->words <= DWPW_PATCH_WORDS) {
        dwpw_rep(tile->results - 1);
        return;
    }
    for (uint32_t result = 1; result < tile->results; ++result)
        pass_words(from, tile->words, tail);
}

// Results of a pixel are read when the next one is already under way.
DWPW_INLINE void run_tile(const struct tile *tile, uint32_t tail)
{
    const dwpw_word *from = (const dwpw_word *)(const void *)tile->input;
    int8_t *to = tile->output;
    pass_pixel(tile, from, tail);
    for (uint32_t left = tile->pixels - 1; left != 0; --left) {
        from += tile->words;
        pass_pixel(tile, from, tail);
        dwpw_unit_store(to, tile->channels, tile->aligned);
        to += tile->out_c;
    }
    dwpw_unit_store(to, tile->channels, tile->aligned);
}

void dwpw_simd_conv_pointwise(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    const uint32_t out_c = (uint32_t)op->out_c;
    const uint32_t words = (uint32_t)op->in_c / 4;
    const uint32_t tail = (words - 1) % 8 + 1;
    struct tile tile = {
        .input = dwpw_tensor(memory, op->input),
        .pixels = (uint32_t)(op->out_h * op->out_w),
        .words = words,
        .out_c = out_c,
        .aligned = out_c % 4 == 0,
    };
    dwpw_unit_output(op);
    for (uint32_t channel = 0; channel < out_c; channel += tile.channels) {
        const uint32_t left = out_c - channel;
        tile.channels = left < (uint32_t)op->param[0] ? left : (uint32_t)op->param[0];
        tile.results = (tile.channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
        tile.output = dwpw_tensor(memory, op->output) + channel;
        dwpw_seek(0, 0);
        dwpw_unit_load_weights(weights, tile.results * words);
        dwpw_unit_load_scales(scales, tile.results * DWPW_GROUPS);
        dwpw_set_weights(0, tile.results * words - 1);
        dwpw_set_params(0, tile.results - 1);
        weights += tile.results * words * DWPW_GROUPS;
        scales += tile.results * DWPW_GROUPS * DWPW_SCALE_WORDS;
        switch (tail) {
        case 8:
            run_tile(&tile, 8);
            break;
        case 4:
            run_tile(&tile, 4);
            break;
        case 2:
            run_tile(&tile, 2);
            break;
        default:
            run_tile(&tile, tail);
            break;
        }
    }
}
