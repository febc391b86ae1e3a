// CONV_2D of any window, stride, padding and dilation: input channels a multiple of four.
//
// The words of a window pass tap by tap, whole rows of it at once where they lie inside the input.
// Where the extension remembers them all it replays them for the other results, else they pass
// again.
//
// param: enum dwpw_simd_conv_patches_param.
// weights: [out_c / 4][kernel_h][kernel_w][in_c / 4][4 x 4].  table: unit.h.
// scratch: a pixel of padding.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_conv_patches;
dwpw_kernel_check dwpw_simd_conv_patches_check;

struct windows {
    const struct dwpw_operator *op;
    const int8_t *input;
    const dwpw_word *padding;
    int32_t row_bytes; // of the input
    uint32_t words;    // of a pixel's input
    bool replay;
    struct dwpw_pixel_store store;
};

// Where a window begins in the input; negative in padding.
struct place {
    int32_t y;
    int32_t x;
};

// Passes neighbouring words; `last`: they complete a result.
static inline void pass_run(const dwpw_word *from, uint32_t words, bool last)
{
    for (; words > 8; words -= 8, from += 8) {
        dwpw_unit_dot8(from, false);
    }
    if (words == 8) {
        dwpw_unit_dot8(from, last);
        return;
    }
    if (last) {
        dwpw_unit_dot_tail(from, words);
        return;
    }
    if (words & 4) {
        const struct words_4 v = load_4(from);
        dwpw_dot2(v.a, v.b);
        dwpw_dot2(v.c, v.d);
        from += 4;
    }
    if (words & 2) {
        dwpw_dot2(from[0], from[1]);
        from += 2;
    }
    if (words & 1) {
        dwpw_dot1(from[0]);
    }
}

// Passes a row of a window tap by tap, the input's pixels or padding.
static void pass_border_row(const struct windows *windows, struct place at, bool last_row)
{
    const struct dwpw_operator *op = windows->op;
    const bool inside = (uint32_t)at.y < (uint32_t)op->in_h;
    int32_t x = at.x;
    for (int32_t tap = op->kernel_w; tap > 0; --tap, x += op->dilation_w) {
        const int8_t *pixel = windows->input + at.y * windows->row_bytes + x * op->in_c;
        const dwpw_word *from = inside && (uint32_t)x < (uint32_t)op->in_w
                                    ? (const dwpw_word *)(const void *)pixel
                                    : windows->padding;
        pass_run(from, windows->words, last_row && tap == 1);
    }
}

static void pass_window(const struct windows *windows, struct place at)
{
    const struct dwpw_operator *op = windows->op;
    const bool whole_rows = op->dilation_w == 1 && at.x >= 0 && at.x + op->kernel_w <= op->in_w;
    const int8_t *row = windows->input + at.y * windows->row_bytes + at.x * op->in_c;
    const uint32_t row_words = (uint32_t)op->kernel_w * windows->words;
    for (int32_t left = op->kernel_h; left > 0; --left) {
        if (whole_rows && (uint32_t)at.y < (uint32_t)op->in_h) {
            pass_run((const dwpw_word *)(const void *)row, row_words, left == 1);
        } else {
            pass_border_row(windows, at, left == 1);
        }
        at.y += op->dilation_h;
        row += op->dilation_h * windows->row_bytes;
    }
}

// All results of a pixel.
static void pass_pixel(const struct windows *windows, struct place at)
{
    pass_window(windows, at);
    if (windows->replay) {
        dwpw_rep(windows->store.results - 1);
        return;
    }
    for (uint32_t result = 1; result < windows->store.results; ++result) {
        pass_window(windows, at);
    }
}

// Results of a pixel are read when the next one is already under way.
static void run_tile(const struct windows *windows, int8_t *to)
{
    const struct dwpw_operator *op = windows->op;
    bool waiting = false;
    for (int32_t out_y = 0; out_y < op->out_h; ++out_y) {
        struct place at = {out_y * op->stride_h - op->pad_top, -op->pad_left};
        for (int32_t out_x = 0; out_x < op->out_w; ++out_x, at.x += op->stride_w) {
            pass_pixel(windows, at);
            if (waiting) {
                to = dwpw_unit_store_pixel(to, &windows->store, 0);
            }
            waiting = true;
        }
    }
    dwpw_unit_store_pixel(to, &windows->store, 0);
}

void dwpw_simd_conv_patches(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    dwpw_word *padding = (dwpw_word *)(void *)dwpw_tensor(memory, op->scratch);
    const uint32_t out_c = (uint32_t)op->out_c;
    const uint32_t most = (uint32_t)op->param[DWPW_SIMD_CONV_PATCHES_PARAM_TILE_CHANNELS];
    const uint32_t pixel_words = (uint32_t)op->in_c / DWPW_TAPS;
    const uint32_t words = (uint32_t)(op->kernel_h * op->kernel_w) * pixel_words;
    struct windows windows = {
        .op = op,
        .input = dwpw_tensor(memory, op->input),
        .padding = padding,
        .row_bytes = op->in_w * op->in_c,
        .words = pixel_words,
        .replay = words <= DWPW_PATCH_WORDS,
        .store.out_c = op->out_c,
    };
    for (uint32_t word = 0; word < pixel_words; ++word) {
        padding[word] = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u;
    }
    dwpw_unit_output(op);
    for (uint32_t channel = 0; channel < out_c; channel += windows.store.channels) {
        const uint32_t left = out_c - channel;
        windows.store.channels = left < most ? left : most;
        const uint32_t results = (windows.store.channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
        windows.store.results = results;
        dwpw_seek(0, 0);
        dwpw_unit_load_weights(weights, results * words);
        dwpw_unit_load_scales(scales, results);
        dwpw_set_weights(0, results * words - 1);
        dwpw_set_params(0, results - 1);
        weights += results * words * DWPW_GROUPS;
        scales += results * DWPW_SCALE_WORDS;
        run_tile(&windows, dwpw_tensor(memory, op->output) + channel);
    }
}

const char *dwpw_simd_conv_patches_check(const struct dwpw_operator *op,
                                         const struct dwpw_memory *memory)
{
    const int32_t pixel_words = op->in_c / DWPW_TAPS;
    const int32_t groups = dwpw_round_up(op->out_c, DWPW_GROUPS) / DWPW_GROUPS;
    const uint64_t words = dwpw_product(op->kernel_h, op->kernel_w, pixel_words, 1);
    const char *const wrong[] = {
        dwpw_check_window(op),
        dwpw_unless(op->in_c % DWPW_TAPS == 0, "channels"),
        unit_tile_check(op->param[DWPW_SIMD_CONV_PATCHES_PARAM_TILE_CHANNELS], words),
        unit_constants_check(op, memory,
                             dwpw_product(op->kernel_h, op->kernel_w, pixel_words, groups),
                             op->out_c),
        dwpw_unless(op->scratch.size >= (uint32_t)op->in_c, "scratch"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
