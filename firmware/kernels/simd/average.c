// AVERAGE_POOL_2D whose windows lie inside the input, and MEAN over H and W, which is one window as
// large as the input: channels a multiple of four.
//
// The store holds the identity, so that the dot products of a word add its channels to the four
// accumulators; requantising divides.
//
// weights: [4 x 4].  table: unit.h, for all channels.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_average;
dwpw_kernel_check dwpw_simd_average_check;

// A window of the input; whole lines of it count as one.
struct window {
    int32_t lines;
    int32_t columns;
    int32_t line_step;   // bytes from line to line
    int32_t column_step; // and from pixel to pixel
};

static inline __attribute__((always_inline)) uint32_t word_at(const int8_t *from)
{
    return *(const dwpw_word *)(const void *)from;
}

// Passes four channels of a line; `last`: they complete a result.
static inline __attribute__((always_inline)) void
pass_line(const int8_t *from, int32_t columns, int32_t step, bool last)
{
    for (; columns > 8; columns -= 8) {
        uint32_t words[8];
#pragma GCC unroll 16
        for (unsigned word = 0; word < 8; ++word, from += step) {
            words[word] = word_at(from);
        }
#pragma GCC unroll 16
        for (unsigned word = 0; word < 8; ++word) {
            words[word] = opaque_word(words[word]);
        }
#pragma GCC unroll 16
        for (unsigned word = 0; word < 8; word += 2) {
            dwpw_dot2(words[word], words[word + 1]);
        }
    }
    for (; columns > 2; columns -= 2, from += 2 * step) {
        dwpw_dot2(word_at(from), word_at(from + step));
    }
    if (columns == 2 && last) {
        dwpw_dot2_last(word_at(from), word_at(from + step));
    } else if (columns == 2) {
        dwpw_dot2(word_at(from), word_at(from + step));
    } else if (last) {
        dwpw_dot1_last(word_at(from));
    } else {
        dwpw_dot1(word_at(from));
    }
}

static void pass_window(const int8_t *from, const struct window *window)
{
    for (int32_t line = window->lines; line > 1; --line, from += window->line_step) {
        pass_line(from, window->columns, window->column_step, false);
    }
    pass_line(from, window->columns, window->column_step, true);
}

// The result of four channels is read when the next four are already under way.
static void average_pixel(const int8_t *from, const struct window *window, dwpw_word *to)
{
    const int8_t *last = from + window->column_step - DWPW_GROUPS;
    pass_window(from, window);
    for (; from != last; ++to) {
        from += DWPW_GROUPS;
        pass_window(from, window);
        *to = dwpw_pop();
    }
    *to = dwpw_pop();
}

void dwpw_simd_average(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *line = dwpw_tensor(memory, op->input);
    int8_t *to = dwpw_tensor(memory, op->output);
    const struct window window = {
        .lines = op->kernel_h,
        .columns = op->kernel_w,
        .line_step = op->in_w * op->in_c,
        .column_step = op->in_c,
    };
    dwpw_unit_output(op);
    dwpw_seek(0, 0);
    dwpw_unit_load_weights((const dwpw_word *)(const void *)dwpw_words(memory, op->weights), 1);
    dwpw_unit_load_scales((const dwpw_word *)(const void *)dwpw_words(memory, op->table), 1);
    dwpw_set_weights(0, 0);
    dwpw_set_params(0, 0);
    for (int32_t y = 0; y < op->out_h; ++y, line += op->stride_h * window.line_step) {
        const int8_t *from = line;
        for (int32_t x = 0; x < op->out_w; ++x, from += op->stride_w * op->in_c, to += op->in_c) {
            average_pixel(from, &window, (dwpw_word *)(void *)to);
        }
    }
}

// Whole lines count as one, so what must lie inside the input are the window's bytes.
static bool windows_lie_inside(const struct dwpw_operator *op)
{
    const uint64_t y = (uint64_t)(op->out_h - 1) * (uint64_t)op->stride_h;
    const uint64_t x = (uint64_t)(op->out_w - 1) * (uint64_t)op->stride_w;
    const uint64_t last_line = y + (uint64_t)op->kernel_h - 1;
    const uint64_t end = last_line * (uint64_t)op->in_w + x + (uint64_t)op->kernel_w;

    return end <= (uint64_t)op->in_h * (uint64_t)op->in_w;
}

const char *dwpw_simd_average_check(const struct dwpw_operator *op,
                                    const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        unit_constants_check(op, memory, 1, DWPW_GROUPS),
        dwpw_unless(op->in_c == op->out_c && op->in_c % DWPW_GROUPS == 0, "channels"),
        dwpw_check_window(op),
        dwpw_unless(windows_lie_inside(op), "window"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
