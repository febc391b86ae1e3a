// Start of the firmware: entered by the boot program with caches on and main RAM usable.
// The loader has put .data where it runs, so only .bss is prepared here.

    .section .text.start, "ax"
    .globl _start
_start:
    .option push
    .option norelax             // gp is not set yet
    la   gp, __global_pointer$
    .option pop
    la   sp, __stack_top
    la   t0, trap_entry
    csrw mtvec, t0
    csrw mie, zero              // nothing here uses interrupts
    .word 0x100f                // fence.i: the loader may have replaced what the I$ holds
    la   t0, __bss_start
    la   t1, __bss_end
    j    2f
1:  sw   zero, 0(t0)
    addi t0, t0, 4
2:  bltu t0, t1, 1b
    call main
    call platform_exit

    .text
    .balign 4
trap_entry:
    // The handler never returns, so nothing is saved. It gets its own stack, because an
    // overflown stack may be what trapped.
    la   sp, trap_stack_top
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    j    platform_trap

    .bss
    .balign 16
    .space 512
trap_stack_top:
