// Where data lies in the D$, which is direct mapped: what shares a line there evicts each other.
#ifndef DWPW_SCALAR_PLACEMENT_H
#define DWPW_SCALAR_PLACEMENT_H

#include <stdint.h>

#include "dwpw_image.h"

// The first place in `scratch` that lies at `address` in the D$, or less than a line behind it.
static inline int8_t *place_at(uintptr_t address, int8_t *scratch)
{
    const uintptr_t distance = address + DWPW_D_CACHE_LINE - 1 - (uintptr_t)scratch;

    return scratch + (distance & (DWPW_D_CACHE_BYTES - DWPW_D_CACHE_LINE));
}

// For data that is to stay in the D$ together with what lies in front of `end`, usually
// accumulators on the stack.
static inline int8_t *place_behind(const void *end, int8_t *scratch)
{
    return place_at((uintptr_t)end, scratch);
}

// For data that a loop reads at the same pace as a stream, in stretches of `stretch` bytes of
// both: were both at one place of the D$, every access would evict the other's line. Half of the
// power of two that divides all their distances is as far as they can keep from each other.
static inline int8_t *
place_beside(const void *end, const void *stream, uint32_t stretch, int8_t *scratch)
{
    const uintptr_t period = stretch & -stretch;
    const uintptr_t start = (uintptr_t)end;

    return place_at(start + (((uintptr_t)stream + period / 2 - start) & (period - 1)), scratch);
}

#endif
