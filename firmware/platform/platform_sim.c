// The simulator's way to end a run and to take memory out: the SimControl peripheral
// (soc/sim/control.py).
#include <generated/csr.h>

#include "platform.h"

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
    sim_control_dump_address_write((uint32_t)(uintptr_t)address);
    sim_control_dump_length_write(length);
    sim_control_dump_start_write(1);
    while (sim_control_dump_wait_read()) {
    }
}
