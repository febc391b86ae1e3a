// Operators that work value by value (QUANTIZE, LOGISTIC, HARD_SWISH, MUL by a constant ...): the
// host has worked out what each of the 256 int8 becomes.
//
// table: int8 [1 or c][256]; the byte of the input is the place in it.
#include "dwpw_check.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_reference_table;
dwpw_kernel_check dwpw_reference_table_check;

void dwpw_reference_table(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const uint8_t *input = (const uint8_t *)dwpw_tensor(memory, op->input);
    const int8_t *tables = dwpw_bytes(memory, op->table);
    int8_t *output = dwpw_tensor(memory, op->output);
    const uint32_t channels = (uint32_t)op->out_c;
    const bool by_channel = op->table.size != DWPW_TABLE_VALUES;

    for (uint32_t pixel = 0; pixel < op->output.size; pixel += channels) {
        const int8_t *table = tables;

        for (uint32_t c = 0; c < channels; ++c) {
            output[pixel + c] = table[input[pixel + c]];
            table += by_channel ? DWPW_TABLE_VALUES : 0;
        }
    }
}

const char *dwpw_reference_table_check(const struct dwpw_operator *op,
                                       const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_unless(op->table.size == DWPW_TABLE_VALUES ||
                        op->table.size == dwpw_product(op->out_c, DWPW_TABLE_VALUES, 1, 1),
                    "table"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
