// Operators that work value by value, with one table for all channels: every word is a result that
// the extension looks up.
//
// table: int8 [256]; the byte of the input is the place in it.
#include "dwpw_check.h"
#include "value_batches.h"

dwpw_kernel_function dwpw_simd_table;
dwpw_kernel_function dwpw_scalar_table;
dwpw_kernel_check dwpw_simd_table_check;

// Requantisation that leaves an accumulator as it is: doubled, times one half.
enum { HALF = 1 << 30, DOUBLED = 1, FULL_RANGE = 0x7F80 };

static void set_up(const int32_t *table)
{
    dwpw_set_zero_point(0);
    dwpw_set_output(0, FULL_RANGE | DWPW_THROUGH_TABLE);
    for (uint32_t place = 0; place < DWPW_TABLE_VALUES / sizeof(dwpw_word); ++place) {
        dwpw_ld_table(place, (uint32_t)table[place]);
    }
    dwpw_seek(0, 0);
    // Each accumulator gets its byte of the word.
    dwpw_ld_weights(1u, 1u << 8);
    dwpw_ld_weights(1u << 16, 1u << 24);
    for (unsigned channel = 0; channel < DWPW_GROUPS; ++channel) {
        dwpw_ld_bias(0);
        dwpw_ld_scale(HALF, DOUBLED);
    }
    dwpw_set_weights(0, 0);
    dwpw_set_params(0, 0);
}

static inline void look_up(uint32_t a, uint32_t b)
{
    (void)b;
    dwpw_dot1_last(a);
}

void dwpw_simd_table(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    if (DWPW_TABLE_WORDS == 0) { // the extension has none
        dwpw_scalar_table(op, memory);
        return;
    }
    set_up(dwpw_words(memory, op->table));
    pass_values(values_of(op, memory), look_up);
}

const char *dwpw_simd_table_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_unless(op->table.size == DWPW_TABLE_VALUES, "table"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
