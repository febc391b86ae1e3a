// CONV_2D of windows whose weights for two results are more than the extension has store entries:
// input channels a multiple of four, any stride, padding and dilation.
//
// A window that is too wide for one result as well is divided by channels into a main part, which
// leaves the store room for a few entries, and pieces; without pieces the main part is all of it.
// The sums of a piece are needed in full while the extension gives int8, so its words
// are multiplied three times, once for every digit of the sums:
//
//     sum = 2**15 * digit 2 + 2**8 * digit 1 + digit 0
//
// Digit 0 is the lowest byte, digit 1 the lowest 15 bits, divided and rounded, digit 2 all of it;
// shifts to the left, which are modulo 2**32, take away what is above. The packer makes pieces so
// small that digit 2 is an int8. In front of the words of the main part the digits pass: digits 2
// meet a weight of 64 twice, digits 1 a weight of 1, and so digits 0, before the first of which
// `up` multiplies everything by 256.
//
// All parts pass from copies of the input (conv_wide_copy.h), made once for all output channels.
//
// param: enum dwpw_simd_conv_wide_param.
// weights: [out_c / 4][piece.., main][kernel_w][kernel_h][words][4 x 4].  table: unit.h.
// scratch: the copy of the main part, those of the pieces, int8 digits
// [out_h][out_w][pieces][3][4].
#include "conv_wide_copy.h"
#include "conv_wide_loops.h"
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit.h"
#include "unit_check.h"

dwpw_kernel_function dwpw_simd_conv_wide;
dwpw_kernel_check dwpw_simd_conv_wide_check;

// Groups of parameters: that of the result, then those of the digits.
enum { RESULT_GROUP = 0, DIGIT_GROUP = 1, GROUPS_USED = DIGIT_GROUP + DIGITS };

enum { DIGIT_2_WEIGHT = 64 };

static uint32_t parameter(const struct dwpw_operator *op, unsigned position)
{
    return (uint32_t)op->param[position];
}

// Scales that make a digit of a sum: of its lowest 32 - `left` bits, what is above
// 31 - left - log2(multiplier).
static void load_digit_scales(void)
{
    static const struct {
        uint32_t multiplier, left;
    } digits[DIGITS] = {{1u << 7, 24}, {1u << 6, 17}, {1u << 7, 9}};
    dwpw_seek(0, DIGIT_GROUP * DWPW_GROUPS);
    for (unsigned digit = 0; digit < DIGITS; ++digit) {
        for (unsigned channel = 0; channel < DWPW_GROUPS; ++channel) {
            dwpw_ld_bias(0);
            dwpw_ld_scale(digits[digit].multiplier, digits[digit].left);
        }
    }
}

// Entries with which a word's bytes are added to the accumulators, `weight` times each.
static void load_diagonal(uint32_t weight, uint32_t entries)
{
    for (; entries > 0; --entries) {
        dwpw_ld_weights(weight, weight << 8);
        dwpw_ld_weights(weight << 16, weight << 24);
    }
}

// The digits of all pieces, for four output channels; gives where the main part's weights are.
static const dwpw_word *
run_pieces(const struct windows *windows, const struct part *pieces, const dwpw_word *weights)
{
    struct part piece = *pieces;
    dwpw_set_zero_point((uint32_t)windows->op->weight_zero_point);
    dwpw_set_output(0, ALL_BYTES);
    dwpw_set_params(DIGIT_GROUP, GROUPS_USED - 1);
    for (uint32_t at = 0; at < windows->pieces; ++at) {
        dwpw_seek(0, 0);
        dwpw_unit_load_weights(weights, piece.entries);
        dwpw_set_weights(0, piece.entries - 1);
        run_piece(windows, &piece, windows->digits + at * DIGITS);
        weights += piece.entries * DWPW_GROUPS;
        piece.copy += piece.bytes;
    }
    return weights;
}

void dwpw_simd_conv_wide(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *weights = (const dwpw_word *)(const void *)dwpw_words(memory, op->weights);
    const dwpw_word *scales = (const dwpw_word *)(const void *)dwpw_words(memory, op->table);
    const uint32_t pieces = parameter(op, DWPW_SIMD_CONV_WIDE_PARAM_PIECES);
    int8_t *scratch = dwpw_tensor(memory, op->scratch);
    struct part main = part_of(op, parameter(op, DWPW_SIMD_CONV_WIDE_PARAM_MAIN_WORDS),
                               parameter(op, DWPW_SIMD_CONV_WIDE_PARAM_MAIN_PITCH));
    struct part piece = part_of(op, parameter(op, DWPW_SIMD_CONV_WIDE_PARAM_PIECE_WORDS),
                                parameter(op, DWPW_SIMD_CONV_WIDE_PARAM_PIECE_PITCH));
    main.copy = scratch;
    piece.copy = scratch + main.bytes;
    const struct windows windows = {
        .op = op,
        .pieces = pieces,
        .digits = (dwpw_word *)(void *)(piece.copy + pieces * piece.bytes),
    };
    copy_parts(op, dwpw_tensor(memory, op->input), &main, &piece, pieces);
    if (pieces != 0) {
        load_digit_scales();
    }
    for (uint32_t channel = 0; channel < (uint32_t)op->out_c; channel += DWPW_GROUPS) {
        const uint32_t left = (uint32_t)op->out_c - channel;
        const struct dwpw_pixel_store store = {
            .channels = left < DWPW_GROUPS ? left : DWPW_GROUPS,
            .results = 1,
            .out_c = op->out_c,
        };
        if (pieces != 0) {
            weights = run_pieces(&windows, &piece, weights);
        }
        dwpw_seek(0, RESULT_GROUP * DWPW_GROUPS);
        load_diagonal(DIGIT_2_WEIGHT, 2 * pieces);
        load_diagonal(1, 2 * pieces);
        dwpw_unit_load_weights(weights, main.entries);
        dwpw_unit_load_scales(scales, 1);
        dwpw_set_params(RESULT_GROUP, RESULT_GROUP);
        dwpw_set_weights(0, DIGIT_ENTRIES * pieces + main.entries - 1);
        dwpw_unit_output(op);
        run_main(&windows, &main, &store, dwpw_tensor(memory, op->output) + channel);
        weights += main.entries * DWPW_GROUPS;
        scales += DWPW_SCALE_WORDS;
    }
}

