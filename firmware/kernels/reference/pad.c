// PAD of H, W and C, int8. Loops as in reference_ops::PadImpl.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "nhwc.h"

dwpw_kernel_function dwpw_reference_pad;
dwpw_kernel_check dwpw_reference_pad_check;

void dwpw_reference_pad(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    int8_t *output = dwpw_tensor(memory, op->output);
    const int32_t front_c = op->param[DWPW_PAD_PARAM_PAD_FRONT_C];
    const int8_t pad_value = (int8_t)op->param[DWPW_PAD_PARAM_PAD_VALUE];

    for (int32_t y = 0; y < op->out_h; ++y) {
        const int32_t in_y = y - op->pad_top;
        for (int32_t x = 0; x < op->out_w; ++x) {
            const int32_t in_x = x - op->pad_left;
            for (int32_t c = 0; c < op->out_c; ++c) {
                const int32_t in_c = c - front_c;
                if (in_y < 0 || in_y >= op->in_h || in_x < 0 || in_x >= op->in_w || in_c < 0 ||
                    in_c >= op->in_c) {
                    *output++ = pad_value;
                } else {
                    *output++ = *input++;
                }
            }
        }
    }
}

const char *dwpw_reference_pad_check(const struct dwpw_operator *op,
                                     const struct dwpw_memory *memory)
{
    (void)memory;
    return dwpw_check_pad(op);
}
