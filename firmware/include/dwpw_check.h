// What the checks of the kernels are made of.
//
// A check gives NULL, or the name of what is wrong, as it goes into the error line. Before a
// kernel's own check the runtime has seen to what holds for every operator (image_check.c): spans
// are aligned to words and lie inside image and arena, sizes of shapes and windows are 1 to
// DWPW_MAX_BYTES and paddings 0 to DWPW_MAX_BYTES, input and output are as large as their shapes
// say, and what goes into an int8 fits into one.
#ifndef DWPW_CHECK_H
#define DWPW_CHECK_H

#include <stdbool.h>

#include "dwpw_kernel.h"

// NULL where it is `fine`, or what is wrong.
static inline const char *dwpw_unless(bool fine, const char *what)
{
    return fine ? NULL : what;
}

// The first that is wrong of `count` results of checks.
const char *dwpw_first_wrong(const char *const *results, size_t count);

// A product of four numbers of 0 to DWPW_MAX_BYTES; what is larger than any memory stays so.
uint64_t dwpw_product(int32_t a, int32_t b, int32_t c, int32_t d);

// The next multiple of a power of two.
static inline int32_t dwpw_round_up(int32_t value, int32_t step)
{
    return (value + step - 1) & -step;
}

// "overlap" where output or scratch share a byte with each other or with an input, which a kernel
// reads when it has written there already.
const char *dwpw_check_overlap(const struct dwpw_operator *op);

// "window": every window has a part inside the input, which bounds coordinates and work, and steps
// from window to window are steps inside a tensor of DWPW_MAX_BYTES.
const char *dwpw_check_window(const struct dwpw_operator *op);

// "window", unless it is 1x1, without stride and padding, from pixel to pixel.
const char *dwpw_check_pointwise(const struct dwpw_operator *op);

// "window", "channels": a 3x3 window without dilation, one output for every channel.
const char *dwpw_check_3x3(const struct dwpw_operator *op);

// "shape", unless input and output are one pixel each.
const char *dwpw_check_vector(const struct dwpw_operator *op);

// "shape", unless input and output have the same height, width and channels.
const char *dwpw_check_same_shape(const struct dwpw_operator *op);

// "input2", unless the second input is as large as the first, or one value for each channel.
const char *dwpw_check_repeated(const struct dwpw_operator *op);

// "multiplier" and "shift" in the range of TFLite's QuantizeMultiplier.
const char *dwpw_check_scale(int32_t multiplier, int32_t shift);

// "bias", "multiplier" and "shift": one of each for `channels` channels, all in range.
const char *dwpw_check_scales(const struct dwpw_operator *op,
                              const struct dwpw_memory *memory,
                              int32_t channels);

// "overlap", "shape", "pixels", "multiplier", "shift": MEAN over H and W in one pass.
const char *dwpw_check_mean(const struct dwpw_operator *op);

// "overlap", "pad", "pad value": the input lies inside the output, among values of an int8.
const char *dwpw_check_pad(const struct dwpw_operator *op);

// "overlap", "window", "dilation", "shape", "pixels": windows that are averaged.
const char *dwpw_check_pool(const struct dwpw_operator *op);

#endif
