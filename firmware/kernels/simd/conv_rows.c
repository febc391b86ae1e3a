// CONV_2D of any window: a patch is the words that cover the window's rows in the input.
//
// A row of a window is kernel_w * in_c neighbouring bytes, but seldom starts at a word. Instead of
// shifting bytes, the weights are there once for every phase (start address modulo 4) that occurs
// along a row of outputs, padded with zeros to whole words; bytes that only fill up a word are
// multiplied by zero. The phases follow each other in the weight store, so that the store's ring
// reaches the right one for every output by itself.
//
// param: enum dwpw_simd_conv_rows_param.
// weights: [tile][phase][4 channels][kernel_h][words][4 x 4].  table: unit.h.
// scratch: one row of the input, all padding; behind it the input, each row filled up to whole
// words with padding, unless it is whole words already.
#include "conv_rows_patches.h"
#include "dwpw_check.h"
#include "dwpw_copy_run.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_conv_rows;
dwpw_kernel_check dwpw_simd_conv_rows_check;

// One row of outputs. `kernel_h`, `row_words` and `results` are known to this copy of the loop, or
// all are 0. The results of a pixel are read when the next one is already under way.
static inline __attribute__((always_inline)) void run_row(const struct patches *patches,
                                                          const int8_t *const *rows,
                                                          int8_t *to,
                                                          unsigned kernel_h,
                                                          unsigned row_words,
                                                          uint32_t results)
{
    const struct dwpw_pixel_store store = patches->store;
    const uint32_t replays = (results != 0 ? results : store.results) - 1;
    const int32_t step = patches->step;
    const int32_t inner_begin = kernel_h != 0 ? patches->inner_begin : patches->out_w;
    int32_t start = patches->start;
    int32_t x = 0;
    for (; x < inner_begin; ++x, start += step) {
        pass_any(patches, rows, start & ~3);
        dwpw_rep(replays);
        if (x != 0) {
            to = dwpw_unit_store_pixel(to, &store, results);
        }
    }
    if (kernel_h != 0) {
        const int32_t inner_end = patches->inner_end;
        const int8_t *own[DWPW_CONV_ROWS_MAX_KERNEL_H]; // in registers
#pragma GCC unroll 16
        for (unsigned row = 0; row < kernel_h; ++row) {
            own[row] = rows[row];
        }
        if (x == 0) {
            pass_inner(own, start & ~3, kernel_h, row_words);
            dwpw_rep(replays);
            ++x;
            start += step;
        }
        for (; x < inner_end; ++x, start += step) {
            pass_inner(own, start & ~3, kernel_h, row_words);
            dwpw_rep(replays);
            to = dwpw_unit_store_pixel(to, &store, results);
        }
    }
    for (; x < patches->out_w; ++x, start += step) {
        pass_any(patches, rows, start & ~3);
        dwpw_rep(replays);
        to = dwpw_unit_store_pixel(to, &store, results);
    }
    dwpw_unit_store_pixel(to, &store, results);
}

typedef void row_function(const struct patches *, const int8_t *const *, int8_t *);

static void run_row_any(const struct patches *patches, const int8_t *const *rows, int8_t *to)
{
    run_row(patches, rows, to, 0, 0, 0);
}

static void run_row_3x3_of_2(const struct patches *patches, const int8_t *const *rows, int8_t *to)
{
    run_row(patches, rows, to, 3, 3, 2);
}

static void run_row_3x3_of_4(const struct patches *patches, const int8_t *const *rows, int8_t *to)
{
    run_row(patches, rows, to, 3, 3, 4);
}

static void run_row_3x3_of_8(const struct patches *patches, const int8_t *const *rows, int8_t *to)
{
    run_row(patches, rows, to, 3, 3, 8);
}

static void run_row_3x2_of_2(const struct patches *patches, const int8_t *const *rows, int8_t *to)
{
    run_row(patches, rows, to, 3, 2, 2);
}

static void run_row_3x2_of_4(const struct patches *patches, const int8_t *const *rows, int8_t *to)
{
    run_row(patches, rows, to, 3, 2, 4);
}

static void run_row_3x2_of_8(const struct patches *patches, const int8_t *const *rows, int8_t *to)
{
    run_row(patches, rows, to, 3, 2, 8);
}

static void run_row_4x2_of_4(const struct patches *patches, const int8_t *const *rows, int8_t *to)
{
    run_row(patches, rows, to, 4, 2, 4);
}

