// Prints the cycles of reading some bytes: as they come from SDRAM, from the L2, after the caches
// were made to forget them, and after they were made to forget other bytes that had been written.
#include "dwpw_memory_map.h"
#include "platform.h"

enum { WORDS = 4096 / 4, LINE_WORDS = DWPW_L2_LINE_SIZE / 4, DIRTY_WORDS = 8192 / 4 };

static void put_decimal(uint32_t value)
{
    if (value >= 10) {
        put_decimal(value / 10);
    }
    uart_putc((char)('0' + value % 10));
}

// In a function of its own, so that every reading executes the same code.
__attribute__((noinline)) static uint32_t read_all(volatile uint32_t *words)
{
    platform_flush_dcache();
    const uint32_t before = (uint32_t)platform_cycles();

    for (uint32_t i = 0; i < WORDS; i += LINE_WORDS) {
        (void)words[i];
    }
    return (uint32_t)platform_cycles() - before;
}

int main(void)
{
    volatile uint32_t *words = (volatile uint32_t *)DWPW_IMAGE_BASE;
    volatile uint32_t *others = words + (1 << 20);
    uint32_t cycles[4];

    read_all(words + (1 << 18)); // so that the code is in the I$
    cycles[0] = read_all(words);
    cycles[1] = read_all(words);
    platform_forget_caches();
    cycles[2] = read_all(words);
    for (uint32_t i = 0; i < DIRTY_WORDS; i++) {
        others[i] = i;
    }
    platform_forget_caches();
    cycles[3] = read_all(words);
    for (uint32_t i = 0; i < 4; i++) {
        put_decimal(cycles[i]);
        uart_putc('\n');
    }
    return 0;
}
