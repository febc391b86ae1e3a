// CONV_2D of any window, stride, padding and dilation: input channels a multiple of four.
//
// The words of a window that lies inside the input pass row by row; of others a copy with its
// padding is made first. Where the extension remembers them all it replays them for the other
// results, else they pass again.
//
// param: enum dwpw_simd_conv_patches_param.
// weights: [out_c / 4][kernel_h][kernel_w][in_c / 4][4 x 4].  table: unit.h.
// scratch: the words of a window.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_conv_patches;
dwpw_kernel_check dwpw_simd_conv_patches_check;

struct windows {
    const struct dwpw_operator *op;
    const int8_t *input;
    dwpw_word *copy;    // of a window with padding
    uint32_t zero;      // padding: four times the input's zero point
    int32_t row_bytes;  // of the input
    uint32_t words;     // of a pixel's input
    uint32_t all_words; // of a window
    bool replay;
    struct dwpw_pixel_store store;
};

// Where a window begins in the input; negative in padding.
struct place {
    int32_t y;
    int32_t x;
};

// Words that lie one behind the other, and how far it is to the next ones.
struct stretches {
    int32_t step; // bytes
    int32_t count;
    uint32_t words; // of each
};

// The end of a stretch of other lengths than 8n or 8n + 4.
static inline __attribute__((always_inline)) void
pass_odd_end(const dwpw_word *from, uint32_t words, bool last)
{
    if (last) {
        dwpw_unit_dot_tail(from, words);
        return;
    }
    for (; words > 1; words -= 2, from += 2) {
        dwpw_dot2(from[0], from[1]);
    }
    if (words != 0) {
        dwpw_dot1(from[0]);
    }
}

// The last one to eight words of a stretch; `last`: they complete a result.
static inline __attribute__((always_inline)) void
pass_end(const dwpw_word *from, uint32_t words, bool last)
{
    if (words == 8) {
        dwpw_unit_dot8(from, last);
    } else if (words == 4) {
        const struct words_4 v = load_4(from);
        dwpw_dot2(v.a, v.b);
        if (last) {
            dwpw_dot2_last(v.c, v.d);
        } else {
            dwpw_dot2(v.c, v.d);
        }
    } else {
        pass_odd_end(from, words, last);
    }
}

// Passes a window `times` times, a result each time. In a function of its own, where all it needs
// has a register.
static __attribute__((noinline)) void
pass_stretches(const int8_t *first, const struct stretches *stretches, uint32_t times)
{
    const int32_t step = stretches->step;
    const int32_t count = stretches->count;
    const uint32_t tail = (stretches->words - 1) % 8 + 1;
    const uint32_t batches = stretches->words - tail;
    for (; times > 0; --times) {
        const int8_t *stretch = first;
        for (int32_t left = count; left > 0; --left, stretch += step) {
            const dwpw_word *from = (const dwpw_word *)(const void *)stretch;
            const dwpw_word *const end = from + batches;
            for (; from != end; from += 8) {
                dwpw_unit_dot8(from, false);
            }
            pass_end(from, tail, left == 1);
        }
    }
}

static inline dwpw_word *fill_pixel(dwpw_word *to, uint32_t value, uint32_t words)
{
    for (; words > 0; --words) {
        *to++ = value;
    }
    return to;
}

static inline dwpw_word *copy_pixel(dwpw_word *to, const dwpw_word *from, uint32_t words)
{
    for (; words >= 4; words -= 4, from += 4, to += 4) {
        const struct words_4 v = load_4(from);
        to[0] = v.a;
        to[1] = v.b;
        to[2] = v.c;
        to[3] = v.d;
    }
    for (; words > 0; --words) {
        *to++ = *from++;
    }
    return to;
}

// Copies a window tap by tap, padding included.
static __attribute__((noinline)) void copy_window(const struct windows *windows, struct place at)
{
    const struct dwpw_operator *op = windows->op;
    dwpw_word *to = windows->copy;
    for (int32_t line = op->kernel_h; line > 0; --line, at.y += op->dilation_h) {
        const bool inside = (uint32_t)at.y < (uint32_t)op->in_h;
        int32_t x = at.x;
        for (int32_t tap = op->kernel_w; tap > 0; --tap, x += op->dilation_w) {
            if (inside && (uint32_t)x < (uint32_t)op->in_w) {
                const int8_t *pixel = windows->input + at.y * windows->row_bytes + x * op->in_c;
                to = copy_pixel(to, (const dwpw_word *)(const void *)pixel, windows->words);
            } else {
                to = fill_pixel(to, windows->zero, windows->words);
            }
        }
    }
}

// Whether the lines of windows are whole stretches of lines inside the input.
static inline bool lines_lie_inside(const struct dwpw_operator *op, int32_t y)
{
    return op->dilation_w == 1 && y >= 0 && y + (op->kernel_h - 1) * op->dilation_h < op->in_h;
}

// Results of a pixel are read when the next one is already under way.
static void run_tile(const struct windows *windows, int8_t *to)
{
    const struct dwpw_operator *op = windows->op;
    const struct stretches inside = {
        .step = op->dilation_h * windows->row_bytes,
        .count = op->kernel_h,
        .words = (uint32_t)op->kernel_w * windows->words,
    };
    const struct stretches copied = {.step = 0, .count = 1, .words = windows->all_words};
    const uint32_t results = windows->store.results;
    const uint32_t times = windows->replay ? 1 : results;
    bool waiting = false;
    for (int32_t out_y = 0; out_y < op->out_h; ++out_y) {
        struct place at = {out_y * op->stride_h - op->pad_top, -op->pad_left};
        const bool lines_inside = lines_lie_inside(op, at.y);
        const int8_t *line = windows->input + at.y * windows->row_bytes;
        for (int32_t out_x = 0; out_x < op->out_w; ++out_x, at.x += op->stride_w) {
            if (lines_inside && at.x >= 0 && at.x + op->kernel_w <= op->in_w) {
                pass_stretches(line + at.x * op->in_c, &inside, times);
            } else {
                copy_window(windows, at);
                pass_stretches((const int8_t *)windows->copy, &copied, times);
            }
            if (windows->replay) {
                dwpw_rep(results - 1);
            }
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
    const uint32_t out_c = (uint32_t)op->out_c;
    const uint32_t most = (uint32_t)op->param[DWPW_SIMD_CONV_PATCHES_PARAM_TILE_CHANNELS];
    const uint32_t pixel_words = (uint32_t)op->in_c / DWPW_TAPS;
    const uint32_t words = (uint32_t)(op->kernel_h * op->kernel_w) * pixel_words;
    struct windows windows = {
        .op = op,
        .input = dwpw_tensor(memory, op->input),
        .copy = (dwpw_word *)(void *)dwpw_tensor(memory, op->scratch),
        .zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u,
        .row_bytes = op->in_w * op->in_c,
        .words = pixel_words,
        .all_words = words,
        .replay = words <= DWPW_PATCH_WORDS,
        .store.out_c = op->out_c,
    };
    dwpw_unit_output(op);
    for (uint32_t channel = 0; channel < out_c; channel += windows.store.channels) {
        const uint32_t left = out_c - channel;
        windows.store.channels = left < most ? left : most;
        const uint32_t results = (windows.store.channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
        windows.store.results = results;
        dwpw_unit_load_tile(weights, results * words, scales, results);
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
        unit_constants_check(
            op, memory, dwpw_product(op->kernel_h, op->kernel_w, pixel_words, groups), op->out_c),
        dwpw_unless(op->scratch.size >= words * sizeof(dwpw_word), "scratch"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
