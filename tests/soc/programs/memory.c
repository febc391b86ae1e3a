// Writes a pattern over far more main RAM than D$ and L2 hold (with a prime step, so that all
// bytes of an address matter), reads it back, then checks byte stores beside each other.
#include "dwpw_memory_map.h"
#include "platform.h"

enum { WORDS = 3001, STEP = 2731 }; // the last word lies 32 MB - 0.5 MB above the first

static volatile uint32_t *word(uint32_t i)
{
    return (volatile uint32_t *)(DWPW_IMAGE_BASE + 4 * (i * STEP));
}

static uint32_t pattern(uint32_t i)
{
    return i * 2654435761u ^ 0x5aa5c33c;
}

static int check_words(void)
{
    for (uint32_t i = 0; i < WORDS; i++) {
        *word(i) = pattern(i);
    }
    platform_flush_dcache();
    for (uint32_t i = 0; i < WORDS; i++) {
        if (*word(i) != pattern(i)) {
            return 1;
        }
    }
    return 0;
}

static int check_bytes(void)
{
    volatile uint8_t *bytes = (volatile uint8_t *)DWPW_IMAGE_BASE;

    *word(0) = 0x44332211;
    bytes[1] = 0xaa;
    *(volatile uint16_t *)(bytes + 2) = 0xccbb;
    platform_flush_dcache();
    return *word(0) == 0xccbbaa11 ? 0 : 2;
}

int main(void)
{
    return check_words() | check_bytes();
}
