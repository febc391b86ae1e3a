// Walks along rows of the input itself, for windows of five lines and two segments with history:
// no tile is copied, and what a strip of outputs reads stays in the D$ for the groups and rows of
// outputs that follow. All words of an output pass in pairs, each from a pointer of its own.
//
// A file of its own, apart from other walks: where those lie in the I$ does not depend on this one.
#include "depthwise_rows.h"

#include "depthwise_pass.h"

// A row of outputs: its walk, and where the lines of its windows begin, padding among them.
struct row_walk {
    struct walk walk;
    const int8_t *lines[ROWS_LINES];
};

// The words of output `x`, `group` bytes behind the first channels.
static inline __attribute__((always_inline)) void
find_row_words(const int8_t **from, const struct row_walk *row, int32_t x, int32_t group)
{
    const struct walk *walk = &row->walk;
#pragma GCC unroll 2
    for (unsigned segment = 0; segment < ROWS_SEGMENTS; ++segment) {
        const int32_t at = walk->first + walk->offsets[segment] + x * walk->step;
        const bool inside = (uint32_t)at < walk->length;
#pragma GCC unroll 5
        for (unsigned line = 0; line < ROWS_LINES; ++line) {
            const int8_t *word = inside ? row->lines[line] + at : walk->padding;
            from[segment * ROWS_LINES + line] = opaque_pointer(word + group);
        }
    }
}

// Loads and passes the words of known groups.
static inline __attribute__((always_inline)) void
pass_rows(const int8_t *const *from, unsigned groups, enum way way)
{
#pragma GCC unroll 4
    for (unsigned group = 0; group < groups; ++group) {
        uint32_t words[ROWS_WORDS];
#pragma GCC unroll 16
        for (unsigned word = 0; word < ROWS_WORDS; ++word) {
            words[word] = ((const dwpw_word *)(const void *)from[word])[group];
        }
        keep_words(words, ROWS_WORDS);
        pass_words(words, ROWS_WORDS, way, way == MEET);
    }
}

// All outputs of a row, for known groups. Results are read when the next output is under way.
static inline __attribute__((always_inline)) void
walk_row(const struct row_walk *row, int8_t *to, uint32_t entry, int32_t group, unsigned groups)
{
    const struct walk *walk = &row->walk;
    const uint32_t last_entry = entry + groups * ROWS_WORDS - 1;
    const uint32_t begin = walk->begin + 1, end = walk->end; // of outputs one step behind others
    const uint32_t inner = end > begin ? end - begin : 0;
    const int8_t *from[ROWS_WORDS];
    int8_t *waiting = NULL;
    dwpw_set_weights(entry, last_entry);
    for (int32_t x = -DWPW_HISTORY_WORDS; x < 0; ++x) {
        find_row_words(from, row, x, group);
        pass_rows(from, groups, REMEMBER);
        dwpw_set_weights(entry, last_entry);
    }
    find_row_words(from, row, 0, group);
    for (uint32_t x = 1; x <= walk->outputs; ++x, to += walk->out_step) {
        pass_rows(from, groups, MEET);
        if (__builtin_expect(x - begin < inner, 1)) {
#pragma GCC unroll 16
            for (unsigned word = 0; word < ROWS_WORDS; ++word) {
                from[word] = opaque_pointer(from[word] + walk->step);
            }
        } else if (x < walk->outputs) {
            find_row_words(from, row, (int32_t)x, group);
        }
        if (__builtin_expect(waiting != NULL, 1)) {
            dwpw_unit_store_known((dwpw_word *)(void *)waiting, groups);
        }
        waiting = to;
    }
    dwpw_unit_store_known((dwpw_word *)(void *)waiting, groups);
}

// In this order the I$ holds what most layers take.
static __attribute__((noinline)) void
walk_row_of_1(const struct row_walk *row, int8_t *to, uint32_t entry, int32_t group)
{
    walk_row(row, to, entry, group, 1);
}

static __attribute__((noinline)) void
walk_row_of_2(const struct row_walk *row, int8_t *to, uint32_t entry, int32_t group)
{
    walk_row(row, to, entry, group, 2);
}

