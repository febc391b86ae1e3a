// CONV_2D 1x1, stride 1, and FULLY_CONNECTED: input channels a multiple of four.
//
// A tile of up to 32 output channels lies in the weight store; every pixel passes by. The first
// four channels of a pixel are computed while its words arrive, the others by replaying them.
//
// param: enum dwpw_simd_conv_pointwise_param.  weights: [out_c / 4][in_c / 4][4 x 4].
// table: unit.h.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_conv_pointwise;
dwpw_kernel_check dwpw_simd_conv_pointwise_check;

struct tile {
    const int8_t *input;
    int8_t *output;
    uint32_t pixels;
    uint32_t words; // of a pixel's input
    struct dwpw_pixel_store store;
};

// Passes one pixel's words; `tail` of them (1 to 8) come after a multiple of eight.
static inline __attribute__((always_inline)) void
pass_words(const dwpw_word *from, uint32_t words, uint32_t tail)
{
    for (; words > 8; words -= 8, from += 8) {
        dwpw_unit_dot8(from, false);
    }
    if (tail == 8) {
        dwpw_unit_dot8(from, true);
    } else {
        dwpw_unit_dot_tail(from, tail);
    }
}

// Passes a pixel and, where the extension remembers it whole, has it replayed for the other
// results.
static inline __attribute__((always_inline)) void
pass_pixel(const dwpw_word *from, uint32_t words, uint32_t tail, uint32_t results, bool replay)
{
    pass_words(from, words, tail);
    if (replay) {
        dwpw_rep(results - 1);
        return;
    }
    for (uint32_t result = 1; result < results; ++result) {
        pass_words(from, words, tail);
    }
}

// Has the D$ fetch a pixel that passes next. The CPU waits for every line, but not longer than the
// extension needs for its replays; were the lines fetched between the words, the extension would
// wait too.
static inline __attribute__((always_inline)) void touch_pixel(const dwpw_word *from, uint32_t words)
{
    const dwpw_word *const end = from + words;
    for (; from < end; from += DWPW_D_CACHE_LINE / sizeof(*from)) {
        opaque_word(*from);
    }
}

// Pixels of at least as many words as instructions wait in the extension's queue, two in each, are
// touched: before the words of shorter ones the extension has no time to end.
enum { TOUCHED_WORDS = 48 };

// Results of a pixel are read when the next one is already under way. `known` is the number of
// results where this copy of the loop is made for it, or 0.
static inline __attribute__((always_inline)) void
run_tile(const struct tile *tile, uint32_t tail, uint32_t known, bool replay)
{
    const struct dwpw_pixel_store store = tile->store;
    const uint32_t results = known != 0 ? known : store.results;
    const uint32_t words = tail == tile->words ? tail : tile->words;
    const dwpw_word *from = (const dwpw_word *)(const void *)tile->input;
    const dwpw_word *last = from + (tile->pixels - 1) * words;
    int8_t *to = tile->output;
    const bool touched = replay && words >= TOUCHED_WORDS;
    pass_pixel(from, words, tail, results, replay);
    while (from != last) {
        from += words;
        if (touched) {
            touch_pixel(from, words);
        }
        pass_pixel(from, words, tail, results, replay);
        to = dwpw_unit_store_pixel(to, &store, known);
    }
    dwpw_unit_store_pixel(to, &store, known);
}

// Picks the loop for the tile's shape: the channel counts of MobileNets have their own.
static void run_any_tile(const struct tile *tile)
{
    const uint32_t tail = (tile->words - 1) % 8 + 1;
    const uint32_t results = dwpw_stores_words(&tile->store) ? tile->store.results : 0;
    if (tile->words > DWPW_PATCH_WORDS) {
        run_tile(tile, tail, 0, false);
    } else if (tail == 8 && results == 8) {
        run_tile(tile, 8, 8, true);
    } else if (tile->words == 4 && results == 8) {
        run_tile(tile, 4, 8, true);
    } else if (tile->words == 2 && results == 4) {
        run_tile(tile, 2, 4, true);
    } else {
        run_tile(tile, tail, 0, true);
    }
}

void dwpw_simd_conv_pointwise(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    const uint32_t out_c = (uint32_t)op->out_c;
    const uint32_t words = (uint32_t)op->in_c / 4;
    const uint32_t tile_channels =
        (uint32_t)op->param[DWPW_SIMD_CONV_POINTWISE_PARAM_TILE_CHANNELS];
    struct tile tile = {
        .input = dwpw_tensor(memory, op->input),
        .pixels = (uint32_t)(op->out_h * op->out_w),
        .words = words,
        .store.out_c = op->out_c,
    };
    dwpw_unit_output(op);
    for (uint32_t channel = 0; channel < out_c; channel += tile.store.channels) {
        const uint32_t left = out_c - channel;
        const uint32_t channels = left < tile_channels ? left : tile_channels;
        const uint32_t results = (channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
        tile.store.channels = channels;
        tile.store.results = results;
        tile.output = dwpw_tensor(memory, op->output) + channel;
        dwpw_unit_load_tile(weights, results * words, scales, results);
        weights += results * words * DWPW_GROUPS;
        scales += results * DWPW_SCALE_WORDS;
        run_any_tile(&tile);
    }
}

const char *dwpw_simd_conv_pointwise_check(const struct dwpw_operator *op,
                                           const struct dwpw_memory *memory)
{
    const int32_t words = op->in_c / DWPW_TAPS;
    const int32_t groups = dwpw_round_up(op->out_c, DWPW_GROUPS) / DWPW_GROUPS;
    const char *const wrong[] = {
        dwpw_check_pointwise(op),
        dwpw_unless(op->in_c % DWPW_TAPS == 0, "channels"),
        unit_tile_check(op->param[DWPW_SIMD_CONV_POINTWISE_PARAM_TILE_CHANNELS], (uint64_t)words),
        unit_constants_check(op, memory, dwpw_product(groups, words, 1, 1), op->out_c),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
