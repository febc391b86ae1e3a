// SUB of two tensors of one shape, int8.
#include "sum_loop.h"

dwpw_kernel_function dwpw_reference_subtract;
dwpw_kernel_check dwpw_reference_subtract_check;

void dwpw_reference_subtract(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    sum_loop(op, memory, true);
}

const char *dwpw_reference_subtract_check(const struct dwpw_operator *op,
                                          const struct dwpw_memory *memory)
{
    (void)memory;
    return sum_check(op);
}
