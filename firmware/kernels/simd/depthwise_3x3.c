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
    int32_t inner; // outputs of a row whose last column lies inside the input
    uint32_t zero; // padding: four times the input's zero point
};

// Where the walk along the three rows stands.
struct cursor {
    const int8_t *at[ROWS];
    int32_t step[ROWS];
    int32_t x;
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

// Loads the next column, which lies inside the input.
DWPW_INLINE void next_column(uint32_t *words, struct cursor *cursor, unsigned groups)
{
    load_column(words, cursor->at, groups);
    DWPW_UNROLL
    for (unsigned row = 0; row < ROWS; ++row)
        cursor->at[row] += cursor->step[row];
}

// Loads the next column, or padding where it lies outside.
DWPW_INLINE void next_column_or_padding(uint32_t *words,
                                        struct cursor *cursor,
                                        const struct walk *walk,
                                        unsigned groups)
{
    if ((uint32_t)cursor->x++ < (uint32_t)walk->in_w) {
        next_column(words, cursor, groups);
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

// One row of outputs for `groups` groups of four channels, `offset` bytes into the pixels.  The
// results of a column are read when the next one is already under way.
DWPW_INLINE void run_row(const struct walk *walk, uint32_t offset, unsigned groups, int32_t stride)
{
    uint32_t words[MAX_GROUPS * ROWS];
    struct cursor cursor = {.x = -walk->pad_left};
    int8_t *to = walk->output + offset;
    const int32_t out_step = walk->channels;
    DWPW_UNROLL
    for (unsigned row = 0; row < ROWS; ++row) {
        cursor.step[row] = walk->column_step[row];
        cursor.at[row] = walk->row[row] + (cursor.step[row] != 0 ? offset : 0);
    }
    for (unsigned column = 0; column < HISTORY; ++column) {
        next_column_or_padding(words, &cursor, walk, groups);
        skip_column(words, groups);
    }
    next_column_or_padding(words, &cursor, walk, groups);
    mac_column(words, groups);
    for (int32_t left = walk->inner - 1; left > 0; --left) {
        for (int32_t skipped = 1; skipped < stride; ++skipped) {
            next_column(words, &cursor, groups);
            skip_column(words, groups);
        }
        next_column(words, &cursor, groups);
        mac_column(words, groups);
        store_results(to, groups);
        to += out_step;
    }
    const int32_t inner = walk->inner > 0 ? walk->inner : 1;
    cursor.x += (inner - 1) * stride;
    for (int32_t left = walk->out_w - inner; left > 0; --left) {
        for (int32_t skipped = 1; skipped < stride; ++skipped) {
            next_column_or_padding(words, &cursor, walk, groups);
            skip_column(words, groups);
        }
        next_column_or_padding(words, &cursor, walk, groups);
        mac_column(words, groups);
        store_results(to, groups);
        to += out_step;
    }
    store_results(to, groups);
}

typedef void row_function(const struct walk *, uint32_t);

#define ROW_FUNCTION(name, groups, stride)                                                         \
    static void name(const struct walk *walk, uint32_t offset)                                     \
    {                                                                                              \
        run_row(walk, offset, groups, stride);                                                     \
    }

ROW_FUNCTION(run_4_groups_stride_1, 4, 1)
ROW_FUNCTION(run_2_groups_stride_1, 2, 1)
ROW_FUNCTION(run_4_groups_stride_2, 4, 2)
ROW_FUNCTION(run_2_groups_stride_2, 2, 2)
ROW_FUNCTION(run_1_group, 1, walk->stride)
ROW_FUNCTION(run_2_groups, 2, walk->stride)

// The loop for a stride and so many groups at once (1, 2 or 4).
static row_function *choose_row(int32_t stride, uint32_t groups)
{
    static row_function *const of_4[] = {run_4_groups_stride_1, run_4_groups_stride_2};
    static row_function *const of_2[] = {run_2_groups_stride_1, run_2_groups_stride_2};
    if (groups == 1)
        return run_1_group;
    if (stride > 2)
        return run_2_groups;
    return groups == 4 ? of_4[stride - 1] : of_2[stride - 1];
}

// One row of outputs for a block of groups.
static void run_block_row(const struct walk *walk, uint32_t groups)
{
    const uint32_t most = walk->stride > 2 ? 2 : MAX_GROUPS;
    for (uint32_t done = 0; done != groups;) {
        const uint32_t left = groups - done;
        const uint32_t now = left >= most ? most : left >= 2 ? 2 : 1;
        dwpw_set_weights(done * ROWS, (done + now) * ROWS - 1);
        dwpw_set_params(done, done + now - 1);
        choose_row(walk->stride, now)(walk, done * DWPW_GROUPS);
        done += now;
    }
}

// Outputs of a row whose last column lies inside the input.
static int32_t inner_outputs(const struct dwpw_operator *op)
{
    const int32_t last = op->in_w + op->pad_left - ROWS;
    const int32_t inside = last < 0 ? 0 : last / op->stride_w + 1;
    return inside < op->out_w ? inside : op->out_w;
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
        .inner = inner_outputs(op),
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
