// CONV_2D, int8, per channel. Weights [out_c][kernel_h][kernel_w][in_c].
#include "conv_loops.h"

dwpw_kernel_function dwpw_reference_conv;
dwpw_kernel_check dwpw_reference_conv_check;

void dwpw_reference_conv(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    conv_loops(op, memory, false);
}

const char *dwpw_reference_conv_check(const struct dwpw_operator *op,
                                      const struct dwpw_memory *memory)
{
    return conv_loops_check(op, memory, false);
}
