/* What the runtime needs from the machine below it.
 *
 * Implemented by firmware/platform/ for the SoC and by firmware/host/ for tests.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/* Where the loader put the model image, aligned to DWPW_ARENA_ALIGNMENT; the arena follows it. */
uint8_t *platform_image(void);

/* Bytes from platform_image() to the end of main memory. */
size_t platform_image_capacity(void);

/* Frequency of the cycle counter. */
uint32_t platform_clock_hz(void);

void platform_putc(char c);

/* mcycle and minstret, 64 bits. */
uint64_t platform_cycles(void);
uint64_t platform_instructions(void);

void platform_invalidate_dcache(void);

/* Hand the output tensor of operator `index` of the image to the simulation harness. */
void platform_dump(uint32_t index, const int8_t *tensor, size_t size);

/* End the run; status 0 is success, otherwise an enum dwpw_error_code. */
_Noreturn void platform_exit(int status);

#endif
