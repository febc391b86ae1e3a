// Reset vector of the simulated SoC (and of a board that boots without LiteX's BIOS):
// bring main RAM up, then run what the loader has put at its start.

#include "dwpw_memory_map.h"

    .section .text.start, "ax"
    .globl _start
_start:
    la   sp, __stack_top
    call boot_main_ram
    li   t0, DWPW_FIRMWARE_BASE
    jr   t0
