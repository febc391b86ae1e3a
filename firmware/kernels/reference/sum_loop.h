// Sum or difference of two tensors of one shape, int8. Arithmetic of reference_integer_ops::AddFunc
// and of reference_ops::Sub.
#ifndef DWPW_REFERENCE_SUM_LOOP_H
#define DWPW_REFERENCE_SUM_LOOP_H

#include <stdbool.h>

#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"
#include "quantised_multiplier.h"

// A sum of two operands of 9 bits, shifted left, stays within 32 bits.
enum { MAX_LEFT_SHIFT = 22 };

static inline __attribute__((always_inline)) void
sum_loop(const struct dwpw_operator *op, const struct dwpw_memory *memory, bool minus)
{
    const int8_t *input1 = dwpw_tensor(memory, op->input);
    const int8_t *input2 = dwpw_tensor(memory, op->input2);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int32_t *param = op->param;
    const int32_t size = op->out_h * op->out_w * op->out_c;

    for (int32_t i = 0; i < size; ++i) {
        const int32_t value1 =
            (input1[i] + op->input_offset) * (1 << param[DWPW_ADD_PARAM_LEFT_SHIFT]);
        const int32_t value2 =
            (input2[i] + op->input2_offset) * (1 << param[DWPW_ADD_PARAM_LEFT_SHIFT]);
        const int32_t scaled1 = quantised_multiply(value1, param[DWPW_ADD_PARAM_INPUT1_MULTIPLIER],
                                                   param[DWPW_ADD_PARAM_INPUT1_SHIFT]);
        const int32_t scaled2 = quantised_multiply(value2, param[DWPW_ADD_PARAM_INPUT2_MULTIPLIER],
                                                   param[DWPW_ADD_PARAM_INPUT2_SHIFT]);
        const int32_t sum = quantised_multiply(minus ? scaled1 - scaled2 : scaled1 + scaled2,
                                               param[DWPW_ADD_PARAM_OUTPUT_MULTIPLIER],
                                               param[DWPW_ADD_PARAM_OUTPUT_SHIFT]);
        output[i] = clamp_i8(wrapping_add(sum, op->output_offset), op->act_min, op->act_max);
    }
}

static inline const char *sum_check(const struct dwpw_operator *op)
{
    const int32_t *param = op->param;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_unless(op->input2.size == op->input.size, "input2"),
        dwpw_unless(param[DWPW_ADD_PARAM_LEFT_SHIFT] >= 0 &&
                        param[DWPW_ADD_PARAM_LEFT_SHIFT] <= MAX_LEFT_SHIFT,
                    "left shift"),
        dwpw_check_scale(param[DWPW_ADD_PARAM_INPUT1_MULTIPLIER],
                         param[DWPW_ADD_PARAM_INPUT1_SHIFT]),
        dwpw_check_scale(param[DWPW_ADD_PARAM_INPUT2_MULTIPLIER],
                         param[DWPW_ADD_PARAM_INPUT2_SHIFT]),
        dwpw_check_scale(param[DWPW_ADD_PARAM_OUTPUT_MULTIPLIER],
                         param[DWPW_ADD_PARAM_OUTPUT_SHIFT]),
        dwpw_unless(param[DWPW_ADD_PARAM_INPUT1_SHIFT] <= 0 &&
                        param[DWPW_ADD_PARAM_INPUT2_SHIFT] <= 0,
                    "shift"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

#endif
