// SOFTMAX over the last axis, int8 in and out, in single precision from a table of exponentials,
// as TFLite computes it for every kernel set (optimized_ops::Softmax). TFLite Micro's fixed-point
// softmax differs from it in the last bit now and then, and the golden layers come from TFLite.
//
// `table` holds 256 floats: exp(-beta * scale * (255 - i)). The sums and products below are
// rounded after every step, so a soft-float library gives the same bits as a host's FPU.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"

enum { TABLE_LAST = 255 };

dwpw_kernel_function dwpw_reference_softmax;
dwpw_kernel_check dwpw_reference_softmax_check;

void dwpw_reference_softmax(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    const float *table = (const float *)(const void *)dwpw_words(memory, op->table);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int32_t rows = op->out_h * op->out_w;
    const int32_t depth = op->out_c;
    const float output_scale = 1.0f / 256; // fixed by TFLite, with zero point -128

    for (int32_t row = 0; row < rows; ++row, input += depth, output += depth) {
        int32_t max = INT8_MIN;
        for (int32_t c = 0; c < depth; ++c) {
            max = max_i32(max, input[c]);
        }
        float sum = 0.0f;
        for (int32_t c = 0; c < depth; ++c) {
            sum += table[TABLE_LAST - max + input[c]];
        }
        const float reciprocal = 1.0f / (sum * output_scale);
        for (int32_t c = 0; c < depth; ++c) {
            const float scaled = table[TABLE_LAST - max + input[c]] * reciprocal;
            const int32_t floored = (int32_t)scaled; // never negative
            const int32_t rounded = floored + (scaled - (float)floored >= 0.5f);
            output[c] = clamp_i8(rounded + op->output_offset, INT8_MIN, INT8_MAX);
        }
    }
}

const char *dwpw_reference_softmax_check(const struct dwpw_operator *op,
                                         const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_unless(op->table.size == (TABLE_LAST + 1) * sizeof(float), "table"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
