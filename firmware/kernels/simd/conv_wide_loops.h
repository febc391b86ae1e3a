// The loops of simd/conv_wide.c over all windows of one part.
#ifndef DWPW_SIMD_CONV_WIDE_LOOPS_H
#define DWPW_SIMD_CONV_WIDE_LOOPS_H

#include "conv_wide_copy.h"

enum {
    DIGITS = 3,
    DIGIT_ENTRIES = 4,  // of a piece: digit 2 twice, then the others
    ALL_BYTES = 0x7F80, // a clamp that cuts nothing off
};

// All windows of the operator.
struct windows {
    const struct dwpw_operator *op;
    uint32_t pieces;
    dwpw_word *digits; // of each window, of each piece, DIGITS words of four output channels
};

// Passes words that lie one behind the other.
static inline __attribute__((always_inline)) void pass_stretch(const dwpw_word *from,
                                                               uint32_t words)
{
    for (; words >= 16; words -= 16, from += 16) {
        dwpw_unit_pass_from(from, 8, false);
        dwpw_unit_pass_from(from + 8, 8, false);
    }
    if (words & 8) {
        dwpw_unit_pass_from(from, 8, false);
        from += 8;
    }
    if (words & 4) {
        dwpw_unit_pass_from(from, 4, false);
        from += 4;
    }
    if (words & 2) {
        dwpw_unit_pass_from(from, 2, false);
        from += 2;
    }
    if (words & 1) {
        dwpw_unit_pass_from(from, 1, false);
    }
}

// Passes a part of a window, column by column; the last word completes a result.
static __attribute__((noinline)) void
pass_window(const struct dwpw_operator *op, const struct part *part, const int8_t *from)
{
    const bool dense = op->dilation_h == 1;
    const uint32_t pixel = part->words * DWPW_TAPS;
    const uint32_t words = dense ? (uint32_t)op->kernel_h * part->words : part->words;
    const int32_t stretches = dense ? 1 : op->kernel_h;
    const uint32_t step = (uint32_t)op->dilation_h * pixel;
    const uint32_t column_step = (uint32_t)op->dilation_w * part->pitch;
    for (int32_t columns = op->kernel_w; columns > 0; --columns, from += column_step) {
        const int8_t *at = from;
        for (int32_t left = stretches; left > 0; --left, at += step) {
            const uint32_t last = columns == 1 && left == 1;
            const dwpw_word *word = (const dwpw_word *)(const void *)at;
            pass_stretch(word, words - last);
            if (last) {
                dwpw_dot1_last(word[words - 1]);
            }
        }
    }
}

// Bytes from window to window along a row, and from row to row.
static inline uint32_t step_right(const struct dwpw_operator *op, const struct part *part)
{
    return (uint32_t)op->stride_w * part->pitch;
}

static inline uint32_t step_down(const struct dwpw_operator *op, const struct part *part)
{
    return (uint32_t)op->stride_h * part->words * DWPW_TAPS;
}

// Digits of a piece for all windows; they are read when the next window is already under way.
static void run_piece(const struct windows *windows, const struct part *piece, dwpw_word *digits)
{
    const struct dwpw_operator *op = windows->op;
    const uint32_t right = step_right(op, piece), down = step_down(op, piece);
    const uint32_t step = windows->pieces * DIGITS;
    const int8_t *row = piece->copy;
    dwpw_word *waiting = NULL;
    for (int32_t y = op->out_h; y > 0; --y, row += down) {
        const int8_t *from = row;
        for (int32_t x = op->out_w; x > 0; --x, from += right) {
            pass_window(op, piece, from);
            if (DWPW_PATCH_WORDS != 0) {
                dwpw_rep(DIGITS - 1);
            } else {
                pass_window(op, piece, from);
                pass_window(op, piece, from);
            }
            if (waiting != NULL) {
                dwpw_unit_store_known(waiting, DIGITS);
            }
            waiting = digits;
            digits += step;
        }
    }
    dwpw_unit_store_known(waiting, DIGITS);
}

// Has the digits of a window's pieces added up in the accumulators.
static inline void
pass_digits(const struct windows *windows, const dwpw_word *digits, uint32_t zero_point)
{
    const dwpw_word *const end = digits + windows->pieces * DIGITS;
    dwpw_set_zero_point(0);
    for (const dwpw_word *at = digits; at != end; at += DIGITS) {
        const uint32_t word = at[2];
        dwpw_dot2(word, word);
    }
    for (const dwpw_word *at = digits; at != end; at += DIGITS) {
        dwpw_dot1(at[1]);
    }
    dwpw_dot1_up(digits[0]);
    for (const dwpw_word *at = digits + DIGITS; at != end; at += DIGITS) {
        dwpw_dot1(at[0]);
    }
    dwpw_set_zero_point(zero_point);
}

// The results of all windows, likewise.
static void run_main(const struct windows *windows,
                     const struct part *main,
                     const struct dwpw_pixel_store *store,
                     int8_t *to)
{
    const struct dwpw_operator *op = windows->op;
    const uint32_t right = step_right(op, main), down = step_down(op, main);
    const dwpw_word *digits = windows->digits;
    const int8_t *row = main->copy;
    for (int32_t y = op->out_h; y > 0; --y, row += down) {
        const int8_t *from = row;
        for (int32_t x = op->out_w; x > 0; --x, from += right) {
            pass_digits(windows, digits, (uint32_t)op->weight_zero_point);
            pass_window(op, main, from);
            if (digits != windows->digits) {
                to = dwpw_unit_store_pixel(to, store, 0);
            }
            digits += windows->pieces * DIGITS;
        }
    }
    dwpw_unit_store_pixel(to, store, 0);
}

#endif
