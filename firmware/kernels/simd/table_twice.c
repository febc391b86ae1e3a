// Two operators in one step that work value by value, each with one table for all channels: every
// word is looked up once, in a table of what becomes of a value by both.
//
// Where the tensor between them is stored, it is looked up by itself, before.
//
// table: int8 [256]; of the first operator its own, of the second one the table of both.
#include "dwpw_check.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_simd_table_twice;
dwpw_kernel_function dwpw_simd_table;
dwpw_kernel_check dwpw_simd_table_twice_check;
dwpw_kernel_check dwpw_simd_table_check;

// From the input of the first operator to the output of the second one.
static struct dwpw_operator both_of(const struct dwpw_operator *op)
{
    struct dwpw_operator both = op[1];
    both.input = op[0].input;
    return both;
}

void dwpw_simd_table_twice(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const struct dwpw_operator both = both_of(op);
    if (op->output.size != 0) {
        dwpw_simd_table(op, memory);
    }
    dwpw_simd_table(&both, memory);
}

const char *dwpw_simd_table_twice_check(const struct dwpw_operator *op,
                                        const struct dwpw_memory *memory)
{
    if (op->step != 2) {
        return "step";
    }
    const struct dwpw_operator both = both_of(op);
    const char *const wrong[] = {
        dwpw_simd_table_check(&op[0], memory),
        dwpw_simd_table_check(&op[1], memory),
        dwpw_simd_table_check(&both, memory),
        dwpw_unless(both.input.size == both.output.size, "between"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
