// DEPTHWISE_CONV_2D of any window, stride, padding, dilation and depth multiplier, any channels.
//
// A tile of the input is copied, up to 32 channels of it, and walked over group by group of four
// channels, along rows or along columns (depthwise_tile.h, depthwise_walk.h). "Line" and "column"
// below are those of the window as the walk sees them: it walks from column to column. Windows of
// one line, and some of five (depthwise_rows.c), walk over the input itself.
//
// param: enum dwpw_simd_depthwise_window_param.
// weights: [c / 4][segments][lines][4 x 4].  table: unit.h.
// shift: int32 [segments], where in the tile they read, in bytes from the first pixel of a window.
// scratch: a tile, or padding: a pixel of it, and a line for windows of several.
#include "depthwise_axes.h"
#include "depthwise_rows.h"
#include "depthwise_walk_loops.h"
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_depthwise_window;
dwpw_kernel_check dwpw_simd_depthwise_window_check;

// Whether the walk goes over the input itself.
static bool is_direct(const struct window *window)
{
    return window->pitch == 0;
}

// Whether windows along the walk reach beyond the input.
static bool pads(const struct window *window)
{
    const struct window_axis *along = &window->along;
    return along->pad != 0 || seen_by(along, along->out) > along->in;
}

// Bytes from column to column where the walk goes.
static int32_t column_step(const struct window *window)
{
    return is_direct(window) ? window->along.in_step : window->pitch;
}

// How the walk goes, but for where.
static struct walk walk_of(const struct window *window)
{
    const struct dwpw_operator *op = window->op;
    const uint32_t meeting = (uint32_t)parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_WITH_HISTORY);
    return (struct walk){
        .meeting = meeting,
        .taps = (uint32_t)parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_SEGMENTS) - meeting,
        .lines = (uint32_t)window->down.kernel,
        .step = window->along.stride * column_step(window),
        .out_step = window->along.out_step,
        .group_entries = window->group_entries,
        .at_once = (uint32_t)parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_AT_ONCE),
        .words = op->out_c % DWPW_GROUPS == 0,
    };
}

// `lines` lines of outputs of a tile that lies in the scratch.
static void run_tile(const struct window *window,
                     const struct walk *walk,
                     const int8_t *tile,
                     int8_t *output,
                     int32_t lines)
{
    const struct window_axis *down = &window->down;
    const int32_t together = lines_together(down);
    walk_line *const run = find_walk(walk);
    for (int32_t line = 0; line < lines; ++line, output += down->out_step) {
        int32_t first = line * down->stride;
        if (down->dilation != 1) {
            first = first % down->dilation * together + first / down->dilation;
        }
        run(walk, tile + first * PIXEL_BYTES, output);
    }
}

// Walks over the input, for the channels that lie in the unit.
static void
run_direct(const struct window *window, struct walk *walk, const int8_t *input, int8_t *output)
{
    const struct window_axis *down = &window->down;
    walk_line *const run = find_walk(walk);
    for (int32_t line = 0; line < down->out; ++line) {
        run(walk, input, output);
        input += down->stride * down->in_step;
        output += down->out_step;
    }
}

// A walk over the input. `padding`: where a pixel of it is made, where there is any.
static void
find_direct(const struct window *window, struct walk *walk, const int8_t *input, dwpw_word *padding)
{
    const struct window_axis *along = &window->along;
    const uint32_t zero = ((uint32_t)-window->op->input_offset & 0xFF) * 0x01010101u;
    walk->outputs = (uint32_t)along->out;
    walk->first = -along->pad * along->in_step;
    walk->length = (uint32_t)(along->in * along->in_step);
    walk->padding = pads(window) ? (const int8_t *)padding : input;
    find_inside(walk);
    for (uint32_t word = 0; pads(window) && word < PIXEL_WORDS; ++word) {
        padding[word] = zero;
    }
}

// A walk over a tile, which has its padding.
static void find_in_tile(struct walk *walk, const int8_t *tile)
{
    walk->first = 0;
    walk->length = DWPW_MAX_BYTES;
    walk->padding = tile;
    walk->begin = 0;
}

