// DEPTHWISE_CONV_2D of any window, stride, padding and dilation, one output for every channel:
// channels a multiple of four.
//
// A store entry holds the weights of one tap for four channels on its diagonal, so that the dot
// products of a pixel's word give each channel its own product.
//
// param: enum dwpw_simd_depthwise_taps_param.
// weights: [c / 4][kernel_h][kernel_w][4 x 4].  table: unit.h.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_depthwise_taps;
dwpw_kernel_check dwpw_simd_depthwise_taps_check;

enum { RUN = 8 }; // words that a run has in registers

struct block {
    const struct dwpw_operator *op;
    const int8_t *input; // of the block's first channel
    uint32_t groups;     // of four channels
    uint32_t zero;       // padding: four times the input's zero point
    int32_t row_bytes;   // of the input
    // A window inside the input: lines of taps that are equally far apart.
    int32_t lines, taps;
    int32_t line_step, tap_step; // bytes
};

// Where a window begins in the input; negative in padding.
struct place {
    int32_t y;
    int32_t x;
};

static inline __attribute__((always_inline)) uint32_t word_at(const int8_t *from)
{
    return *(const dwpw_word *)(const void *)from;
}

// Passes `count` words, a number that the compiler knows; `last`: they complete a result.
static inline __attribute__((always_inline)) void
pass_known(const int8_t *from, int32_t step, unsigned count, bool last)
{
    uint32_t words[RUN];
#pragma GCC unroll 16
    for (unsigned word = 0; word < count; ++word, from += step) {
        words[word] = word_at(from);
    }
    dwpw_unit_pass_known(words, count, last);
}

// Passes a line of taps inside the input.
static inline __attribute__((always_inline)) void
pass_line(const int8_t *from, int32_t step, int32_t taps, bool last)
{
    for (; taps > RUN; taps -= RUN, from += RUN * step) {
        pass_known(from, step, RUN, false);
    }
    switch (taps) {
    case 1:
        pass_known(from, step, 1, last);
        break;
    case 2:
        pass_known(from, step, 2, last);
        break;
    case 3:
        pass_known(from, step, 3, last);
        break;
    case 4:
        pass_known(from, step, 4, last);
        break;
    case 5:
        pass_known(from, step, 5, last);
        break;
    case 6:
        pass_known(from, step, 6, last);
        break;
    case 7:
        pass_known(from, step, 7, last);
        break;
    default:
        pass_known(from, step, RUN, last);
        break;
    }
}

// Passes the windows of all groups of a pixel, which lie inside the input.
static void pass_inner(const struct block *block, const int8_t *from)
{
    const int32_t taps = block->taps;
    const int32_t tap_step = block->tap_step;
    const int32_t line_step = block->line_step;
    for (uint32_t group = block->groups; group > 0; --group, from += DWPW_GROUPS) {
        const int8_t *line = from;
        for (int32_t left = block->lines; left > 0; --left, line += line_step) {
            pass_line(line, tap_step, taps, left == 1);
        }
    }
}

// The same for windows that reach into padding, tap by tap.
static void pass_border(const struct block *block, struct place at)
{
    const struct dwpw_operator *op = block->op;
    for (uint32_t group = 0; group < block->groups; ++group) {
        const int8_t *from = block->input + group * DWPW_GROUPS;
        int32_t y = at.y;
        for (int32_t line = op->kernel_h; line > 0; --line, y += op->dilation_h) {
            const bool inside = (uint32_t)y < (uint32_t)op->in_h;
            int32_t x = at.x;
            for (int32_t tap = op->kernel_w; tap > 0; --tap, x += op->dilation_w) {
                const uint32_t word = inside && (uint32_t)x < (uint32_t)op->in_w
                                          ? word_at(from + y * block->row_bytes + x * op->in_c)
                                          : block->zero;
                if (line == 1 && tap == 1) {
                    dwpw_dot1_last(word);
                } else {
                    dwpw_dot1(word);
                }
            }
        }
    }
}

