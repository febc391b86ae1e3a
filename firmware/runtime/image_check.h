#ifndef DWPW_IMAGE_CHECK_H
#define DWPW_IMAGE_CHECK_H

#include <stddef.h>

#include "dwpw_image.h"

// Decides whether the image may be executed: 0, or the first error found. Nothing outside
// `capacity` bytes from `image` is read, whatever the image says. `capacity` is the room for
// image and arena together.
uint32_t image_check(const uint8_t *image, size_t capacity);

// Distance from the image to its arena in bytes.
static inline uint64_t image_arena_distance(const struct dwpw_header *header)
{
    const uint64_t mask = DWPW_ARENA_ALIGNMENT - 1;
    return (header->size + mask) & ~mask;
}

#endif