// Words of a part of each pixel and bytes from column to column of its copy, which has room for
// them. `entries`: of the store beside the part's own.
static bool
part_fits(const struct dwpw_operator *op, int32_t words, int32_t pitch, uint64_t entries)
{
    const int32_t high = unit_pixels_along(op->out_h, op->stride_h, op->kernel_h, op->dilation_h);

    return words >= 1 && words <= DWPW_STORE_ENTRIES && pitch >= 1 && pitch <= DWPW_MAX_BYTES &&
           pitch % DWPW_TAPS == 0 &&
           dwpw_product(high, words, DWPW_TAPS, 1) <= (uint64_t)(uint32_t)pitch &&
           dwpw_product(op->kernel_h, op->kernel_w, words, 1) + entries <= DWPW_STORE_ENTRIES;
}

// Pieces whose digits the unit makes. A firmware that is to do without `rep` has no patch, and
// passes a piece as often as it has digits.
static bool pieces_fit(const struct dwpw_operator *op, int32_t words, int32_t pitch)
{
    const uint64_t patch = dwpw_product(op->kernel_h, op->kernel_w, words, 1);

    return GROUPS_USED * DWPW_GROUPS <= DWPW_PARAM_CHANNELS &&
           DIGITS * DWPW_PIXELS_UNDER_WAY <= DWPW_RESULTS && part_fits(op, words, pitch, 0) &&
           (DWPW_PATCH_WORDS == 0 || patch <= DWPW_PATCH_WORDS);
}

// Parts of the pixels that lie in the unit one by one.
static const char *check_parts(const struct dwpw_operator *op)
{
    const int32_t *const param = op->param;
    const int32_t main = param[DWPW_SIMD_CONV_WIDE_PARAM_MAIN_WORDS];
    const int32_t piece = param[DWPW_SIMD_CONV_WIDE_PARAM_PIECE_WORDS];
    const int32_t piece_pitch = param[DWPW_SIMD_CONV_WIDE_PARAM_PIECE_PITCH];
    const int32_t pieces = param[DWPW_SIMD_CONV_WIDE_PARAM_PIECES];

    if (pieces < 0 || pieces > DWPW_STORE_ENTRIES / DIGIT_ENTRIES ||
        !part_fits(op, main, param[DWPW_SIMD_CONV_WIDE_PARAM_MAIN_PITCH],
                   (uint64_t)(DIGIT_ENTRIES * pieces)) ||
        (pieces == 0 ? piece != 0 || piece_pitch != 0 : !pieces_fit(op, piece, piece_pitch))) {
        return "parts";
    }
    return dwpw_unless(op->in_c == DWPW_TAPS * (main + pieces * piece), "parts");
}

// Copies, and digits of every output.
static uint64_t scratch_needed(const struct dwpw_operator *op)
{
    const int32_t *const param = op->param;
    const int32_t pieces = param[DWPW_SIMD_CONV_WIDE_PARAM_PIECES];
    const int32_t wide = unit_pixels_along(op->out_w, op->stride_w, op->kernel_w, op->dilation_w);

    return dwpw_product(wide, param[DWPW_SIMD_CONV_WIDE_PARAM_MAIN_PITCH], 1, 1) +
           dwpw_product(wide, param[DWPW_SIMD_CONV_WIDE_PARAM_PIECE_PITCH], pieces, 1) +
           dwpw_product(op->out_h, op->out_w, pieces, DIGITS * (int32_t)sizeof(dwpw_word));
}

const char *dwpw_simd_conv_wide_check(const struct dwpw_operator *op,
                                      const struct dwpw_memory *memory)
{
    const int32_t groups = dwpw_round_up(op->out_c, DWPW_GROUPS) / DWPW_GROUPS;
    const uint64_t entries = dwpw_product(op->kernel_h, op->kernel_w, op->in_c / DWPW_TAPS, groups);
    const char *const shape[] = {
        dwpw_check_window(op),
        dwpw_unless(op->in_c % DWPW_TAPS == 0, "channels"),
    };
    const char *wrong = dwpw_first_wrong(shape, sizeof(shape) / sizeof(shape[0]));

    if (wrong == NULL) {
        wrong = check_parts(op);
    }
    if (wrong != NULL) {
        return wrong;
    }
    const char *const sizes[] = {
        unit_constants_check(op, memory, entries, op->out_c),
        dwpw_unless(op->scratch.size >= scratch_needed(op), "scratch"),
    };
    return dwpw_first_wrong(sizes, sizeof(sizes) / sizeof(sizes[0]));
}
