// DEPTHWISE_CONV_2D, int8, per channel. Weights [kernel_h][kernel_w][out_c].
#include "depthwise_loops.h"

dwpw_kernel_function dwpw_reference_depthwise_conv;
dwpw_kernel_check dwpw_reference_depthwise_conv_check;

void dwpw_reference_depthwise_conv(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    depthwise_loops(op, memory, false);
}

const char *dwpw_reference_depthwise_conv_check(const struct dwpw_operator *op,
                                                const struct dwpw_memory *memory)
{
    return depthwise_loops_check(op, memory, false);
}