// The stems of MobileNets have a loop of their own: 3x3 with three channels (three words per row)
// or one (two words), 8, 16 or 32 outputs; so have 4x4 windows of one channel, 16 outputs.
static row_function *choose_row(const struct patches *patches)
{
    static row_function *const of_2[] = {run_row_3x2_of_2, run_row_3x3_of_2};
    static row_function *const of_4[] = {run_row_3x2_of_4, run_row_3x3_of_4};
    static row_function *const of_8[] = {run_row_3x2_of_8, run_row_3x3_of_8};
    const int32_t longer = patches->row_words - 2;
    if (patches->kernel_h == 4 && longer == 0 && patches->store.results == 4 &&
        dwpw_stores_words(&patches->store) && patches->inner_begin < patches->inner_end) {
        return run_row_4x2_of_4;
    }
    const bool known = patches->kernel_h == 3 && (longer == 0 || longer == 1);
    if (!known || !dwpw_stores_words(&patches->store) ||
        patches->inner_begin >= patches->inner_end) {
        return run_row_any;
    }
    switch (patches->store.results) {
    case 2:
        return of_2[longer];
    case 4:
        return of_4[longer];
    case 8:
        return of_8[longer];
    default:
        return run_row_any;
    }
}

// Outputs of a row that need no padding: none of their words crosses the row's ends.
static void find_inner(struct patches *patches)
{
    const int32_t last_start = patches->row_bytes - 4 * patches->row_words;
    int32_t start = patches->start;
    int32_t x = 0;
    for (; x < patches->out_w && start < 0; ++x) {
        start += patches->step;
    }
    patches->inner_begin = x;
    for (; x < patches->out_w && (start & ~3) <= last_start; ++x) {
        start += patches->step;
    }
    patches->inner_end = x;
}

static void run_tile(const struct dwpw_operator *op,
                     const struct patches *patches,
                     const int8_t *input,
                     const int8_t *padding,
                     int8_t *output)
{
    row_function *run = choose_row(patches);
    const int8_t *rows[DWPW_CONV_ROWS_MAX_KERNEL_H];
    for (int32_t y = 0; y < op->out_h; ++y, output += patches->out_w * patches->store.out_c) {
        for (int32_t row = 0; row < patches->kernel_h; ++row) {
            const int32_t in_y = y * op->stride_h - op->pad_top + row;
            rows[row] =
                (uint32_t)in_y < (uint32_t)op->in_h ? input + in_y * patches->row_bytes : padding;
        }
        dwpw_set_weights(0, (uint32_t)(op->param[DWPW_SIMD_CONV_ROWS_PARAM_PHASES] *
                                       patches->kernel_h * patches->row_words) *
                                    patches->store.results -
                                1);
        run(patches, rows, output);
    }
}

// The input with rows that are whole words: itself, or a copy.
static const int8_t *
aligned_input(const struct dwpw_operator *op, const struct dwpw_memory *memory, int8_t *copy)
{
    const int8_t *from = dwpw_tensor(memory, op->input);
    const int32_t bytes = op->in_w * op->in_c;
    const int32_t row_bytes = dwpw_round_up(bytes, DWPW_TAPS);
    int8_t *to = copy;
    if (bytes == row_bytes) {
        return from;
    }
    for (int32_t row = 0; row < op->in_h; ++row) {
        to = copy_run(to, from, (uint32_t)bytes);
        to = fill_run(to, (int8_t)-op->input_offset, (uint32_t)(row_bytes - bytes));
        from += bytes;
    }
    return copy;
}

