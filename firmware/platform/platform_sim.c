// The simulator's way to end a run and to take memory out: the SimControl peripheral
// (soc/sim/control.py).
#include <generated/csr.h>

#include "platform.h"

// Cycles that LiteDRAM may need to write out an evicted L2 line. Until then the line is neither
// in the L2 nor in the memory array, where the harness looks.
enum { WRITE_BACK_CYCLES = 200 };

_Noreturn void platform_exit(uint32_t code)
{
    while (!uart_txempty_read()) {
    }
    sim_control_exit_write(code);
    for (;;) {
    }
}

void platform_dump(const void *address, uint32_t length)
{
    cdelay(WRITE_BACK_CYCLES);
    sim_control_dump_address_write((uint32_t)(uintptr_t)address);
    sim_control_dump_length_write(length);
    sim_control_dump_start_write(1);
}
