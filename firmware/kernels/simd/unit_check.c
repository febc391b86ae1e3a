#include "unit_check.h"

#include "dwpw_check.h"
#include "unit.h"

enum { ENTRY_BYTES = DWPW_GROUPS * DWPW_TAPS };

// Scales of one group of four channels, as unit.h describes them.
static const char *check_scales(const int32_t *scales)
{
    const int32_t shifts = scales[2 * DWPW_GROUPS];
    const char *wrong = NULL;

    for (int32_t i = 0; i < DWPW_GROUPS && wrong == NULL; ++i) {
        wrong = dwpw_check_scale(scales[2 * i + 1], (int8_t)(shifts >> 8 * i));
    }
    return wrong;
}

const char *unit_constants_check(const struct dwpw_operator *op,
                                 const struct dwpw_memory *memory,
                                 uint64_t entries,
                                 int32_t channels)
{
    const int32_t *scales = dwpw_words(memory, op->table);
    const int32_t groups = dwpw_round_up(channels, DWPW_GROUPS) / DWPW_GROUPS;
    const uint64_t group_bytes = DWPW_SCALE_WORDS * sizeof(int32_t);
    const char *const sizes[] = {
        dwpw_check_overlap(op),
        dwpw_unless(op->weights.size == entries * ENTRY_BYTES, "weights"),
        dwpw_unless(op->table.size == (uint64_t)groups * group_bytes, "table"),
    };
    const char *wrong = dwpw_first_wrong(sizes, sizeof(sizes) / sizeof(sizes[0]));

    for (int32_t group = 0; group < groups && wrong == NULL; ++group) {
        wrong = check_scales(scales + group * DWPW_SCALE_WORDS);
    }
    return wrong;
}

const char *unit_tile_check(int32_t channels, uint64_t entries)
{
    const int32_t results = channels / DWPW_GROUPS;

    return dwpw_unless(channels > 0 && channels % DWPW_GROUPS == 0 &&
                           channels <= DWPW_PARAM_CHANNELS && results <= DWPW_REP_COUNTS &&
                           DWPW_PIXELS_UNDER_WAY * results <= DWPW_RESULTS &&
                           (uint64_t)results * entries <= DWPW_STORE_ENTRIES,
                       "tile");
}

int32_t unit_pixels_along(int32_t outputs, int32_t stride, int32_t kernel, int32_t dilation)
{
    const int64_t count = (int64_t)(outputs - 1) * stride + (int64_t)(kernel - 1) * dilation + 1;
    return count < DWPW_MAX_BYTES ? (int32_t)count : DWPW_MAX_BYTES;
}
