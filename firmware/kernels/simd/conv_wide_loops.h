// The loops of simd/conv_wide.c over all windows of one part.
#ifndef DWPW_SIMD_CONV_WIDE_LOOPS_H
#define DWPW_SIMD_CONV_WIDE_LOOPS_H

#include "conv_wide_copy.h"
#include "dwpw_int32.h"

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

// Passes the last one to eight words of a window.
static inline __attribute__((always_inline)) void pass_last(const dwpw_word *from, uint32_t words)
{
    if (words == 8) {
        dwpw_unit_pass_from(from, 8, true);
    } else {
        dwpw_unit_dot_tail(from, words);
    }
}

// Passes words that lie one behind the other; `last`: they complete a result. A function of its
// own, so that its words have registers. Most stretches are whole eights: those take few branches.
static __attribute__((noinline)) void pass_stretch(const dwpw_word *from, uint32_t words, bool last)
{
    uint32_t left = last ? words - 1 : words;
    for (; left >= 32; left -= 32, from += 32) {
        pass_eights(from, 4);
    }
    if (left & 16) {
        pass_eights(from, 2);
        from += 16;
    }
    if (left & 8) {
        pass_eights(from, 1);
        from += 8;
    }
    left &= 7;
    if (last) {
        pass_last(from, left + 1);
        return;
    }
    if (left & 4) {
        dwpw_unit_pass_from(from, 4, false);
        from += 4;
    }
    if (left & 2) {
        dwpw_unit_pass_from(from, 2, false);
        from += 2;
    }
    if (left & 1) {
        dwpw_unit_pass_from(from, 1, false);
    }
}

// Passes words of padding, which take no loads.
static inline __attribute__((always_inline)) void
pass_padding(uint32_t zero, uint32_t words, bool last)
{
    uint32_t left = last ? words - 1 : words;
    for (; left >= 8; left -= 8) {
        dwpw_dot2(zero, zero);
        dwpw_dot2(zero, zero);
        dwpw_dot2(zero, zero);
        dwpw_dot2(zero, zero);
    }
    for (; left >= 2; left -= 2) {
        dwpw_dot2(zero, zero);
    }
    if (left != 0) {
        dwpw_dot1(zero);
    }
    if (last) {
        dwpw_dot1_last(zero);
    }
}

// Taps of a window along one axis: `inside` of them lie in the input, behind `before`. Those of
// dilated windows all count as inside: a copy has its padding.
struct taps {
    int32_t before;
    int32_t inside;
};

static inline struct taps taps_inside(int32_t first, int32_t kernel, int32_t dilation, int32_t size)
{
    if (dilation != 1) {
        return (struct taps){0, kernel};
    }
    const int32_t before = min_i32(max_i32(-first, 0), kernel);
    return (struct taps){before, max_i32(min_i32(size - first, kernel) - before, 0)};
}

// A part of a window as it lies in its copy.
struct columns {
    int32_t count;
    uint32_t step;     // bytes from column to column
    uint32_t words;    // of a pixel
    int32_t rows;      // of the window
    int32_t stretches; // of a column, whose pixels lie one behind the other
    uint32_t down;     // bytes from stretch to stretch
    uint32_t zero;     // padding
};

static inline struct columns columns_of(const struct dwpw_operator *op, const struct part *part)
{
    return (struct columns){
        .count = op->kernel_w,
        .step = (uint32_t)op->dilation_w * part->pitch,
        .words = part->words,
        .rows = op->kernel_h,
        .stretches = op->dilation_h == 1 ? 1 : op->kernel_h,
        .down = (uint32_t)op->dilation_h * part->words * DWPW_TAPS,
        .zero = ((uint32_t)-op->input_offset & 0xFF) * 0x01010101u,
    };
}

