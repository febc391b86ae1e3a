// DEPTHWISE_CONV_2D 3x3, channels a multiple of four, any stride and padding.
//
// A row of outputs is computed column by column for up to 16 channels at once: the three new words
// of an input column meet the two columns before it, which the extension remembers, so that every
// input word is loaded once per row of outputs. Channels go in blocks of 32, one line of the D$.
//
// weights: [c / 4][3 rows][4 channels x (3 columns, 0)].  table: bias, multiplier, shift.
#include "dwpw_kernel.h"
#include "unit.h"

enum { ROWS = 3, HISTORY = 2, MAX_GROUPS = 4 };

// A row of outputs and the three rows of inputs that it sees, for the channels of a block.
struct walk {
    const int8_t *row[ROWS]; // of column 0; padding where the row lies outside
    int32_t column_step[ROWS];
    int8_t *output;
    int32_t channels; // bytes from column to column of the output
    int32_t in_w, out_w, stride, pad_left;
    uint32_t zero; // padding: four times the input's zero point
};

typedef uint32_t column_words[MAX_GROUPS * ROWS];

// The words of a column: rows 0..2 of the first group, of the second, ...
DWPW_INLINE void load_column(uint32_t *words, const int8_t *const *at, unsigned groups)
{
    DWPW_UNROLL
    for (unsigned group = 0; group < groups; ++group)
        DWPW_UNROLL
    for (unsigned row = 0; row < ROWS; ++row)
        words[group * ROWS + row] = ((const dwpw_word *)(const void *)at[row])[group];
    DWPW_UNROLL
    for (unsigned word = 0; word < groups * ROWS; ++word)
        __asm__ volatile("" : "+r"(words[word]));
}

// Multiplies a column; every third word completes the result of a group.
DWPW_INLINE void mac_column(const uint32_t *words, unsigned groups)
{
    unsigned word = 0;
    DWPW_UNROLL
    for (; word + 1 < groups * ROWS; word += 2) {
        if (word % ROWS == 0)
            dwpw_dw2(words[word], words[word + 1]);
        else if (word % ROWS == 2)
            dwpw_dw2_last0(words[word], words[word + 1]);
        else
            dwpw_dw2_last1(words[word], words[word + 1]);
    }
    if (word < groups * ROWS)
        dwpw_dw1_last(words[word]);
}

DWPW_INLINE void skip_column(const uint32_t *words, unsigned groups)
{
    unsigned word = 0;
    DWPW_UNROLL
    for (; word + 1 < groups * ROWS; word += 2)
        dwpw_skip2(words[word], words[word + 1]);
    if (word < groups * ROWS)
        dwpw_skip1(words[word]);
}

DWPW_INLINE void advance(const int8_t **at, const struct walk *walk)
{
    DWPW_UNROLL
    for (unsigned row = 0; row < ROWS; ++row)
        at[row] += walk->column_step[row];
}

// Loads column `x`, or padding where it lies outside, and advances past it.
DWPW_INLINE void fetch_column(
    uint32_t *words, const int8_t **at, int32_t x, const struct walk *walk, unsigned groups)
{
    if ((uint32_t)x < (uint32_t)walk->in_w) {
        load_column(words, at, groups);
        advance(at, walk);
        return;
    }
    DWPW_UNROLL
    for (unsigned word = 0; word < groups * ROWS; ++word)
        words[word] = walk->zero;
}

DWPW_INLINE void store_results(int8_t *to, unsigned groups)
{
    uint32_t results[MAX_GROUPS];
    DWPW_UNROLL
    for (unsigned group = 0; group < groups; ++group)
        results[group] = dwpw_pop();
    DWPW_UNROLL
    for (unsigned group = 0; group < groups; ++group)
        ((dwpw_word *)(void *)to)[group] = results[group];
}

// Columns of the input that are all inside: no test needed.
DWPW_INLINE int32_t inner_columns(const struct walk *walk)
{
    const int32_t columns = (walk->in_w - ROWS + walk->pad_left) / walk->stride + 1;
    if (walk->in_w + walk->pad_left < ROWS)
        return 0;
    return columns < walk->out_w ? columns : walk->out_w;
}