void dwpw_simd_conv_rows(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    dwpw_word *padding = (dwpw_word *)(void *)dwpw_tensor(memory, op->scratch);
    struct patches patches = {
        .kernel_h = op->kernel_h,
        .row_words = op->param[DWPW_SIMD_CONV_ROWS_PARAM_ROW_WORDS],
        .row_bytes = dwpw_round_up(op->in_w * op->in_c, DWPW_TAPS),
        .step = op->stride_w * op->in_c,
        .start = -op->pad_left * op->in_c,
        .out_w = op->out_w,
        .store.out_c = op->out_c,
        .zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u,
    };
    find_inner(&patches);
    for (int32_t word = 0; word < patches.row_bytes / 4; ++word) {
        padding[word] = patches.zero;
    }
    const int8_t *input = aligned_input(op, memory, (int8_t *)padding + patches.row_bytes);
    dwpw_unit_output(op);
    for (int32_t channel = 0; channel < op->out_c; channel += (int32_t)patches.store.channels) {
        const int32_t left = op->out_c - channel;
        patches.store.channels =
            (uint32_t)(left < op->param[DWPW_SIMD_CONV_ROWS_PARAM_TILE_CHANNELS]
                           ? left
                           : op->param[DWPW_SIMD_CONV_ROWS_PARAM_TILE_CHANNELS]);
        patches.store.results = (patches.store.channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
        const uint32_t entries =
            (uint32_t)(op->param[DWPW_SIMD_CONV_ROWS_PARAM_PHASES] * op->kernel_h *
                       op->param[DWPW_SIMD_CONV_ROWS_PARAM_ROW_WORDS]) *
            patches.store.results;
        dwpw_seek(0, 0);
        dwpw_unit_load_weights(weights, entries);
        dwpw_unit_load_scales(scales, patches.store.results);
        dwpw_set_params(0, patches.store.results - 1);
        run_tile(op, &patches, input, (const int8_t *)padding,
                 dwpw_tensor(memory, op->output) + channel);
        weights += entries * DWPW_GROUPS;
        scales += patches.store.results * DWPW_SCALE_WORDS;
    }
}

// Start addresses modulo 4 along a row of outputs, until they repeat, and the words that a row of
// a window takes at most.
static bool phases_are_right(const struct dwpw_operator *op)
{
    const int64_t step = (int64_t)op->stride_w * op->in_c;
    const int64_t row_bytes = (int64_t)op->kernel_w * op->in_c;
    const int32_t phases = step % 4 == 0 ? 1 : step % 2 == 0 ? 2 : 4;
    int64_t start = -(int64_t)op->pad_left * op->in_c;
    int64_t longest = 0;

    for (int32_t phase = 0; phase < phases; ++phase, start += step) {
        const int64_t bytes = (start & 3) + row_bytes;
        longest = bytes > longest ? bytes : longest;
    }
    return op->param[DWPW_SIMD_CONV_ROWS_PARAM_PHASES] == phases &&
           op->param[DWPW_SIMD_CONV_ROWS_PARAM_ROW_WORDS] == (longest + 3) / 4;
}

// The sizes of a patch; its words are few enough for `rep` to replay them. A firmware that is to
// do without `rep` has no patch, but this kernel cannot.
static const char *check_patch(const struct dwpw_operator *op)
{
    const uint64_t words =
        dwpw_product(op->kernel_h, op->param[DWPW_SIMD_CONV_ROWS_PARAM_ROW_WORDS], 1, 1);

    return dwpw_unless(DWPW_PATCH_WORDS == 0 || words <= DWPW_PATCH_WORDS, "patch");
}

const char *dwpw_simd_conv_rows_check(const struct dwpw_operator *op,
                                      const struct dwpw_memory *memory)
{
    const int32_t row_bytes = dwpw_round_up(op->in_w * op->in_c, DWPW_TAPS);
    const bool copied = row_bytes != op->in_w * op->in_c;
    const uint64_t scratch = dwpw_product(copied ? op->in_h + 1 : 1, row_bytes, 1, 1);
    const int32_t row_words = op->param[DWPW_SIMD_CONV_ROWS_PARAM_ROW_WORDS];
    const int32_t phases = op->param[DWPW_SIMD_CONV_ROWS_PARAM_PHASES];
    const int32_t groups = dwpw_round_up(op->out_c, DWPW_GROUPS) / DWPW_GROUPS;
    const char *const shape[] = {
        dwpw_check_window(op),
        dwpw_unless(op->dilation_h == 1 && op->dilation_w == 1, "window"),
        dwpw_unless(op->kernel_h <= DWPW_CONV_ROWS_MAX_KERNEL_H, "kernel_h"),
        dwpw_unless(phases_are_right(op), "phases"),
    };
    const char *wrong = dwpw_first_wrong(shape, sizeof(shape) / sizeof(shape[0]));

    if (wrong != NULL) {
        return wrong;
    }
    const uint64_t entries = dwpw_product(phases, op->kernel_h, row_words, 1);
    const char *const sizes[] = {
        check_patch(op),
        unit_tile_check(op->param[DWPW_SIMD_CONV_ROWS_PARAM_TILE_CHANNELS], entries),
        unit_constants_check(op, memory, dwpw_product(phases * groups, op->kernel_h, row_words, 1),
                             op->out_c),
        dwpw_unless(op->scratch.size >= scratch, "scratch"),
    };

    return dwpw_first_wrong(sizes, sizeof(sizes) / sizeof(sizes[0]));
}
