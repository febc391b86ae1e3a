// SOFTMAX over the last axis, int8 in and out, in the fixed-point arithmetic of TFLite's reference
// kernel and of TFLite Micro (reference_ops::Softmax, gemmlowp's fixedpoint.h).
//
// `table` holds 256 words: exp(-beta * scale * i) for a value that lies i below its row's maximum,
// which the reference kernel works out anew for every element. Names end in the number of integer
// bits: `x_2` has 2 of them, a sign and 29 fractional bits.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"
#include "quantised_multiplier.h"

enum {
    TABLE_WORDS = 256,
    SUM_BITS = 12, // integer bits of the sum of exponentials
    ROUND_TO_SUM = 1 << (SUM_BITS - 1),
    OUTPUT_BITS = 8, // the output's scale is 2^-8, with zero point -128
    // A sum of 512 is where the reference kernel would shift by 32, and ends the process where its
    // assertions are on. A probability is below half a step from there on.
    SUM_LIMIT = 1 << (31 - SUM_BITS + 9),
};

dwpw_kernel_function dwpw_reference_softmax;
dwpw_kernel_check dwpw_reference_softmax_check;

// 1 / (1 + a) for 0 <= a < 1 by Newton's division.
static int32_t one_over_one_plus(int32_t a_0)
{
    const int32_t one_2 = 1 << 29;
    const int32_t half_denominator_0 = (int32_t)(((uint32_t)a_0 + (1u << 31)) / 2);
    const int32_t first_2 = 1515870810;  // 48 / 17
    const int32_t slope_2 = -1010580540; // -32 / 17
    int32_t x_2 = first_2 + doubling_high_multiply(half_denominator_0, slope_2);

    for (int32_t i = 0; i < 3; ++i) {
        const int32_t error_2 = one_2 - doubling_high_multiply(half_denominator_0, x_2);
        x_2 += doubling_high_multiply(x_2, error_2) * 4;
    }
    // x is 2 / (1 + a), which has the bits of 1 / (1 + a) with one integer bit.
    return x_2 >= 1 << 30 ? INT32_MAX : x_2 * 2;
}

static int32_t maximum(const int8_t *row, int32_t depth)
{
    int32_t max = INT8_MIN;

    for (int32_t c = 0; c < depth; ++c) {
        max = max_i32(max, row[c]);
    }
    return max;
}

// With SUM_BITS integer bits; no more than SUM_LIMIT and one exponential.
static uint32_t
sum_of_exponentials(const int8_t *row, int32_t depth, int32_t max, const int32_t *table)
{
    uint32_t sum = 0;

    for (int32_t c = 0; c < depth && sum < SUM_LIMIT; ++c) {
        sum += ((uint32_t)table[max - row[c]] + ROUND_TO_SUM) >> SUM_BITS;
    }
    return sum;
}

static void fill(int8_t *row, int32_t depth, int8_t value)
{
    for (int32_t c = 0; c < depth; ++c) {
        row[c] = value;
    }
}

void dwpw_reference_softmax(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    const int32_t *table = dwpw_words(memory, op->table);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int32_t rows = op->out_h * op->out_w;
    const int32_t depth = op->out_c;

    for (int32_t row = 0; row < rows; ++row, input += depth, output += depth) {
        const int32_t max = maximum(input, depth);
        const uint32_t sum = sum_of_exponentials(input, depth, max, table);
        if (sum == 0 || sum >= SUM_LIMIT) { // 0 takes a table without the maximum's 1
            fill(output, depth, (int8_t)op->output_offset);
            continue;
        }
        // sum = (1 + a) * 2^(SUM_BITS - zeros)
        const int zeros = __builtin_clz(sum);
        const int32_t a_0 = (int32_t)((sum << zeros) - (1u << 31));
        const int32_t reciprocal_0 = one_over_one_plus(a_0);
        const int shift = SUM_BITS - zeros + 31 - OUTPUT_BITS;
        for (int32_t c = 0; c < depth; ++c) {
            const int32_t scaled = doubling_high_multiply(reciprocal_0, table[max - input[c]]);
            const int32_t rounded = rounding_divide_by_power_of_two(scaled, shift);
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
        dwpw_unless(op->table.size == TABLE_WORDS * sizeof(int32_t), "table"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
