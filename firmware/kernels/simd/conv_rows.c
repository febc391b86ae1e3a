// CONV_2D of any window: a patch is the words that cover the window's rows in the input.
//
// A row of a window is kernel_w * in_c neighbouring bytes, but seldom starts at a word. Instead of
// shifting bytes, the weights are there once for every phase (start address modulo 4) that occurs
// along a row of outputs, padded with zeros to whole words; bytes that only fill up a word are
// multiplied by zero. The phases follow each other in the weight store, so that the store's ring
// reaches the right one for every output by itself.
//
// param[0]: output channels of a full tile; param[1]: words per row of a window; param[2]: phases.
// weights: [tile][phase][4 channels][kernel_h][words][4 x 4].  table: bias, multiplier, shift.
// scratch: one row of the input, all padding.
#include "dwpw_kernel.h"
#include "unit.h"

enum { MAX_ROWS = 8 }; // kernel_h; the planner's predicate knows it too

struct patches {
    int32_t kernel_h;
    int32_t row_words; // of a window
    int32_t row_bytes; // of the input
    int32_t step;      // bytes from window to window
    int32_t start;     // of the first window, in bytes from the row's start; negative with padding
    int32_t out_w;
    uint32_t results; // per output pixel
    uint32_t channels;
    int32_t out_c;
    uint32_t zero; // padding: four times the input's zero point
    int aligned;   // output pixels start at words
};

// The word at byte `at` of an input row, with padding for the bytes outside.
static uint32_t border_word(const struct patches *patches, const int8_t *row, int32_t at)
{
    if (at <= -4 || at >= patches->row_bytes)
        return patches->zero;
    if (at >= 0 && at + 4 <= patches->row_bytes)
        return *(const dwpw_word *)(const void *)(row + at);
    uint32_t word = patches->zero;
    for (int32_t byte = 0; byte < 4; ++byte) {
        if ((uint32_t)(at + byte) >= (uint32_t)patches->row_bytes)
            continue;
        word &= ~(0xFFu << (8 * byte));
        word |= (uint32_t)(uint8_t)row[at + byte] << (8 * byte);
    }
    return word;
}

// Passes any patch, word by word.
static void pass_border(const struct patches *patches, const int8_t *const *rows, int32_t at)
{
    for (int32_t row = 0; row < patches->kernel_h; ++row) {
        for (int32_t word = 0; word < patches->row_words; ++word) {
            const uint32_t value = border_word(patches, rows[row], at + 4 * word);
            if (row == patches->kernel_h - 1 && word == patches->row_words - 1)
                dwpw_dot1_last(value);
            else
                dwpw_dot1(value);
        }
    }
}

// Passes a patch that lies inside its rows, of a size that the compiler knows: it stays in
// registers.
DWPW_INLINE void
pass_inner(const int8_t *const *rows, int32_t at, unsigned kernel_h, unsigned row_words)
{
    uint32_t words[9];
    const unsigned count = kernel_h * row_words;
    DWPW_UNROLL
    for (unsigned row = 0; row < kernel_h; ++row)
        DWPW_UNROLL
    for (unsigned word = 0; word < row_words; ++word)
        words[row * row_words + word] = ((const dwpw_word *)(const void *)(rows[row] + at))[word];
    DWPW_UNROLL
    for (unsigned word = 0; word < count; ++word)
        __asm__ volatile("" : "+r"(words[word]));
    unsigned word = 0;
    DWPW_UNROLL
    for (; word + 2 < count; word += 2)
        dwpw_dot2(words[word], words[word + 1]);
    if (word + 1 < count)
        dwpw_dot2_last(words[word], words[word + 1]);
    else
        dwpw_dot1_last(words[word]);
}

// One row of outputs; `kernel_h` is 0 where no special size is known.
DWPW_INLINE void run_row(const struct patches *patches,
                         const int8_t *const *rows,
                         int8_t *to,
                         unsigned kernel_h,
                         unsigned row_words)
{
    const int32_t inner_end = patches->row_bytes - 4 * patches->row_words;
    int32_t start = patches->start;
    for (int32_t x = 0; x < patches->out_w; ++x, start += patches->step) {
        const int32_t at = start & ~3;
        if (kernel_h != 0 && at >= 0 && at <= inner_end)
            pass_inner(rows, at, kernel_h, row_words);
        else
            pass_border(patches, rows, at);
        dwpw_rep(patches->results - 1);
        if (x == 0)
            continue;
        dwpw_unit_store(to, patches->channels, patches->aligned);
        to += patches->out_c;
    }
    dwpw_unit_store(to, patches->channels, patches->aligned);
}

static void run_tile(const struct dwpw_operator *op,
                     const struct patches *patches,
                     const int8_t *input,
                     const int8_t *padding,
                     int8_t *output)
{
    const int8_t *rows[MAX_ROWS];
    for (int32_t y = 0; y < op->out_h; ++y, output += patches->out_w * patches->out_c) {
        for (int32_t row = 0; row < patches->kernel_h; ++row) {
            const int32_t in_y = y * op->stride_h - op->pad_top + row;
            rows[row] =
                (uint32_t)in_y < (uint32_t)op->in_h ? input + in_y * patches->row_bytes : padding;
        }
        dwpw_set_weights(0, (uint32_t)(op->param[2] * patches->kernel_h * patches->row_words) *
                                    patches->results -
                                1);
        if (patches->kernel_h == 3 && patches->row_words == 3)
            run_row(patches, rows, output, 3, 3);
        else if (patches->kernel_h == 3 && patches->row_words == 2)
            run_row(patches, rows, output, 3, 2);
        else
            run_row(patches, rows, output, 0, 0);
    }
}

void dwpw_simd_conv_rows(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    dwpw_word *padding = (dwpw_word *)(void *)dwpw_tensor(memory, op->scratch);
    struct patches patches = {
        .kernel_h = op->kernel_h,
        .row_words = op->param[1],
        .row_bytes = op->in_w * op->in_c,
        .step = op->stride_w * op->in_c,
        .start = -op->pad_left * op->in_c,
        .out_w = op->out_w,
        .out_c = op->out_c,
        .zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u,
        .aligned = op->out_c % 4 == 0,
    };
    for (int32_t word = 0; word < patches.row_bytes / 4; ++word)
        padding[word] = patches.zero;
    dwpw_unit_output(op);
    for (int32_t channel = 0; channel < op->out_c; channel += (int32_t)patches.channels) {
        const int32_t left = op->out_c - channel;
        patches.channels = (uint32_t)(left < op->param[0] ? left : op->param[0]);
        patches.results = (patches.channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
        const uint32_t entries =
            (uint32_t)(op->param[2] * op->kernel_h * op->param[1]) * patches.results;
        dwpw_seek(0, 0);
        dwpw_unit_load_weights(weights, entries);
        dwpw_unit_load_scales(scales, patches.results * DWPW_GROUPS);
        dwpw_set_params(0, patches.results - 1);
        run_tile(op, &patches, dwpw_tensor(memory, op->input), (const int8_t *)padding,
                 dwpw_tensor(memory, op->output) + channel);
        weights += entries * DWPW_GROUPS;
        scales += patches.results * DWPW_GROUPS * DWPW_SCALE_WORDS;
    }
}
