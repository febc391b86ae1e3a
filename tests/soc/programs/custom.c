// One pointwise result, with weights, bias and scale from the harness: parameters lie at
// IMAGE_BASE in the order in which they are read here. Prints the packed result.
#include "dwpw_intrinsics.h"
#include "dwpw_memory_map.h"
#include "platform.h"

static void put_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) {
        uart_putc("0123456789abcdef"[value >> shift & 15]);
    }
    uart_putc('\n');
}

int main(void)
{
    const uint32_t *p = (const uint32_t *)DWPW_IMAGE_BASE;

    platform_enable_custom_functions();
    dwpw_set_weights(0, 0);
    dwpw_set_params(0, 0);
    dwpw_set_output(0, 0x7f80);
    dwpw_seek(0, 0);
    dwpw_ld_weights(p[0], p[1]);
    dwpw_ld_weights(p[2], p[3]);
    for (int channel = 0; channel < 4; channel++) {
        dwpw_ld_bias(p[4 + 3 * channel]);
        dwpw_ld_scale(p[5 + 3 * channel], p[6 + 3 * channel]);
    }
    dwpw_dot1_last(p[16]);
    put_hex(dwpw_pop());
    return 0;
}
