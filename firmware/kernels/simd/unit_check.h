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

#endif