// Copies and computes tile by tile, for the channels that lie in the unit.
static void run_block(const struct window *window,
                      struct walk *walk,
                      struct tile_source *source,
                      int8_t *scratch,
                      int8_t *output)
{
    const struct window_axis *down = &window->down, *along = &window->along;
    const int32_t together = lines_together(down);
    struct tile_side lines = {
        .in_step = down->in_step,
        .step = together * PIXEL_BYTES,
        .period = down->dilation,
        .back = (down->dilation * together - 1) * PIXEL_BYTES,
    };
    struct tile_side columns = {
        .in_step = along->in_step,
        .step = window->pitch,
        .period = 1,
        .back = 0,
    };
    for (int32_t y = 0; y < down->out; y += down->tile) {
        const int32_t high = min_i32(down->tile, down->out - y);
        find_side(&lines, y * down->stride - down->pad, seen_by(down, high), down->in);
        for (int32_t x = 0; x < along->out; x += along->tile) {
            const int32_t wide = min_i32(along->tile, along->out - x);
            find_side(&columns, x * along->stride - along->pad, seen_by(along, wide), along->in);
            if (window->walk_down) {
                copy_tile(scratch, &columns, &lines, source);
            } else {
                copy_tile(scratch, &lines, &columns, source);
            }
            source->padded = wide == along->out && high == down->out;
            walk->outputs = walk->end = (uint32_t)wide;
            run_tile(window, walk, scratch, output + y * down->out_step + x * along->out_step,
                     high);
        }
    }
}

// Where the block of output channels from `first` on comes from.
static void find_source(struct tile_source *source,
                        const struct dwpw_operator *op,
                        const struct dwpw_memory *memory,
                        uint32_t first)
{
    const uint32_t most =
        (uint32_t)parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_BLOCK_GROUPS) * DWPW_GROUPS;
    const uint32_t left = (uint32_t)op->out_c - first;
    source->multiplier = (uint32_t)op->depth_multiplier;
    source->channels = left < most ? left : most;
    source->groups = (source->channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
    source->input = dwpw_tensor(memory, op->input) + first / source->multiplier;
    source->turn = first % source->multiplier;
    source->zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u;
    source->words = op->depth_multiplier == 1 && op->in_c % DWPW_GROUPS == 0;
}

void dwpw_simd_depthwise_window(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    struct window window;
    struct tile_source source = {.padded = false};
    find_axes(&window, op);
    struct walk walk = walk_of(&window);
    walk.offsets = dwpw_words(memory, op->shift);
    int8_t *scratch = dwpw_tensor(memory, op->scratch);
    if (is_direct(&window) && window.down.kernel != 1) {
        depthwise_rows(&window, &walk, memory); // as a whole, so that this file's I$ lines stay
        return;
    }
    if (is_direct(&window)) {
        find_direct(&window, &walk, dwpw_tensor(memory, op->input), (dwpw_word *)(void *)scratch);
    } else {
        find_in_tile(&walk, scratch);
    }
    dwpw_unit_output(op);
    for (uint32_t first = 0; first < (uint32_t)op->out_c; first += source.channels) {
        find_source(&source, op, memory, first);
        walk.channels = source.channels;
        dwpw_seek(0, 0);
        dwpw_unit_load_weights(weights, source.groups * window.group_entries);
        dwpw_unit_load_scales(scales, source.groups);
        int8_t *output = dwpw_tensor(memory, op->output) + first;
        if (is_direct(&window)) {
            run_direct(&window, &walk, source.input, output);
        } else {
            run_block(&window, &walk, &source, scratch, output);
        }
        weights += source.groups * window.group_entries * DWPW_GROUPS;
        scales += source.groups * DWPW_SCALE_WORDS;
    }
}

// A block lies in the unit as a whole, its groups in the lines of a tile. What passes together has
// rows of history, and the results of DWPW_PIXELS_UNDER_WAY outputs wait at the same time.
static bool block_fits(const struct dwpw_operator *op, uint64_t lines)
{
    const int32_t groups = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_BLOCK_GROUPS);
    const int32_t at_once = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_AT_ONCE);
    const int32_t segments = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_SEGMENTS);
    const int32_t history = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_WITH_HISTORY);

    const bool over_rows = lines > 1 && parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_PITCH) == 0;
    const int32_t most = over_rows ? DWPW_DEPTHWISE_BLOCK_GROUPS : DWPW_BLOCK_GROUPS;

    return groups >= 1 && groups <= most && groups * DWPW_GROUPS <= DWPW_PARAM_CHANNELS &&
           segments >= 1 && segments <= DWPW_STORE_ENTRIES && history >= 0 && history <= segments &&
           (uint64_t)(groups * segments) * lines <= DWPW_STORE_ENTRIES && at_once >= 1 &&
           at_once <= groups && (at_once == 1 || history == segments) &&
           (uint64_t)(at_once * history) * lines <= DWPW_ROWS &&
           at_once * DWPW_PIXELS_UNDER_WAY <= DWPW_RESULTS;
}

