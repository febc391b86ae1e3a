// Operators that work value by value, with one table for all channels: four values at a time, from
// a word to a word.
//
// table: int8 [256]; the byte of the input is the place in it.
#include "dwpw_check.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_scalar_table;
dwpw_kernel_check dwpw_scalar_table_check;

typedef uint32_t __attribute__((may_alias)) word;

static inline __attribute__((always_inline)) uint32_t looked_up(const uint8_t *table, uint32_t four)
{
    return table[four & 0xFF] | (uint32_t)table[four >> 8 & 0xFF] << 8 |
           (uint32_t)table[four >> 16 & 0xFF] << 16 | (uint32_t)table[four >> 24] << 24;
}

void dwpw_scalar_table(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const uint8_t *table = (const uint8_t *)dwpw_bytes(memory, op->table);
    const uint8_t *from = (const uint8_t *)dwpw_tensor(memory, op->input);
    uint8_t *to = (uint8_t *)dwpw_tensor(memory, op->output);
    const uint8_t *const end = to + op->output.size;
    const uint8_t *const last_word = to + (op->output.size & ~7u);

    // Two words at a time: the second one is loaded while the first one is looked up.
    for (; to != last_word; to += 8, from += 8) {
        const uint32_t first = ((const word *)(const void *)from)[0];
        const uint32_t second = ((const word *)(const void *)from)[1];

        ((word *)(void *)to)[0] = looked_up(table, first);
        ((word *)(void *)to)[1] = looked_up(table, second);
    }
    for (; to != end; ++to, ++from) {
        *to = table[*from];
    }
}

const char *dwpw_scalar_table_check(const struct dwpw_operator *op,
                                    const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_unless(op->table.size == DWPW_TABLE_VALUES, "table"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
