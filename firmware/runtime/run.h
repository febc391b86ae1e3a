#ifndef DWPW_RUN_H
#define DWPW_RUN_H

#include <stddef.h>
#include <stdint.h>

// Checks the image, runs its operators and prints the run log. `capacity` bytes from `image` on
// hold the image and the arena behind it, the input tensor already in place. Returns 0 or the
// enum dwpw_error_code that was reported.
uint32_t run_image(uint8_t *image, size_t capacity, uint32_t clock_hz);

#endif