// Windows whose loop finds the padding, and what it needs of it in the scratch.
static bool finds_padding(const struct dwpw_operator *op, const struct window *window)
{
    const struct walk walk = walk_of(window);
    if (window->down.kernel == 1) {
        return find_walk(&walk) != walk_unknown && op->scratch.size >= PIXEL_BYTES;
    }
    return has_rows_loop(&walk) && !window->walk_down && window->along.tile >= 1 &&
           op->scratch.size >= rows_padding_bytes(window);
}

// Walks over the input, of whole words of channels.
static bool lies_in_lines(const struct dwpw_operator *op, const struct window *window)
{
    const struct window_axis *along = &window->along;
    const uint64_t seen = (uint64_t)(along->out - 1) * (uint32_t)along->stride +
                          (uint64_t)(along->kernel - 1) * (uint32_t)along->dilation + 1;
    const uint64_t reach = seen + (uint64_t)(DWPW_HISTORY_WORDS * (uint64_t)along->stride);
    const bool inside = window->down.kernel == 1 && along->pad == 0 && seen <= (uint64_t)along->in;
    return op->depth_multiplier == 1 && op->in_c % DWPW_GROUPS == 0 &&
           reach * (uint64_t)along->in_step <= DWPW_MAX_BYTES &&
           dwpw_product(along->pad, along->in_step, 1, 1) <= DWPW_MAX_BYTES &&
           (inside || finds_padding(op, window));
}

// Tiles of whole lines of the D$, which the scratch holds.
static bool tile_fits(const struct dwpw_operator *op)
{
    struct window window;
    find_axes(&window, op);
    const struct window_axis *down = &window.down, *along = &window.along;
    if (is_direct(&window)) {
        return lies_in_lines(op, &window);
    }
    if (along->tile < 1 || down->tile < 1 || window.pitch < 1 || window.pitch > DWPW_MAX_BYTES) {
        return false;
    }
    const uint64_t high = dwpw_product(lines_together(down), down->dilation, PIXEL_BYTES, 1);
    const int32_t wide = seen_by(along, min_i32(along->tile, along->out));
    return window.pitch % PIXEL_BYTES == 0 && high <= (uint64_t)window.pitch &&
           dwpw_product(wide, window.pitch, 1, 1) <= op->scratch.size &&
           dwpw_product(along->stride, window.pitch, DWPW_HISTORY_WORDS, 1) <= DWPW_MAX_BYTES;
}

// Segments read inside a window.
static bool offsets_fit(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int32_t *offsets = dwpw_words(memory, op->shift);
    const int32_t segments = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_SEGMENTS);
    struct window window;
    find_axes(&window, op);
    const int32_t most = (window.along.kernel - 1) * window.along.dilation * column_step(&window);
    for (int32_t segment = 0; segment < segments; ++segment) {
        if (offsets[segment] < 0 || offsets[segment] > most ||
            offsets[segment] % (int32_t)sizeof(dwpw_word) != 0) {
            return false;
        }
    }
    return true;
}

const char *dwpw_simd_depthwise_window_check(const struct dwpw_operator *op,
                                             const struct dwpw_memory *memory)
{
    const bool down = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_WALK_DOWN) != 0;
    const int32_t lines = down ? op->kernel_w : op->kernel_h;
    const int32_t segments = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_SEGMENTS);
    const int32_t groups = dwpw_round_up(op->out_c, DWPW_GROUPS) / DWPW_GROUPS;
    const char *wrong = dwpw_check_window(op);
    if (wrong == NULL) {
        const char *const sizes[] = {
            dwpw_unless(dwpw_product(op->in_c, op->depth_multiplier, 1, 1) == (uint64_t)op->out_c,
                        "channels"),
            dwpw_unless(block_fits(op, (uint64_t)lines), "block"),
            dwpw_unless(tile_fits(op), "scratch"),
            unit_constants_check(op, memory, dwpw_product(lines, segments, groups, 1), op->out_c),
            dwpw_unless(op->shift.size == (uint64_t)segments * sizeof(int32_t), "shift"),
        };
        wrong = dwpw_first_wrong(sizes, sizeof(sizes) / sizeof(sizes[0]));
    }
    if (wrong == NULL) {
        wrong = dwpw_unless(offsets_fit(op, memory), "shift");
    }
    return wrong;
}