// Passes a part of a window, padding and all, from its copy; the last word completes a result.
static inline __attribute__((always_inline)) void pass_window(const struct columns *of,
                                                              const int8_t *from)
{
    const uint32_t words = (uint32_t)(of->stretches == 1 ? of->rows : 1) * of->words;
    const uint32_t step = of->step;
    for (int32_t left = of->count; left > 0; --left, from += step) {
        const int8_t *at = from;
        for (int32_t stretch = of->stretches; stretch > 0; --stretch, at += of->down) {
            pass_stretch((const dwpw_word *)(const void *)at, words, left == 1 && stretch == 1);
        }
    }
}

// The same for a window whose columns are one stretch each, but padding does not come from memory.
static __attribute__((noinline)) void
pass_at_border(const struct columns *of, const int8_t *from, struct taps rows, struct taps across)
{
    const uint32_t before = (uint32_t)rows.before * of->words;
    const uint32_t inside = (uint32_t)rows.inside * of->words;
    const uint32_t after = (uint32_t)of->rows * of->words - before - inside;
    const uint32_t zero = of->zero;
    int32_t column = -across.before;
    from += before * DWPW_TAPS;
    for (int32_t left = of->count; left > 0; --left, ++column, from += of->step) {
        const bool end = left == 1;
        if ((uint32_t)column >= (uint32_t)across.inside || inside == 0) {
            pass_padding(zero, before + inside + after, end);
            continue;
        }
        pass_padding(zero, before, false);
        pass_stretch((const dwpw_word *)(const void *)from, inside, end && after == 0);
        if (after != 0) {
            pass_padding(zero, after, end);
        }
    }
}

// A way through all windows, one row from left to right, the next one back: so that every window
// shares pixels with the one before.
struct way {
    const int8_t *from;  // the window
    int32_t output;      // its number
    int32_t y, x;        // where it begins in the input
    int32_t left;        // windows of the row, this one included
    int32_t side;        // 1 to the right, -1 to the left
    int32_t right, down; // bytes from window to window
    struct taps rows, across;
};

static inline void find_taps(struct way *way, const struct dwpw_operator *op)
{
    way->rows = taps_inside(way->y, op->kernel_h, op->dilation_h, op->in_h);
    way->across = taps_inside(way->x, op->kernel_w, op->dilation_w, op->in_w);
}

static inline struct way way_through(const struct dwpw_operator *op, const struct part *part)
{
    struct way way = {
        .from = part->copy,
        .y = -op->pad_top,
        .x = -op->pad_left,
        .left = op->out_w,
        .side = 1,
        .right = op->stride_w * (int32_t)part->pitch,
        .down = op->stride_h * (int32_t)(part->words * DWPW_TAPS),
    };
    return way;
}

static inline void go_on(struct way *way, const struct dwpw_operator *op)
{
    if (--way->left != 0) {
        way->from += way->side * way->right;
        way->x += way->side * op->stride_w;
        way->output += way->side;
    } else {
        way->left = op->out_w;
        way->side = -way->side;
        way->from += way->down;
        way->y += op->stride_h;
        way->output += op->out_w;
    }
}

// Digits of a piece for all windows; they are read when the next window is already under way. It
// and the next one are functions of their own: all in one do not fit into the I$.
static __attribute__((noinline)) void
run_piece(const struct windows *windows, const struct part *piece, dwpw_word *digits)
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

// Stores the one result of a window. Less text than `dwpw_unit_store_pixel`.
static inline void store_result(int8_t *to, const struct dwpw_pixel_store *store)
{
    const uint32_t word = dwpw_pop();
    if (dwpw_stores_words(store)) {
        *(dwpw_word *)(void *)to = word;
    } else {
        dwpw_store_bytes(to, word, store->channels);
    }
}

// The results of all windows, likewise.
static __attribute__((noinline)) void run_main(const struct windows *windows,
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
        find_taps(&way, op);
        if (columns.stretches != 1 ||
            (way.rows.inside == op->kernel_h && way.across.inside == op->kernel_w)) {
            pass_window(&columns, way.from);
        } else {
            pass_at_border(&columns, way.from, way.rows, way.across);
        }
        if (waiting != NULL) {
            store_result(waiting, store);
        }
        waiting = output + way.output * op->out_c;
    }
    store_result(waiting, store);
}

#endif
