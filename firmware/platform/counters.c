// The SoC's performance counters, where they are built in (soc/counters.py).
#include <dwpw_counters.h>

#include "platform.h"

_Static_assert((int)DWPW_COUNTERS <= (int)PLATFORM_MAX_COUNTERS, "too many performance counters");

struct counter_registers {
    uint32_t running;
    uint32_t counters[DWPW_COUNTERS];
};

static volatile struct counter_registers *registers(void)
{
    return (volatile struct counter_registers *)DWPW_COUNTERS_BASE;
}

void platform_start_counters(void)
{
    registers()->running = 1;
}

void platform_stop_counters(void)
{
    registers()->running = 0;
}

void platform_read_counters(uint32_t *values)
{
    for (uint32_t i = 0; i < DWPW_COUNTERS; ++i) {
        values[i] = registers()->counters[i];
    }
}

uint32_t platform_counters(void)
{
    // A register that is not there does not keep the 1.
    platform_start_counters();
    const uint32_t there = registers()->running;
    platform_stop_counters();
    return there != 0 ? DWPW_COUNTERS : 0;
}

const char *platform_counter_name(uint32_t counter)
{
    return dwpw_counter_names[counter];
}
