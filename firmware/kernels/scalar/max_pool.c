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
    if (window->lines == 2 && window->columns == 2) {
        const word *const below = line + window->line_step;
        return larger(larger(most, line[window->step]), larger(*below, below[window->step]));
    }
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

void dwpw_scalar_max_pool(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const word *input = (const word *)(const void *)dwpw_tensor(memory, op->input);
    word *output = (word *)(void *)dwpw_tensor(memory, op->output);
    // Clamped as the larger of the least and the smaller of the most: ~ turns the order round.
    const word least = repeated(op->act_min);
    const word not_most = ~repeated(op->act_max);
    const bool clamps = op->act_min > INT8_MIN || op->act_max < INT8_MAX;

    for (int32_t y = 0; y < op->out_h; ++y) {
        for (int32_t x = 0; x < op->out_w; ++x) {
            const struct window window = window_of(op, input, y, x);
            for (int32_t c = 0; c < window.step; ++c) {
                const word most = largest(&window, window.first + c);
                *output++ = clamps ? larger(~larger(~most, not_most), least) : most;
            }
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
