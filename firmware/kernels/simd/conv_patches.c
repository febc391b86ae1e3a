// CONV_2D of any window, stride, padding and dilation: input channels a multiple of four.
//
// A window passes line by line from the input. Those that reach beyond it, or whose taps lie apart,
// pass from strips of the input that are copied with their padding: of a row of outputs, or of a
// column. Where the extension remembers a whole window it replays it for the other results, else
// the window passes again.
//
// param: enum dwpw_simd_conv_patches_param.
// weights: [out_c / 4][kernel_h][kernel_w][in_c / 4][4 x 4].  table: unit.h.
// scratch: the largest strip.
#include "conv_patches_loops.h"
#include "conv_patches_strips.h"
#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_conv_patches;
dwpw_kernel_check dwpw_simd_conv_patches_check;

// Outputs along one axis, from `begin` to before `end`.
struct span {
    int32_t begin;
    int32_t end;
};

static inline bool has(struct span span, int32_t output)
{
    return output >= span.begin && output < span.end;
}

// Those whose windows, `reach` pixels long, lie inside the input.
static struct span
outputs_inside(int32_t outputs, int32_t inputs, int32_t pad, int32_t stride, int32_t reach)
{
    const int32_t room = inputs + pad - reach;
    const int32_t begin = min_i32((pad + stride - 1) / stride, outputs);
    const int32_t end = room < 0 ? 0 : min_i32(room / stride + 1, outputs);
    return (struct span){begin, end > begin ? end : begin};
}

// A tile of output channels, whose weights lie in the store.
struct tile {
    struct source source;
    dwpw_word *strip;
    int8_t *output;
    struct span rows;    // with windows from strips of their own where they lie outside
    struct span columns; // the same for the other rows
    struct windows windows;
};

static unit_tail_loops *const LOOPS[8] = {
    dwpw_simd_conv_patches_tail_1, dwpw_simd_conv_patches_tail_2, dwpw_simd_conv_patches_tail_3,
    dwpw_simd_conv_patches_tail_4, dwpw_simd_conv_patches_tail_5, dwpw_simd_conv_patches_tail_6,
    dwpw_simd_conv_patches_tail_7, dwpw_simd_conv_patches_tail_8,
};

// Runs windows of which the first one's result goes to row `y` and column `x`.
static void run_from(const struct tile *tile, struct windows windows, int32_t y, int32_t x)
{
    const struct dwpw_operator *op = tile->source.op;
    windows.to = tile->output + (y * op->out_w + x) * op->out_c;
    unit_run(LOOPS, &windows, windows.line, &windows.store);
}

// Runs the windows that lie inside the input.
static void run_inside(const struct tile *tile)
{
    const struct dwpw_operator *op = tile->source.op;
    const int32_t row_bytes = op->in_w * op->in_c;
    const int32_t x = tile->columns.begin;
    struct windows windows = tile->windows;
    windows.count = tile->columns.end - x;
    windows.step = (uint32_t)(op->stride_w * op->in_c);
    windows.to_step = (uint32_t)op->out_c;
    windows.line_step = (uint32_t)op->dilation_h * (uint32_t)row_bytes;
    for (int32_t y = tile->rows.begin; windows.count > 0 && y < tile->rows.end; ++y) {
        windows.from = tile->source.input + (y * op->stride_h - op->pad_top) * row_bytes +
                       (x * op->stride_w - op->pad_left) * op->in_c;
        run_from(tile, windows, y, x);
    }
}

// Runs all windows of a row from a strip of their lines.
static void run_row(const struct tile *tile, int32_t y)
{
    const struct dwpw_operator *op = tile->source.op;
    const int32_t length = (op->out_w - 1) * op->stride_w + op->kernel_w;
    struct pixels line = {y * op->stride_h - op->pad_top, -op->pad_left, length, 1};
    struct windows windows = tile->windows;
    dwpw_word *to = tile->strip;
    for (int32_t left = op->kernel_h; left > 0; --left, line.y += op->dilation_h) {
        to = copy_pixels(to, &tile->source, line);
    }
    windows.from = (const int8_t *)tile->strip;
    windows.count = op->out_w;
    windows.step = (uint32_t)(op->stride_w * op->in_c);
    windows.to_step = (uint32_t)op->out_c;
    windows.line_step = (uint32_t)(length * op->in_c);
    run_from(tile, windows, y, 0);
}

