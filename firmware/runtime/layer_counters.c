#include "layer_counters.h"

#include "platform.h"
#include "run_log.h"

// Larger models run, but only their first operators are explained.
enum { MAX_OPERATORS = 512 };

// Kept until the run is over: printing between two operators would move the second one against the
// refreshes of the SDRAM, and its cycles would not be those of a machine without counters.
static uint32_t kept[MAX_OPERATORS][PLATFORM_MAX_COUNTERS];

void layer_counters_keep(uint32_t index)
{
    if (index < MAX_OPERATORS) {
        platform_read_counters(kept[index]);
    }
}

void layer_counters_log(uint32_t operators)
{
    const uint32_t counters = platform_counters();

    for (uint32_t i = 0; counters != 0 && i < operators && i < MAX_OPERATORS; ++i) {
        run_log_counters(i, kept[i], counters);
    }
}
