// What every generated hazard program shares (see program.py, and contexts.py for the registers).
// FRESH, HOT, BUFFER, LOG, INTERRUPT_LOG and TIMER_* are addresses that the generator defines.
// tp: round; s7: log of interrupted addresses; s11: causes of the traps since the last record;
// s10 belongs to the trap handler alone.

    .text
    .globl main
main:
    la   t0, handler
    csrw mtvec, t0
    li   s0, LOG
    li   s1, FRESH
    li   s2, HOT
    li   s3, BUFFER
    li   s4, 1
    li   s5, HOT + 4096
    li   s6, 0x80000000
    li   s7, INTERRUPT_LOG
    li   s8, 4 * ROUNDS
    la   s9, round_table
    li   s11, 0
    li   t1, DATA
    csrw 0xbc0, s6              // the port on, every interrupt off
    lw   a1, 0(s1)              // a test's stand-in of the extension takes its orders here
    .insn r 0x0b, 7, 127, zero, a1, zero
    jal  ra, initialise
    j    body

// A record: answer, loaded word, causes of traps, and what the probe shows.
finish:
    sw   a0, 0(s0)
    sw   t1, 4(s0)
    sw   s11, 8(s0)
    addi s0, s0, 12
    li   s11, 0
    li   t1, DATA
    j    probe

end:
    csrw mie, zero
    li   a0, LOG
    sub  a1, s0, a0
    call platform_dump
    li   a0, INTERRUPT_LOG
    sub  a1, s7, a0
    call platform_dump
    li   a0, 0
    j    platform_exit

// Exceptions go on behind their instruction; an interrupt goes on where it came, and both leave
// the extension and all other registers alone.
    .balign 4
handler:
    csrr s10, mcause
    bltz s10, 1f
    slli s11, s11, 4
    or   s11, s11, s10
    csrr s10, mepc
    addi s10, s10, 4
    csrw mepc, s10
    mret
1:  csrr s10, mepc
    sw   s10, 0(s7)
    addi s7, s7, 4
    li   s10, TIMER_PENDING
    sw   s4, 0(s10)
    lw   s10, 0(s10)            // the timer has let go of the line before the handler returns
    mret

// Timer interrupt a0 cycles from now.
arm_timer:
    li   t2, TIMER_EN
    sw   zero, 0(t2)
    li   t2, TIMER_LOAD
    sw   a0, 0(t2)
    li   t2, TIMER_EN
    sw   s4, 0(t2)
    ret
