// MAX_POOL_2D, channels a multiple of four: a word of channels at a time.
#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_scalar_max_pool;
dwpw_kernel_check dwpw_scalar_max_pool_check;

enum { VALUES = sizeof(uint32_t) }; // in a word

// Four int8, wherever they come from.
typedef uint32_t __attribute__((may_alias)) word;

// The larger ones of four int8 each. Of the lower seven bits the difference tells, without a borrow
// from byte to byte; where the signs differ, they do.
static inline word larger(word a, word b)
{
    const word signs = 0x80808080u;
    const word differ = a ^ b;
    const word lower = (a | signs) - (b & ~signs);
    const word a_is_larger = ((b & ~a) | (lower & ~differ)) & signs;
    const word mask = (a_is_larger - (a_is_larger >> 7)) | a_is_larger;

    return b ^ (differ & mask);
}

static inline word repeated(int32_t value)
{
    return (word)(uint8_t)value * 0x01010101u;
}

// The part of a window that lies in the input.
struct window {
    const word *first;
    int32_t lines;
    int32_t columns;
    int32_t line_step; // words
    int32_t step;
};

static inline word largest(const struct window *window, const word *line)
{
    word most = *line;
    for (int32_t lines = window->lines; lines > 0; --lines, line += window->line_step) {
        const word *at = line;
        for (int32_t columns = window->columns; columns > 0; --columns, at += window->step) {
            most = larger(*at, most);
        }
    }
    return most;
}

static struct window
window_of(const struct dwpw_operator *op, const word *input, int32_t out_y, int32_t out_x)
{
    const int32_t top = out_y * op->stride_h - op->pad_top;
    const int32_t left = out_x * op->stride_w - op->pad_left;
    const int32_t first_y = max_i32(top, 0);
    const int32_t first_x = max_i32(left, 0);
    const int32_t step = op->in_c / VALUES;

    return (struct window){
        .first = input + (first_y * op->in_w + first_x) * step,
        .lines = min_i32(top + op->kernel_h, op->in_h) - first_y,
        .columns = min_i32(left + op->kernel_w, op->in_w) - first_x,
        .line_step = op->in_w * step,
        .step = step,
    };
}

// Pixels of a line of outputs, with 2x2 windows in steps of 2 that lie in the input.
static void pool_pairs(word *to, const word *from, int32_t pixels, const struct window *window)
{
    const int32_t words = window->step;
    for (; pixels > 0; --pixels, from += words) {
        for (int32_t c = words; c > 0; --c, ++from) {
            const word *const below = from + window->line_step;
            const word above = larger(from[0], from[words]);
            *to++ = larger(above, larger(below[0], below[words]));
        }
    }
}

static void pool_line(const struct dwpw_operator *op, const word *input, word *to, int32_t y)
{
    // Clamped as the larger of the least and the smaller of the most: ~ turns the order round.
    const word least = repeated(op->act_min);
    const word not_most = ~repeated(op->act_max);

    for (int32_t x = 0; x < op->out_w; ++x) {
        const struct window window = window_of(op, input, y, x);
        for (int32_t c = 0; c < window.step; ++c) {
            const word most = largest(&window, window.first + c);
            *to++ = larger(~larger(~most, not_most), least);
        }
    }
}

// 2x2 windows in steps of 2, all in the input, and no clamp.
static bool has_pairs(const struct dwpw_operator *op)
{
    return op->kernel_h == 2 && op->kernel_w == 2 && op->stride_h == 2 && op->stride_w == 2 &&
           op->pad_top == 0 && op->pad_left == 0 && 2 * op->out_h <= op->in_h &&
           2 * op->out_w <= op->in_w && op->act_min == INT8_MIN && op->act_max == INT8_MAX;
}

void dwpw_scalar_max_pool(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const word *input = (const word *)(const void *)dwpw_tensor(memory, op->input);
    word *output = (word *)(void *)dwpw_tensor(memory, op->output);
    const bool pairs = has_pairs(op);

    for (int32_t y = 0; y < op->out_h; ++y, output += op->out_w * (op->out_c / VALUES)) {
        if (pairs) {
            const struct window first = window_of(op, input, y, 0);
            pool_pairs(output, first.first, op->out_w, &first);
        } else {
            pool_line(op, input, output, y);
        }
    }
}

const char *dwpw_scalar_max_pool_check(const struct dwpw_operator *op,
                                       const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_pool(op),
        dwpw_unless(op->in_c % VALUES == 0, "channels"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
