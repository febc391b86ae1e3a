// The SoC's performance counters, where they are built in (soc/counters.py).
#include <dwpw_counters.h>

#include "platform.h"

_Static_assert((int)DWPW_COUNTERS <= (int)PLATFORM_MAX_COUNTERS, "too many performance counters");

uint32_t platform_counters(void)
{
    return DWPW_COUNTERS;
}

const char *platform_counter_name(uint32_t counter)
{
    return dwpw_counters[counter].name;
}

uint32_t platform_counter(uint32_t counter)
{
    return *(const volatile uint32_t *)dwpw_counters[counter].address;
}