static __attribute__((noinline)) void
walk_row_of_4(const struct row_walk *row, int8_t *to, uint32_t entry, int32_t group)
{
    walk_row(row, to, entry, group, ROWS_GROUPS);
}

// All groups of the block.
static inline void walk_row_groups(const struct row_walk *row, int8_t *to)
{
    const uint32_t all = row->walk.channels / DWPW_GROUPS;
    uint32_t groups;
    for (uint32_t group = 0; group < all; group += groups, to += groups * DWPW_GROUPS) {
        const uint32_t entry = group * ROWS_WORDS, left = all - group;
        const int32_t bytes = (int32_t)(group * DWPW_GROUPS);
        groups = left >= ROWS_GROUPS ? ROWS_GROUPS : left >= 2 ? 2 : 1;
        dwpw_set_params(group, group + groups - 1);
        if (groups == ROWS_GROUPS) {
            walk_row_of_4(row, to, entry, bytes);
        } else if (groups == 2) {
            walk_row_of_2(row, to, entry, bytes);
        } else {
            walk_row_of_1(row, to, entry, bytes);
        }
    }
}

// Finds the lines of row `y` of outputs; those beyond the input are the padding.
static void
find_lines(struct row_walk *row, const struct window_axis *down, const int8_t *input, int32_t y)
{
    int32_t at = y * down->stride - down->pad;
    for (unsigned line = 0; line < ROWS_LINES; ++line, at += down->dilation) {
        const bool inside = (uint32_t)at < (uint32_t)down->in;
        row->lines[line] = inside ? input + at * down->in_step : row->walk.padding;
    }
}

// Makes the padding, and tells the walk of it.
static void find_rows(const struct window *window, struct walk *walk, dwpw_word *padding)
{
    const struct window_axis *along = &window->along;
    const uint32_t zero = ((uint32_t)-window->op->input_offset & 0xFF) * 0x01010101u;
    walk->length = (uint32_t)(along->in * along->in_step);
    walk->padding = (const int8_t *)padding;
    for (uint32_t left = rows_padding_bytes(window); left > 0; left -= DWPW_GROUPS) {
        *padding++ = zero;
    }
}

// Walks over all outputs, strip by strip, for the channels that lie in the unit.
static __attribute__((noinline)) void
run_rows(const struct window *window, const struct walk *walk, const int8_t *input, int8_t *output)
{
    const struct window_axis *down = &window->down, *along = &window->along;
    struct row_walk row = {.walk = *walk};
    for (int32_t x = 0; x < along->out; x += along->tile) {
        row.walk.outputs = (uint32_t)min_i32(along->tile, along->out - x);
        row.walk.first = (x * along->stride - along->pad) * along->in_step;
        find_inside(&row.walk);
        for (int32_t y = 0; y < down->out; ++y) {
            find_lines(&row, down, input, y);
            walk_row_groups(&row, output + y * down->out_step + x * along->out_step);
        }
    }
}

void depthwise_rows(const struct window *window,
                    const struct walk *walk,
                    const struct dwpw_memory *memory)
{
    const struct dwpw_operator *op = window->op;
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    const uint32_t most =
        (uint32_t)op->param[DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_BLOCK_GROUPS] * DWPW_GROUPS;
    struct walk of_block = *walk;
    find_rows(window, &of_block, (dwpw_word *)(void *)dwpw_tensor(memory, op->scratch));
    dwpw_unit_output(op);
    for (uint32_t first = 0; first < (uint32_t)op->out_c; first += of_block.channels) {
        const uint32_t left = (uint32_t)op->out_c - first;
        of_block.channels = left < most ? left : most;
        const uint32_t groups = of_block.channels / DWPW_GROUPS;
        dwpw_seek(0, 0);
        dwpw_unit_load_weights(weights, groups * ROWS_WORDS);
        dwpw_unit_load_scales(scales, groups);
        run_rows(window, &of_block, dwpw_tensor(memory, op->input) + first,
                 dwpw_tensor(memory, op->output) + first);
        weights += groups * ROWS_WORDS * DWPW_GROUPS;
        scales += groups * DWPW_SCALE_WORDS;
    }
}
