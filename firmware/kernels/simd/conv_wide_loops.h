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

// Passes 8 * `eights` words.
static inline __attribute__((always_inline)) void pass_eights(const dwpw_word *from,
                                                              unsigned eights)
{
#pragma GCC unroll 4
    for (unsigned at = 0; at < eights; ++at) {
        dwpw_unit_pass_from(from + 8 * at, 8, false);
    }
}

// Passes words that lie one behind the other.
static inline __attribute__((always_inline)) void pass_stretch(const dwpw_word *from,
                                                               uint32_t words)
{
    for (; words >= 32; words -= 32, from += 32) {
        pass_eights(from, 4);
    }
    if (words & 16) {
        pass_eights(from, 2);
        from += 16;
    }
    if (words & 8) {
        pass_eights(from, 1);
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

// A part of a window as it lies in its copy.
struct columns {
    int32_t count;
    uint32_t step;     // bytes from column to column
    int32_t stretches; // of a column, whose pixels lie one behind the other
    uint32_t words;    // of a stretch
    uint32_t down;     // bytes from stretch to stretch
};

static inline struct columns columns_of(const struct dwpw_operator *op, const struct part *part)
{
    const bool dense = op->dilation_h == 1;
    return (struct columns){
        .count = op->kernel_w,
        .step = (uint32_t)op->dilation_w * part->pitch,
        .stretches = dense ? 1 : op->kernel_h,
        .words = dense ? (uint32_t)op->kernel_h * part->words : part->words,
        .down = (uint32_t)op->dilation_h * part->words * DWPW_TAPS,
    };
}

// Passes a part of a window; the last word completes a result.
static __attribute__((noinline)) void pass_window(const struct columns *of, const int8_t *from)
{
    const uint32_t words = of->words, step = of->step;
    for (int32_t columns = of->count; columns > 0; --columns, from += step) {
        const int8_t *at = from;
        for (int32_t left = of->stretches; left > 0; --left, at += of->down) {
            const uint32_t last = columns == 1 && left == 1;
            const dwpw_word *word = (const dwpw_word *)(const void *)at;
            pass_stretch(word, words - last);
            if (last) {
                dwpw_dot1_last(word[words - 1]);
            }
        }
    }
}

// A way through all windows, one row from left to right, the next one back: so that every window
// shares pixels with the one before.
struct way {
    const int8_t *from;  // the window
    int32_t output;      // its number
    int32_t left;        // windows of the row, this one included
    int32_t side;        // 1 to the right, -1 to the left
    int32_t right, down; // bytes from window to window
};

static inline struct way way_through(const struct dwpw_operator *op, const struct part *part)
{
    return (struct way){
        .from = part->copy,
        .left = op->out_w,
        .side = 1,
        .right = op->stride_w * (int32_t)part->pitch,
        .down = op->stride_h * (int32_t)(part->words * DWPW_TAPS),
    };
}

static inline void go_on(struct way *way, const struct dwpw_operator *op)
{
    if (--way->left != 0) {
        way->from += way->side * way->right;
        way->output += way->side;
        return;
    }
    way->left = op->out_w;
    way->side = -way->side;
    way->from += way->down;
    way->output += op->out_w;
}

// Digits of a piece for all windows; they are read when the next window is already under way.
static void run_piece(const struct windows *windows, const struct part *piece, dwpw_word *digits)
{
    const struct dwpw_operator *op = windows->op;
    const struct columns columns = columns_of(op, piece);
    const int32_t step = (int32_t)windows->pieces * DIGITS;
    struct way way = way_through(op, piece);
    dwpw_word *waiting = NULL;
    for (int32_t left = op->out_h * op->out_w; left > 0; --left, go_on(&way, op)) {
        pass_window(&columns, way.from);
        if (DWPW_PATCH_WORDS != 0) {
            dwpw_rep(DIGITS - 1);
        } else {
            pass_window(&columns, way.from);
            pass_window(&columns, way.from);
        }
        if (waiting != NULL) {
            dwpw_unit_store_known(waiting, DIGITS);
        }
        waiting = digits + way.output * step;
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
                     int8_t *output)
{
    const struct dwpw_operator *op = windows->op;
    const struct columns columns = columns_of(op, main);
    const int32_t step = (int32_t)windows->pieces * DIGITS;
    struct way way = way_through(op, main);
    int8_t *waiting = NULL;
    for (int32_t left = op->out_h * op->out_w; left > 0; --left, go_on(&way, op)) {
        if (step != 0) {
            pass_digits(windows, windows->digits + way.output * step,
                        (uint32_t)op->weight_zero_point);
        }
        pass_window(&columns, way.from);
        if (waiting != NULL) {
            dwpw_unit_store_pixel(waiting, store, 0);
        }
        waiting = output + way.output * op->out_c;
    }
    dwpw_unit_store_pixel(waiting, store, 0);
}

#endif
