// Two layers as a trace sees them, the second one five times as long.
#include "platform.h"

static __attribute__((noinline)) void layer(int rounds)
{
    platform_start_counters();
    for (volatile int round = 0; round < rounds; round++) {
    }
    platform_stop_counters();
}

int main(void)
{
    layer(200);
    layer(1000);
    return 0;
}
