// DEPTHWISE_CONV_2D whose weights are uint8 less a zero point, which 8 bits do not hold.
// Weights int16 [kernel_h][kernel_w][out_c].
#include "depthwise_loops.h"

dwpw_kernel_function dwpw_reference_depthwise_wide;
dwpw_kernel_check dwpw_reference_depthwise_wide_check;

void dwpw_reference_depthwise_wide(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    depthwise_loops(op, memory, true);
}

const char *dwpw_reference_depthwise_wide_check(const struct dwpw_operator *op,
                                                const struct dwpw_memory *memory)
{
    return depthwise_loops_check(op, memory, true);
}
