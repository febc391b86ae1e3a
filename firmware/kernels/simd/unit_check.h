// What the checks of this set share: constants that go into the extension, and what fits there.
#ifndef DWPW_SIMD_UNIT_CHECK_H
#define DWPW_SIMD_UNIT_CHECK_H

#include "dwpw_kernel.h"

// "overlap", "weights", "table": `entries` store entries, and scales for `channels` channels, all
// in range.
const char *unit_constants_check(const struct dwpw_operator *op,
                                 const struct dwpw_memory *memory,
                                 uint64_t entries,
                                 int32_t channels);

// "tile": output channels of a full tile whose results take `entries` store entries each.
// Results of DWPW_PIXELS_UNDER_WAY pixels wait at the same time.
const char *unit_tile_check(int32_t channels, uint64_t entries);

// Pixels along one axis from the first window's first to the last one's last, at the most
// DWPW_MAX_BYTES.
int32_t unit_pixels_along(int32_t outputs, int32_t stride, int32_t kernel, int32_t dilation);

#endif