// One row of outputs for `groups` groups of four channels, `offset` bytes into the pixels.
DWPW_INLINE void run_row(const struct walk *walk, uint32_t offset, unsigned groups)
{
    column_words words;
    const int8_t *at[ROWS];
    int8_t *to = walk->output + offset;
    int32_t x = -walk->pad_left;
    DWPW_UNROLL
    for (unsigned row = 0; row < ROWS; ++row)
        at[row] = walk->row[row] + (walk->column_step[row] != 0 ? offset : 0);
    for (unsigned column = 0; column < HISTORY; ++column, ++x) {
        fetch_column(words, at, x, walk, groups);
        skip_column(words, groups);
    }
    const int32_t inner = inner_columns(walk);
    int32_t out_x = 0;
    for (; out_x < inner; ++out_x) {
        if (out_x != 0) {
            for (int32_t skipped = 1; skipped < walk->stride; ++skipped, ++x) {
                load_column(words, at, groups);
                skip_column(words, groups);
                advance(at, walk);
            }
        }
        load_column(words, at, groups);
        mac_column(words, groups);
        advance(at, walk);
        ++x;
        if (out_x == 0)
            continue;
        store_results(to, groups);
        to += walk->channels;
    }
    for (; out_x < walk->out_w; ++out_x) {
        for (int32_t skipped = 1; out_x != 0 && skipped < walk->stride; ++skipped, ++x) {
            fetch_column(words, at, x, walk, groups);
            skip_column(words, groups);
        }
        fetch_column(words, at, x++, walk, groups);
        mac_column(words, groups);
        if (out_x == 0)
            continue;
        store_results(to, groups);
        to += walk->channels;
    }
    store_results(to, groups);
}

static void run_row_of_4(const struct walk *walk, uint32_t offset)
{
    run_row(walk, offset, 4);
}

static void run_row_of_2(const struct walk *walk, uint32_t offset)
{
    run_row(walk, offset, 2);
}

static void run_row_of_1(const struct walk *walk, uint32_t offset)
{
    run_row(walk, offset, 1);
}

// One row of outputs for a block of groups.
static void run_block_row(const struct walk *walk, uint32_t groups)
{
    static void (*const run[MAX_GROUPS + 1])(const struct walk *, uint32_t) = {
        0, run_row_of_1, run_row_of_2, run_row_of_2, run_row_of_4};
    for (uint32_t done = 0; done != groups;) {
        const uint32_t left = groups - done;
        const uint32_t now = left >= MAX_GROUPS ? MAX_GROUPS : left >= 2 ? 2 : 1;
        dwpw_set_weights(done * ROWS, (done + now) * ROWS - 1);
        dwpw_set_params(done, done + now - 1);
        run[now](walk, done * DWPW_GROUPS);
        done += now;
    }
}

void dwpw_simd_depthwise_3x3(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const uint32_t all_groups = (uint32_t)op->out_c / DWPW_GROUPS;
    const uint32_t zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u;
    const dwpw_word padding[MAX_GROUPS] = {zero, zero, zero, zero};
    struct walk walk = {
        .channels = op->out_c,
        .in_w = op->in_w,
        .out_w = op->out_w,
        .stride = op->stride_w,
        .pad_left = op->pad_left,
        .zero = zero,
    };
    dwpw_unit_output(op);
    for (uint32_t group = 0; group != all_groups;) {
        const uint32_t left = all_groups - group;
        const uint32_t groups =
            left < DWPW_PARAM_CHANNELS / DWPW_GROUPS ? left : DWPW_PARAM_CHANNELS / DWPW_GROUPS;
        dwpw_seek(0, 0);
        dwpw_unit_load_weights(weights, groups * ROWS);
        dwpw_unit_load_scales(scales, groups * DWPW_GROUPS);
        for (int32_t y = 0; y < op->out_h; ++y) {
            for (int32_t row = 0; row < ROWS; ++row) {
                const int32_t in_y = y * op->stride_h - op->pad_top + row;
                const int inside = (uint32_t)in_y < (uint32_t)op->in_h;
                walk.column_step[row] = inside ? op->in_c : 0;
                walk.row[row] = inside ? input + in_y * op->in_w * op->in_c + group * DWPW_GROUPS
                                       : (const int8_t *)padding;
            }
            walk.output = output + y * op->out_w * op->out_c + group * DWPW_GROUPS;
            run_block_row(&walk, groups);
        }
        weights += groups * ROWS * DWPW_GROUPS;
        scales += groups * DWPW_GROUPS * DWPW_SCALE_WORDS;
        group += groups;
    }
}
