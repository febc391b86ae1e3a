// Makes the caches forget what a program has done so far.
#include <generated/soc.h>

#include "dwpw_memory_map.h"
#include "platform.h"

#ifndef CONFIG_L2_SIZE
#define CONFIG_L2_SIZE 0 // main RAM without an L2
#endif

// As long as the L2, which is direct mapped: reading all of it leaves no other line there.
static volatile uint32_t nothing[CONFIG_L2_SIZE / sizeof(uint32_t) + 1]
    __attribute__((aligned(DWPW_L2_LINE_SIZE)));

void platform_forget_caches(void)
{
    for (uint32_t i = 0; i < CONFIG_L2_SIZE; i += DWPW_L2_LINE_SIZE) {
        (void)nothing[i / sizeof(uint32_t)];
    }
    platform_flush_dcache();
}
