// The machine below the firmware when it runs on a computer, for the host engine and for tests: the
// UART and the dumps are parts of the server's answer, counters stand still. Names and meaning are
// those of ../platform/platform.h.
#ifndef DWPW_PLATFORM_H
#define DWPW_PLATFORM_H

#include <stdint.h>

#include "main_ram.h"

void uart_putc(char c);
void uart_puts(const char *text);
void platform_dump(const void *address, uint32_t length);
uint32_t platform_checksum(const void *address, uint32_t length);

// An address in main RAM as units have it that read memory themselves.
static inline uint32_t platform_bus_address(const void *pointer)
{
    return main_ram_address(pointer);
}

// The host's caches and counters say nothing about the SoC.
static inline void platform_flush_dcache(void)
{
}

static inline void platform_forget_caches(void)
{
}

enum { PLATFORM_MAX_COUNTERS = 1 };

static inline uint32_t platform_counters(void)
{
    return 0;
}

static inline const char *platform_counter_name(uint32_t counter)
{
    (void)counter;
    return "";
}

static inline void platform_start_counters(void)
{
}

static inline void platform_stop_counters(void)
{
}

static inline void platform_read_counters(uint32_t *values)
{
    (void)values;
}

static inline uint64_t platform_cycles(void)
{
    return 0;
}

static inline uint64_t platform_instructions(void)
{
    return 0;
}

#endif
