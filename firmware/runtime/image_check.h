#ifndef DWPW_IMAGE_CHECK_H
#define DWPW_IMAGE_CHECK_H

#include <stddef.h>

#include "dwpw_image.h"

// Why an image is refused. A fault of the header names neither operator nor kernel.
struct image_fault {
    uint32_t code;      // enum dwpw_error_code, 0 when the image may be executed
    uint32_t index;     // counts the operators of the image from 0
    const char *kernel; // that was to run it, NULL when there is none of that number
    const char *what;   // field or relation that is wrong, NULL without an operator
};

// Decides whether the image may be executed: no fault, or the first one found. Nothing outside
// `capacity` bytes from `image` is read, whatever the image says. `capacity` is the room for
// image and arena together.
struct image_fault image_check(const uint8_t *image, size_t capacity);

// Distance from the image to its arena in bytes.
static inline uint64_t image_arena_distance(const struct dwpw_header *header)
{
    const uint64_t mask = DWPW_ARENA_ALIGNMENT - 1;
    return (header->size + mask) & ~mask;
}

#endif
