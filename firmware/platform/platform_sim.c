// The simulator's way to end a run and to look at memory: the SimControl peripheral
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

static void hand_over(const void *address, uint32_t length, uint32_t request)
{
    sim_control_address_write((uint32_t)(uintptr_t)address);
    sim_control_length_write(length);
    sim_control_request_write(request);
    while (sim_control_wait_read()) {
    }
}

void platform_dump(const void *address, uint32_t length)
{
    hand_over(address, length, 1u << CSR_SIM_CONTROL_REQUEST_DUMP_OFFSET);
}

uint32_t platform_checksum(const void *address, uint32_t length)
{
    hand_over(address, length, 1u << CSR_SIM_CONTROL_REQUEST_CHECKSUM_OFFSET);
    return sim_control_checksum_read();
}
