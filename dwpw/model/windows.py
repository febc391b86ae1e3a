"""Windows over images: TFLite's paddings, and readers of the operators that slide a window."""

from __future__ import annotations

import tflite

from dwpw.image.limits import MAX_SUMMED
from dwpw.model.context import MAX_DIMENSION, OperatorContext
from dwpw.model.graph import Operator, Tensor, Window
from dwpw.model.weights import read_bias, read_weights, require_sane_rescaling
from dwpw.rounding import ceil_div


def output_size(size: int, window: int, stride: int, dilation: int, same: bool) -> int:
    """Positions of a window along one dimension (TFLite: `ComputeOutSize`, padding.h)."""
    reach = (window - 1) * dilation + 1
    return ceil_div(size, stride) if same else (size - reach + stride) // stride


def pad_before(size: int, out: int, window: int, stride: int, dilation: int) -> int:
    """Elements of padding in front; an odd one goes behind (TFLite: `ComputePadding`)."""
    reach = (window - 1) * dilation + 1
    return max((out - 1) * stride + reach - size, 0) // 2


def _read_window(
    context: OperatorContext, source: Tensor, size: tuple[int, int], dilation: tuple[int, int]
) -> tuple[Window, tuple[int, int]]:
    """The window with its padding, and the (h, w) of the output that it gives."""
    stride = (context.option("StrideH"), context.option("StrideW"))
    for what, pair in (("window", size), ("stride", stride), ("dilation", dilation)):
        context.require(
            all(1 <= value <= MAX_DIMENSION for value in pair),
            f"has the impossible {what} {pair[0]}x{pair[1]}",
        )
    padding = context.option("Padding")
    context.require(
        padding in (tflite.Padding.SAME, tflite.Padding.VALID),
        f"padding {padding} is neither SAME nor VALID",
    )
    same = padding == tflite.Padding.SAME
    image = source.hwc[:2]
    steps = tuple(zip(image, size, stride, dilation, strict=True))
    out_h, out_w = (output_size(i, w, s, d, same) for i, w, s, d in steps)
    pad_top, pad_left = (
        pad_before(i, out, w, s, d) for out, (i, w, s, d) in zip((out_h, out_w), steps, strict=True)
    )
    pad = (pad_top, pad_left) if same else (0, 0)
    return Window(size, stride, dilation, pad), (out_h, out_w)


def _image_input(context: OperatorContext) -> Tensor:
    source = context.input()
    context.require(
        len(source.shape) == 4, f"input has {len(source.shape)} dimensions, wants 4 (NHWC)"
    )
    return source


def _image_output(context: OperatorContext, size: tuple[int, int], channels: int) -> Tensor:
    output = context.output()
    expected = (1, *size, channels)
    context.require(
        output.shape == expected,
        f"output has the shape {list(output.shape)}, its parameters give {list(expected)}",
    )
    return output


def read_conv_2d(context: OperatorContext) -> Operator:
    """CONV_2D, weights [out_c, h, w, in_c]."""
    context.inputs_between(2, 3)
    source = _image_input(context)
    weights = read_weights(context, rank=4, channel_dimension=0)
    out_c, kernel_h, kernel_w, in_c = weights.shape
    context.require(
        in_c == source.shape[3],
        f"weights take {in_c} channels, the input has {source.shape[3]}"
        " (grouped convolution is not supported)",
    )
    dilation = (context.option("DilationHFactor"), context.option("DilationWFactor"))
    window, size = _read_window(context, source, (kernel_h, kernel_w), dilation)
    output = _image_output(context, size, out_c)
    require_sane_rescaling(context, source, weights, output)
    bias = read_bias(context, out_c)
    return context.operator(
        source,
        output,
        weights=weights.index,
        bias=bias,
        window=window,
        activation=context.activation_function(),
        macs=output.elements * kernel_h * kernel_w * in_c,
        parameters=weights.elements + (0 if bias is None else out_c),
    )


def read_depthwise_conv_2d(context: OperatorContext) -> Operator:
    """DEPTHWISE_CONV_2D, weights [1, h, w, in_c * depth_multiplier]."""
    context.inputs_between(2, 3)
    source = _image_input(context)
    weights = read_weights(context, rank=4, channel_dimension=3)
    first, kernel_h, kernel_w, out_c = weights.shape
    in_c = source.shape[3]
    context.require(
        first == 1 and out_c % in_c == 0,
        f"weights of the shape {list(weights.shape)} do not fit {in_c} input channels",
    )
    dilation = (context.option("DilationHFactor"), context.option("DilationWFactor"))
    window, size = _read_window(context, source, (kernel_h, kernel_w), dilation)
    output = _image_output(context, size, out_c)
    require_sane_rescaling(context, source, weights, output)
    bias = read_bias(context, out_c)
    return context.operator(
        source,
        output,
        weights=weights.index,
        bias=bias,
        window=window,
        # TFLite derives it from the shapes as well and ignores the option.
        depth_multiplier=out_c // in_c,
        activation=context.activation_function(),
        macs=output.elements * kernel_h * kernel_w,
        parameters=weights.elements + (0 if bias is None else out_c),
    )


def read_pool_2d(context: OperatorContext) -> Operator:
    """AVERAGE_POOL_2D and MAX_POOL_2D; padding does not count in either."""
    context.inputs_between(1, 1)
    source = _image_input(context)
    kernel = (context.option("FilterHeight"), context.option("FilterWidth"))
    window, size = _read_window(context, source, kernel, (1, 1))
    output = _image_output(context, size, source.shape[3])
    require_same_quantisation(context, source, output)
    require_few_summed(context, *kernel)
    return context.operator(
        source,
        output,
        window=window,
        activation=context.activation_function(),
    )


def require_few_summed(context: OperatorContext, height: int, width: int) -> None:
    """The sum of an average must stay within 32 bits."""
    context.require(
        height * width <= MAX_SUMMED,
        f"averages {height}x{width} values, supported are {MAX_SUMMED:,}",
    )


def require_same_quantisation(context: OperatorContext, source: Tensor, output: Tensor) -> None:
    """Operators that move or average values cannot rescale them."""
    context.require(
        source.scale == output.scale and source.zero_point == output.zero_point,
        f"input and output differ in scale or zero point ({source.scale:.9g},"
        f" {source.zero_point} and {output.scale:.9g}, {output.zero_point});"
        " TFLite wants them equal",
    )
