// The axes of an operator as simd/depthwise_window.c walks over them.
#ifndef DWPW_SIMD_DEPTHWISE_AXES_H
#define DWPW_SIMD_DEPTHWISE_AXES_H

#include "depthwise_shapes.h"
#include "dwpw_int32.h"

static int32_t parameter(const struct dwpw_operator *op, unsigned position)
{
    return op->param[position];
}

// A window of one tap sees every `stride`-th pixel, and no other.
static struct window_axis without_gaps(struct window_axis axis)
{
    if (axis.kernel == 1) {
        axis.in = axis.out;
        axis.in_step *= axis.stride;
        axis.stride = 1;
    }
    return axis;
}

static void find_axes(struct window *window, const struct dwpw_operator *op)
{
    const struct window_axis y = {
        .in = op->in_h,
        .out = op->out_h,
        .kernel = op->kernel_h,
        .stride = op->stride_h,
        .dilation = op->dilation_h,
        .pad = op->pad_top,
        .in_step = op->in_w * op->in_c,
        .out_step = op->out_w * op->out_c,
    };
    const struct window_axis x = {
        .in = op->in_w,
        .out = op->out_w,
        .kernel = op->kernel_w,
        .stride = op->stride_w,
        .dilation = op->dilation_w,
        .pad = op->pad_left,
        .in_step = op->in_c,
        .out_step = op->out_c,
    };
    window->op = op;
    window->walk_down = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_WALK_DOWN) != 0;
    window->along = without_gaps(window->walk_down ? y : x);
    window->down = without_gaps(window->walk_down ? x : y);
    window->along.tile = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_STRIP);
    window->down.tile = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_BAND);
    window->pitch = parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_PITCH);
    window->group_entries = (uint32_t)parameter(op, DWPW_SIMD_DEPTHWISE_WINDOW_PARAM_SEGMENTS) *
                            (uint32_t)window->down.kernel;
}

// Pixels that `outputs` outputs see along an axis.
static int32_t seen_by(const struct window_axis *axis, int32_t outputs)
{
    return (outputs - 1) * axis->stride + (axis->kernel - 1) * axis->dilation + 1;
}

// Lines that a dilated window reads together.
static int32_t lines_together(const struct window_axis *axis)
{
    const int32_t most = seen_by(axis, min_i32(axis->tile, axis->out));
    return (most + axis->dilation - 1) / axis->dilation;
}

#endif
