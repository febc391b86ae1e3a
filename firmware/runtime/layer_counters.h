// What the machine's performance counters say about each operator.
#ifndef DWPW_LAYER_COUNTERS_H
#define DWPW_LAYER_COUNTERS_H

#include <stdint.h>

// Keeps what the counters read after operator `index`.
void layer_counters_keep(uint32_t index);

// Prints what was kept of `operators` operators; nothing on a machine without counters.
void layer_counters_log(uint32_t operators);

#endif
