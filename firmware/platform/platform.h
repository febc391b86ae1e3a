// What the firmware needs from the machine below it.  One file per machine implements it
// (platform_sim.c for the simulator); the inline part is common to every VexRiscv SoC.
#ifndef DWPW_PLATFORM_H
#define DWPW_PLATFORM_H

#include <stdint.h>

// Sends one byte over the UART; waits while its FIFO is full.
void uart_putc(char c);

// Sends a zero-terminated string.
void uart_puts(const char *text);

// Waits until the UART is empty, then ends the run. `code` is 0..99; the simulator exits with it.
_Noreturn void platform_exit(uint32_t code);

// Hands `length` bytes from `address` on in main RAM to the host, where the machine can do that.
// Costs no L2 content: the simulator reads L2 and SDRAM without disturbing them.
void platform_dump(const void *address, uint32_t length);

// CRC-32 (zlib) of `length` bytes from `address` on in main RAM. The simulator reads them as it
// does for a dump; a board's CPU has to load them, through its caches.
uint32_t platform_checksum(const void *address, uint32_t length);

// Leaves nothing in D$ and L2 that the program has touched, and no line to be written back.
void platform_forget_caches(void);

// Performance counters that the machine has: none, or those of soc/counters.py. Starting clears
// them. On a machine that has none, all of it takes the same time, and the counters read 0.
enum { PLATFORM_MAX_COUNTERS = 32 };
void platform_start_counters(void);
void platform_stop_counters(void);
void platform_read_counters(uint32_t *values);
uint32_t platform_counters(void); // how many there are
const char *platform_counter_name(uint32_t counter);

// Called by the trap entry: prints one error line and ends the run.
_Noreturn void platform_trap(uint32_t mcause, uint32_t mepc, uint32_t mtval);

// Forgets every line of the D$ (it is write-through, so nothing is lost).
static inline void platform_flush_dcache(void)
{
    // VexRiscv decodes this fence variant as a flush of the data cache.
    __asm__ volatile(".word 0x0000500f" ::: "memory");
}

// An address in main RAM as units have it that read memory themselves: the CPU's own.
static inline uint32_t platform_bus_address(const void *pointer)
{
    return (uint32_t)(uintptr_t)pointer;
}

// Lets the CPU execute custom-0 instructions; before, they trap as illegal. The bit shares CSR
// 0xBC0 with LiteX's interrupt mask, so nothing may write that CSR as a whole afterwards. The nop
// keeps the next instruction from being decoded before the bit is set.
static inline void platform_enable_custom_functions(void)
{
    __asm__ volatile("csrs 0xbc0, %0\n\tnop" ::"r"(0x80000000u));
}

// Clock cycles since reset.
static inline uint64_t platform_cycles(void)
{
    uint32_t high, low, again;

    // The low half may wrap between the two reads of the high half.
    do {
        __asm__ volatile("csrr %0, mcycleh" : "=r"(high));
        __asm__ volatile("csrr %0, mcycle" : "=r"(low));
        __asm__ volatile("csrr %0, mcycleh" : "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

// Instructions retired since reset.
static inline uint64_t platform_instructions(void)
{
    uint32_t high, low, again;

    do {
        __asm__ volatile("csrr %0, minstreth" : "=r"(high));
        __asm__ volatile("csrr %0, minstret" : "=r"(low));
        __asm__ volatile("csrr %0, minstreth" : "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

#endif
