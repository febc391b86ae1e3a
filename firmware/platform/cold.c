// Makes the caches forget what a program has done so far.
#include <generated/soc.h>

#include "dwpw_memory_map.h"
#include "platform.h"

#ifndef CONFIG_L2_SIZE
#define CONFIG_L2_SIZE 0 // main RAM without an L2
#endif

enum { LINES = CONFIG_L2_SIZE / DWPW_L2_LINE_SIZE };

// As many lines as the L2 has, which is direct mapped: reading all of them leaves no other there.
static volatile struct {
    uint32_t words[DWPW_L2_LINE_SIZE / sizeof(uint32_t)];
} nothing[LINES + 1] __attribute__((aligned(DWPW_L2_LINE_SIZE)));

void platform_forget_caches(void)
{
    for (int line = 0; line < LINES; ++line) {
        (void)nothing[line].words[0];
    }
    platform_flush_dcache();
}