// Runs the windows of a column, but those of other rows, from a strip of their taps.
static void run_column(const struct tile *tile, int32_t x)
{
    const struct dwpw_operator *op = tile->source.op;
    const uint32_t line_bytes = (uint32_t)(op->kernel_w * op->in_c);
    const int32_t count = tile->rows.end - tile->rows.begin;
    const int32_t lines = (count - 1) * op->stride_h + (op->kernel_h - 1) * op->dilation_h + 1;
    struct pixels taps = {tile->rows.begin * op->stride_h - op->pad_top,
                          x * op->stride_w - op->pad_left, op->kernel_w, op->dilation_w};
    struct windows windows = tile->windows;
    dwpw_word *to = tile->strip;
    for (int32_t left = lines; left > 0; --left, ++taps.y) {
        to = copy_pixels(to, &tile->source, taps);
    }
    windows.from = (const int8_t *)tile->strip;
    windows.count = count;
    windows.step = (uint32_t)op->stride_h * line_bytes;
    windows.to_step = (uint32_t)(op->out_w * op->out_c);
    windows.line_step = (uint32_t)op->dilation_h * line_bytes;
    run_from(tile, windows, tile->rows.begin, x);
}

static void run_tile(const struct tile *tile)
{
    const struct dwpw_operator *op = tile->source.op;
    run_inside(tile);
    for (int32_t y = 0; y < op->out_h; ++y) {
        if (!has(tile->rows, y)) {
            run_row(tile, y);
        }
    }
    for (int32_t x = 0; tile->rows.begin < tile->rows.end && x < op->out_w; ++x) {
        if (!has(tile->columns, x)) {
            run_column(tile, x);
        }
    }
    dwpw_unit_store_pixel(*tile->windows.waiting, &tile->windows.store, 0);
}

// All outputs, divided into windows inside the input, rows and columns. Taps that lie apart along
// lines lie side by side in columns only.
static struct tile divided(const struct dwpw_operator *op)
{
    const int32_t reach = (op->kernel_h - 1) * op->dilation_h + 1;
    if (op->dilation_w != 1) {
        return (struct tile){.rows = {0, op->out_h}, .columns = {0, 0}};
    }
    return (struct tile){
        .rows = outputs_inside(op->out_h, op->in_h, op->pad_top, op->stride_h, reach),
        .columns = outputs_inside(op->out_w, op->in_w, op->pad_left, op->stride_w, op->kernel_w),
    };
}

void dwpw_simd_conv_patches(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    const uint32_t out_c = (uint32_t)op->out_c;
    const uint32_t most = (uint32_t)op->param[DWPW_SIMD_CONV_PATCHES_PARAM_TILE_CHANNELS];
    const uint32_t line = (uint32_t)(op->kernel_w * op->in_c) / DWPW_TAPS;
    const uint32_t words = (uint32_t)op->kernel_h * line;
    struct tile tile = divided(op);
    struct dwpw_pixel_store *store = &tile.windows.store;
    int8_t *waiting;
    tile.source = (struct source){
        .op = op,
        .input = dwpw_tensor(memory, op->input),
        .zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u,
    };
    tile.strip = (dwpw_word *)(void *)dwpw_tensor(memory, op->scratch);
    tile.windows.waiting = &waiting;
    tile.windows.lines = op->kernel_h;
    tile.windows.line = line;
    tile.windows.replay = words <= DWPW_PATCH_WORDS;
    store->out_c = op->out_c;
    dwpw_unit_output(op);
    for (uint32_t channel = 0; channel < out_c; channel += store->channels) {
        const uint32_t left = out_c - channel;
        store->channels = left < most ? left : most;
        store->results = (store->channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
        waiting = NULL;
        tile.output = dwpw_tensor(memory, op->output) + channel;
        dwpw_unit_load_tile(weights, store->results * words, scales, store->results);
        weights += store->results * words * DWPW_GROUPS;
        scales += store->results * DWPW_SCALE_WORDS;
        run_tile(&tile);
    }
}

const char *dwpw_simd_conv_patches_check(const struct dwpw_operator *op,
                                         const struct dwpw_memory *memory)
{
    const int32_t pixel_words = op->in_c / DWPW_TAPS;
    const int32_t groups = dwpw_round_up(op->out_c, DWPW_GROUPS) / DWPW_GROUPS;
    const uint64_t words = dwpw_product(op->kernel_h, op->kernel_w, pixel_words, 1);
    const int32_t row = unit_pixels_along(op->out_w, op->stride_w, op->kernel_w, op->dilation_w);
    const int32_t column = unit_pixels_along(op->out_h, op->stride_h, op->kernel_h, op->dilation_h);
    const char *const wrong[] = {
        dwpw_check_window(op),
        dwpw_unless(op->in_c % DWPW_TAPS == 0, "channels"),
        unit_tile_check(op->param[DWPW_SIMD_CONV_PATCHES_PARAM_TILE_CHANNELS], words),
        unit_constants_check(
            op, memory, dwpw_product(op->kernel_h, op->kernel_w, pixel_words, groups), op->out_c),
        dwpw_unless(op->scratch.size >= dwpw_product(op->kernel_h, row, op->in_c, 1), "scratch"),
        dwpw_unless(op->scratch.size >= dwpw_product(op->kernel_w, column, op->in_c, 1), "scratch"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
