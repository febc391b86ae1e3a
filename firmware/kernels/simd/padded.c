// PAD of H and W with the zero point, and the convolution behind it, in one step: the convolution's
// kernel pads as it does for padding of its own.
//
// The tensor between them may be stored besides: then its spans are not empty.
//
// param of PAD: enum dwpw_simd_padded_param.  The convolution's constants and scratch are those of
// its kernel, for the input of PAD.
#include "dwpw_check.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_simd_padded;
dwpw_kernel_check dwpw_simd_padded_check;
dwpw_kernel_function dwpw_scalar_pad;
dwpw_kernel_check dwpw_scalar_pad_check;
dwpw_kernel_function dwpw_simd_depthwise_3x3;
dwpw_kernel_check dwpw_simd_depthwise_3x3_check;
dwpw_kernel_function dwpw_simd_conv_patches;
dwpw_kernel_check dwpw_simd_conv_patches_check;
dwpw_kernel_function dwpw_simd_conv_wide;
dwpw_kernel_check dwpw_simd_conv_wide_check;
dwpw_kernel_function dwpw_simd_conv_rows;
dwpw_kernel_check dwpw_simd_conv_rows_check;
dwpw_kernel_function dwpw_simd_depthwise_window;
dwpw_kernel_check dwpw_simd_depthwise_window_check;

static const struct {
    dwpw_kernel_function *run;
    dwpw_kernel_check *check;
} KERNELS[] = {
    [DWPW_SIMD_PADDED_KERNEL_DEPTHWISE_3X3] = {dwpw_simd_depthwise_3x3,
                                               dwpw_simd_depthwise_3x3_check},
    [DWPW_SIMD_PADDED_KERNEL_CONV_PATCHES] = {dwpw_simd_conv_patches, dwpw_simd_conv_patches_check},
    [DWPW_SIMD_PADDED_KERNEL_CONV_ROWS] = {dwpw_simd_conv_rows, dwpw_simd_conv_rows_check},
    [DWPW_SIMD_PADDED_KERNEL_DEPTHWISE_WINDOW] = {dwpw_simd_depthwise_window,
                                                  dwpw_simd_depthwise_window_check},
    [DWPW_SIMD_PADDED_KERNEL_CONV_WIDE] = {dwpw_simd_conv_wide, dwpw_simd_conv_wide_check},
};

// The convolution with the padding of both.
static struct dwpw_operator both_of(const struct dwpw_operator *op)
{
    struct dwpw_operator both = op[1];
    both.input = op[0].input;
    both.in_h = op[0].in_h;
    both.in_w = op[0].in_w;
    both.pad_top += op[0].pad_top;
    both.pad_left += op[0].pad_left;
    return both;
}

void dwpw_simd_padded(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const struct dwpw_operator both = both_of(op);
    if (op->output.size != 0) {
        dwpw_scalar_pad(op, memory);
    }
    KERNELS[op->param[DWPW_SIMD_PADDED_PARAM_KERNEL]].run(&both, memory);
}

const char *dwpw_simd_padded_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int32_t kernel = op->param[DWPW_SIMD_PADDED_PARAM_KERNEL];
    if (op->step != 2) {
        return "step";
    }
    if (kernel < 0 || kernel >= (int32_t)(sizeof(KERNELS) / sizeof(KERNELS[0]))) {
        return "kernel";
    }
    const struct dwpw_operator both = both_of(op);
    const char *const wrong[] = {
        dwpw_scalar_pad_check(op, memory),
        dwpw_unless(op[0].out_h == op[1].in_h && op[0].out_w == op[1].in_w &&
                        op[0].out_c == op[1].in_c,
                    "between"),
        KERNELS[kernel].check(&both, memory),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
