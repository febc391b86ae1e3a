// CONV_2D whose weights are uint8 less a zero point, which 8 bits do not hold.
// Weights int16 [out_c][kernel_h][kernel_w][in_c].
#include "conv_loops.h"

dwpw_kernel_function dwpw_reference_conv_wide;
dwpw_kernel_check dwpw_reference_conv_wide_check;

void dwpw_reference_conv_wide(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    conv_loops(op, memory, true);
}

const char *dwpw_reference_conv_wide_check(const struct dwpw_operator *op,
                                           const struct dwpw_memory *memory)
{
    return conv_loops_check(op, memory, true);
}
