// Sums what the harness has put at the start, in the middle and at the end of its image.
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
    const uint32_t *image = (const uint32_t *)DWPW_IMAGE_BASE;
    const uint32_t count = image[0];
    uint32_t sum = 0;

    for (uint32_t i = 0; i < count; i++) {
        sum = sum * 31 + image[i];
    }
    put_hex(sum);
    put_hex(*(const uint32_t *)(DWPW_MAIN_RAM_BASE + DWPW_MAIN_RAM_SIZE - 4));
    return 0;
}
