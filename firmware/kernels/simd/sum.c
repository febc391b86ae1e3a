// ADD and SUB of two tensors of one shape: an accumulator is the value of each times a weight of 24
// bits, whose bytes are a store entry each. The host has tried all pairs of values.
//
// weights: [3][2 inputs][4 x 4], the highest byte first.  table: unit.h, of one group.
#include "dwpw_check.h"
#include "unit_check.h"
#include "value_batches.h"

dwpw_kernel_function dwpw_simd_sum;
dwpw_kernel_check dwpw_simd_sum_check;

enum { ENTRIES = DWPW_SUM_WEIGHT_BYTES * 2 };

static inline void weigh(uint32_t a, uint32_t b)
{
    dwpw_dot2(a, b);
#pragma GCC unroll 4
    for (unsigned byte = 2; byte < DWPW_SUM_WEIGHT_BYTES; ++byte) {
        dwpw_dot2_up(a, b);
    }
    dwpw_dot2_up_last(a, b);
}

void dwpw_simd_sum(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    struct values values = values_of(op, memory);
    values.b = (const dwpw_word *)(const void *)dwpw_tensor(memory, op->input2);
    dwpw_unit_output(op);
    dwpw_unit_load_tile((const dwpw_word *)(const void *)dwpw_words(memory, op->weights), ENTRIES,
                        (const dwpw_word *)(const void *)dwpw_words(memory, op->table), 1);
    pass_values(values, weigh);
}

const char *dwpw_simd_sum_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        dwpw_check_same_shape(op),
        dwpw_unless(op->input2.size == op->input.size, "input2"),
        dwpw_unless((int)ENTRIES <= (int)DWPW_STORE_ENTRIES, "store"),
        unit_constants_check(op, memory, ENTRIES, DWPW_GROUPS),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
