// What the harness must know of a model's inside. soc/sim/elaborate.py writes the definitions, so
// that the harness itself is the same for every model, and is compiled once.
#pragma once

#include "memory.h"

class Vsim;

// The model's memory arrays and their addresses.
MemoryMap sim_memory_map(Vsim &top);

// Makes the next evaluation with a high clock a rising edge, as if the clock had been low.
void sim_forget_rising_edge(Vsim &top);