static inline bool lies_inside(const struct dwpw_operator *op, struct place at)
{
    return at.y >= 0 && at.y + (op->kernel_h - 1) * op->dilation_h < op->in_h && at.x >= 0 &&
           at.x + (op->kernel_w - 1) * op->dilation_w < op->in_w;
}

// Results of a pixel are read when the next one is already under way.
static void run_block(const struct block *block, int8_t *to)
{
    const struct dwpw_operator *op = block->op;
    bool waiting = false;
    for (int32_t out_y = 0; out_y < op->out_h; ++out_y) {
        struct place at = {out_y * op->stride_h - op->pad_top, -op->pad_left};
        for (int32_t out_x = 0; out_x < op->out_w; ++out_x, at.x += op->stride_w) {
            if (lies_inside(op, at)) {
                pass_inner(block, block->input + at.y * block->row_bytes + at.x * op->in_c);
            } else {
                pass_border(block, at);
            }
            if (waiting) {
                dwpw_unit_store_words((dwpw_word *)(void *)to, block->groups);
                to += op->out_c;
            }
            waiting = true;
        }
    }
    dwpw_unit_store_words((dwpw_word *)(void *)to, block->groups);
}

// A window of one column is one line of taps, from row to row.
static void find_lines(struct block *block)
{
    const struct dwpw_operator *op = block->op;
    const int32_t down = op->dilation_h * block->row_bytes;
    const bool column = op->kernel_w == 1;
    block->lines = column ? 1 : op->kernel_h;
    block->taps = column ? op->kernel_h : op->kernel_w;
    block->line_step = down;
    block->tap_step = column ? down : op->dilation_w * op->in_c;
}

void dwpw_simd_depthwise_taps(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    const uint32_t all_groups = (uint32_t)op->out_c / DWPW_GROUPS;
    const uint32_t most = (uint32_t)op->param[DWPW_SIMD_DEPTHWISE_TAPS_PARAM_BLOCK_GROUPS];
    const uint32_t taps = (uint32_t)(op->kernel_h * op->kernel_w);
    int8_t *output = dwpw_tensor(memory, op->output);
    struct block block = {
        .op = op,
        .input = dwpw_tensor(memory, op->input),
        .zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u,
        .row_bytes = op->in_w * op->in_c,
    };
    find_lines(&block);
    dwpw_unit_output(op);
    for (uint32_t group = 0; group != all_groups; group += block.groups) {
        const uint32_t left = all_groups - group;
        block.groups = left < most ? left : most;
        dwpw_seek(0, 0);
        dwpw_unit_load_weights(weights, block.groups * taps);
        dwpw_unit_load_scales(scales, block.groups);
        dwpw_set_weights(0, block.groups * taps - 1);
        dwpw_set_params(0, block.groups - 1);
        run_block(&block, output);
        weights += block.groups * taps * DWPW_GROUPS;
        scales += block.groups * DWPW_SCALE_WORDS;
        block.input += block.groups * DWPW_GROUPS;
        output += block.groups * DWPW_GROUPS;
    }
}

const char *dwpw_simd_depthwise_taps_check(const struct dwpw_operator *op,
                                           const struct dwpw_memory *memory)
{
    const int32_t groups = op->param[DWPW_SIMD_DEPTHWISE_TAPS_PARAM_BLOCK_GROUPS];
    const uint64_t taps = dwpw_product(op->kernel_h, op->kernel_w, 1, 1);
    const char *const wrong[] = {
        dwpw_check_window(op),
        dwpw_unless(op->depth_multiplier == 1 && op->in_c == op->out_c &&
                        op->in_c % DWPW_GROUPS == 0,
                    "channels"),
        dwpw_unless(groups > 0 && groups <= DWPW_PARAM_CHANNELS / DWPW_GROUPS &&
                        groups * DWPW_PIXELS_UNDER_WAY <= DWPW_RESULTS &&
                        (uint64_t)groups * taps <= DWPW_STORE_ENTRIES,
                    "block"),
        unit_constants_check(op, memory,
                             dwpw_product(op->kernel_h, op->kernel_w, op->out_c / DWPW_GROUPS, 1),
                             op->out_c),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
