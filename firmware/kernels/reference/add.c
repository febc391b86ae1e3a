// ADD of two tensors of one shape, int8.
#include "sum_loop.h"

dwpw_kernel_function dwpw_reference_add;
dwpw_kernel_check dwpw_reference_add_check;

void dwpw_reference_add(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    sum_loop(op, memory, false);
}

const char *dwpw_reference_add_check(const struct dwpw_operator *op,
                                     const struct dwpw_memory *memory)
{
    (void)memory;
    return sum_check(op);
}
