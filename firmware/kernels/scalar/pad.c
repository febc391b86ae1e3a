// PAD of H and W; channels stay. Whole lines are filled and copied.
#include <stdbool.h>

#include "dwpw_check.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_scalar_pad;
dwpw_kernel_check dwpw_scalar_pad_check;

// Everything is in words where pixels are.
static inline bool whole_words(const struct dwpw_operator *op)
{
    return op->out_c % (int32_t)sizeof(uint32_t) == 0;
}

static int8_t *fill(int8_t *to, int8_t value, int32_t count, bool words)
{
    int8_t *const end = to + count;
    if (words) {
        const uint32_t four = (uint8_t)value * 0x01010101u;
        for (; to != end; to += sizeof(four)) {
            *(uint32_t *)(void *)to = four;
        }
    }
    while (to != end) {
        *to++ = value;
    }
    return to;
}

static int8_t *copy(int8_t *to, const int8_t *from, int32_t count, bool words)
{
    int8_t *const end = to + count;
    if (words) {
        int8_t *const batches = to + count / 16 * 16;
        for (; to != batches; to += 16, from += 16) {
            const uint32_t *in = (const uint32_t *)(const void *)from;
            uint32_t *out = (uint32_t *)(void *)to;
            const uint32_t a = in[0], b = in[1], c = in[2], d = in[3];
            out[0] = a;
            out[1] = b;
            out[2] = c;
            out[3] = d;
        }
        for (; to != end; to += 4, from += 4) {
            *(uint32_t *)(void *)to = *(const uint32_t *)(const void *)from;
        }
    }
    while (to != end) {
        *to++ = *from++;
    }
    return to;
}

void dwpw_scalar_pad(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int8_t value = (int8_t)op->param[DWPW_PAD_PARAM_PAD_VALUE];
    const bool words = whole_words(op);
    const int32_t left = op->pad_left * op->out_c;
    const int32_t line = op->in_w * op->in_c;
    const int32_t right = op->out_w * op->out_c - left - line;

    output = fill(output, value, op->pad_top * op->out_w * op->out_c, words);
    for (int32_t y = 0; y < op->in_h; ++y) {
        output = fill(output, value, left, words);
        output = copy(output, input, line, words);
        input += line;
        output = fill(output, value, right, words);
    }
    fill(output, value, (op->out_h - op->pad_top - op->in_h) * op->out_w * op->out_c, words);
}

const char *dwpw_scalar_pad_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_pad(op),
        dwpw_unless(op->in_c == op->out_c, "channels"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
