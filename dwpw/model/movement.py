"""Readers of operators that move values without changing them."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np

from dwpw.model.context import OperatorContext
from dwpw.model.graph import Copy, Operator, Tensor
from dwpw.model.valuewise import require_one_quantisation


def read_squeeze(context: OperatorContext) -> Operator:
    """SQUEEZE and EXPAND_DIMS: other dimensions, the same bytes."""
    context.inputs_between(1, 2)
    source, output = context.input(), context.output()
    context.require(
        source.elements == output.elements,
        f"makes {list(output.shape)} of {list(source.shape)}, which has another number of elements",
    )
    require_one_quantisation(context, source, output)
    return context.operator(source, output, same_bytes=True)


def _strides(shape: tuple[int, ...]) -> list[int]:
    return [prod(shape[place + 1 :]) for place in range(len(shape))]


def copied(
    context: OperatorContext,
    source: Tensor,
    output: Tensor,
    start: int,
    steps: list[int],
    shape: tuple[int, ...],
) -> Operator:
    """An operator that takes element start + sum(index * step) of its input for each of `shape`."""
    context.require(
        output.shape == shape,
        f"output has the shape {list(output.shape)}, its parameters give {list(shape)}",
    )
    require_one_quantisation(context, source, output)
    whole = (0, _strides(source.shape)) == (start, steps) and source.elements == output.elements
    if whole:
        return context.operator(source, output, same_bytes=True)
    sizes = [(size, step) for size, step in zip(shape, steps, strict=True) if size > 1]
    context.require(len(sizes) <= 3, f"has {len(sizes)} dimensions of more than 1, supported are 3")
    padded = [(1, 0)] * (3 - len(sizes)) + sizes
    copy = Copy(
        shape=tuple(size for size, _ in padded),
        start=start,
        steps=tuple(step for _, step in padded),
    )
    return context.operator(
        source,
        output,
        copy=copy,
    )


def read_transpose(context: OperatorContext) -> Operator:
    """TRANSPOSE by constant axes."""
    context.inputs_between(2, 2)
    source = context.input()
    axes = [int(axis) for axis in np.ravel(context.constant(1, "axes", ("int32",)).data)]
    rank = len(source.shape)
    context.require(sorted(axes) == list(range(rank)), f"has the axes {axes} for {rank} dimensions")
    strides = _strides(source.shape)
    shape = tuple(source.shape[axis] for axis in axes)
    return copied(context, source, context.output(), 0, [strides[axis] for axis in axes], shape)


def _numbers(context: OperatorContext, position: int, role: str) -> list[int]:
    return [int(one) for one in np.ravel(context.constant(position, role, ("int32", "int64")).data)]


def read_slice(context: OperatorContext) -> Operator:
    """SLICE with constant begin and size."""
    context.inputs_between(3, 3)
    source = context.input()
    begins, sizes = _numbers(context, 1, "begin"), _numbers(context, 2, "size")
    context.require(
        len(begins) == len(sizes) == len(source.shape), "begin and size must fit the dimensions"
    )
    sizes = [
        whole - begin if size == -1 else size
        for whole, begin, size in zip(source.shape, begins, sizes, strict=True)
    ]
    context.require(
        all(
            begin >= 0 and size >= 1 and begin + size <= whole
            for whole, begin, size in zip(source.shape, begins, sizes, strict=True)
        ),
        f"takes {sizes} from {begins} of {list(source.shape)}",
    )
    strides = _strides(source.shape)
    start = sum(begin * step for begin, step in zip(begins, strides, strict=True))
    return copied(context, source, context.output(), start, strides, tuple(sizes))


def read_strided_slice(context: OperatorContext) -> Operator:
    """STRIDED_SLICE with constant begin, end and stride; masks of ends and shrunk axes."""
    context.inputs_between(4, 4)
    source = context.input()
    begins, ends, steps = (
        _numbers(context, position, role)
        for position, role in ((1, "begin"), (2, "end"), (3, "stride"))
    )
    rank = len(source.shape)
    context.require(
        len(begins) == len(ends) == len(steps) <= rank and 0 not in steps,
        "begin, end and stride must fit the dimensions",
    )
    unknown = [name for name in ("EllipsisMask", "NewAxisMask", "Offset") if context.option(name)]
    context.require(not unknown, f"option {', '.join(unknown)} is not supported")
    strides = _strides(source.shape)
    start, taken, kept, shape = 0, [], [], []
    for axis in range(rank):
        size = source.shape[axis]
        indices = range(size)
        if axis < len(begins):
            bit = 1 << axis
            shrunk = bool(context.option("ShrinkAxisMask") & bit)
            begin = None if context.option("BeginMask") & bit and not shrunk else begins[axis]
            end = None if context.option("EndMask") & bit else ends[axis]
            if shrunk:
                context.require(-size <= begins[axis] < size, f"takes element {begins[axis]}")
                indices = range(size)[begins[axis] % size :][:1]
            else:
                indices = range(size)[slice(begin, end, steps[axis])]
        else:
            shrunk = False
        context.require(len(indices) > 0, f"takes nothing of dimension {axis}")
        start += indices[0] * strides[axis]
        step = (indices[1] - indices[0]) * strides[axis] if len(indices) > 1 else strides[axis]
        taken.append(len(indices))
        kept.append(step)
        shape.append(None if shrunk else len(indices))
    output = context.output()
    wanted = tuple(size for size in shape if size is not None)
    context.require(
        output.shape == wanted,
        f"output has the shape {list(output.shape)}, its parameters give {list(wanted)}",
    )
    flat = replace(output, shape=tuple(taken))
    return copied(context, source, flat, start, kept, tuple(taken))


def read_split(context: OperatorContext) -> tuple[Operator, ...]:
    """SPLIT into equal parts and SPLIT_V into parts of constant sizes: a copy for each output."""
    lengths = context.raw.kind == "SPLIT_V"
    count = len(context.raw.outputs)
    context.require(
        len(context.raw.inputs) == (3 if lengths else 2) and count >= 1, "has inputs missing"
    )
    source = context.input(0 if lengths else 1)
    (axis,) = _numbers(context, 2 if lengths else 0, "axis")[:1] or [0]
    rank = len(source.shape)
    context.require(-rank <= axis < rank, f"splits the dimension {axis} of {rank}")
    axis %= rank
    whole = source.shape[axis]
    if lengths:
        sizes = _numbers(context, 1, "sizes")
        context.require(sizes.count(-1) <= 1, f"has the impossible sizes {sizes}")
        sizes = [whole - sum(sizes) - 1 if size == -1 else size for size in sizes]
    else:
        sizes = [whole // count] * count
    context.require(
        len(sizes) == count and sum(sizes) == whole and min(sizes) >= 1,
        f"splits {whole} into {sizes} for {count} outputs",
    )
    strides = _strides(source.shape)
    operators, first = [], 0
    for place, size in enumerate(sizes):
        shape = (*source.shape[:axis], size, *source.shape[axis + 1 :])
        output = context.output(place)
        start = first * strides[axis]
        operators.append(copied(context, source, output, start, strides, shape))
        first += size
    return tuple(operators)


def read_concatenation(context: OperatorContext) -> Operator:
    """CONCATENATION of activations along any dimension."""
    count = len(context.raw.inputs)
    context.require(count >= 1 and len(context.raw.outputs) == 1, f"has {count} inputs")
    sources = [context.input(place) for place in range(count)]
    output = context.output()
    rank = len(output.shape)
    axis = context.option("Axis", 0)
    context.require(
        -rank <= axis < rank and context.activation_function() == "NONE",
        f"joins the dimension {axis} of {rank}, or has an activation",
    )
    axis %= rank
    rest = {(one.shape[:axis], one.shape[axis + 1 :]) for one in (*sources, output)}
    total = sum(one.shape[axis] for one in sources if len(one.shape) == rank)
    context.require(
        len(rest) == 1 and total == output.shape[axis],
        f"joins {[list(one.shape) for one in sources]} to {list(output.shape)}",
    )
    require_one_quantisation(context, *sources, output)
    if count == 1:
        return context.operator(sources[0], output, same_bytes=True)
    second, *more = (one.index for one in sources[1:])
    return context.operator(
        sources[0],
        output,
        input2=second,
        more_inputs=tuple(more),
        outer=prod(output.shape[:axis]),
    )


def read_resize(context: OperatorContext) -> Operator:
    """RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR to a constant size."""
    context.inputs_between(2, 2)
    source, output = context.input(), context.output()
    context.require(
        len(source.shape) == 4, f"input has {len(source.shape)} dimensions, wants 4 (NHWC)"
    )
    size = _numbers(context, 1, "size")
    wanted = (1, *size, source.shape[3])
    context.require(
        output.shape == wanted,
        f"output has the shape {list(output.shape)}, its parameters give {list(wanted)}",
    )
    require_one_quantisation(context, source, output)
    corners = bool(context.option("AlignCorners", False))
    centres = bool(context.option("HalfPixelCenters", False))
    context.require(
        not (corners and centres) or context.raw.kind == "RESIZE_NEAREST_NEIGHBOR",
        "aligns corners and centres at the same time",
    )
    return context.operator(
        source,
        output,
        align_corners=corners,
        half_pixel_centres=centres,
    )
