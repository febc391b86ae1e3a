// Prints checksums of a range whose newest bytes are partly in SDRAM and partly in the L2, of an
// empty one, and of three bytes of it of which one has changed since.
#include "dwpw_memory_map.h"
#include "platform.h"

enum { LENGTH = 20000 }; // more than twice the L2

static void put_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) {
        uart_putc("0123456789abcdef"[value >> shift & 15]);
    }
    uart_putc('\n');
}

int main(void)
{
    volatile uint8_t *bytes = (volatile uint8_t *)DWPW_IMAGE_BASE;

    for (uint32_t i = 0; i < LENGTH; i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    put_hex(platform_checksum((const void *)bytes, LENGTH));
    bytes[4] = 0;
    put_hex(platform_checksum((const void *)bytes, 0));
    put_hex(platform_checksum((const void *)(bytes + 3), 3));
    return 0;
}
