// Hands over a range whose newest bytes are partly in SDRAM and partly in the L2, then an empty
// one, then three bytes of it; prints how many cycles it took, so that a test can compare.
#include "dwpw_memory_map.h"
#include "platform.h"

enum { LENGTH = 20000 }; // more than twice the L2

int main(void)
{
    volatile uint8_t *bytes = (volatile uint8_t *)DWPW_IMAGE_BASE;

    for (uint32_t i = 0; i < LENGTH; i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    platform_dump((const void *)bytes, LENGTH);
    bytes[4] = 0;
    platform_dump((const void *)bytes, 0);
    platform_dump((const void *)(bytes + 3), 3);
    return 0;
}
