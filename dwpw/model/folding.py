"""Operators that compute with tensors' sizes, worked out here: they never reach the SoC.

Keras works out the target shape of a RESHAPE inside the model, from the size of the batch:
SHAPE -> STRIDED_SLICE -> PACK -> RESHAPE.  A model that dwpw runs has fixed sizes, so the results
are constants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dwpw.model.context import OperatorContext, dynamic_shape, short_name

Values = Mapping[int, np.ndarray]
"""What is known so far: int32 values by tensor number."""

_SLICE_MASKS = ("BeginMask", "EndMask", "ShrinkAxisMask")
_OTHER_SLICE_OPTIONS = ("EllipsisMask", "NewAxisMask", "Offset")


def is_folded(context: OperatorContext) -> bool:
    """Whether an operator computes with sizes: of a kind in `FOLDERS`, and not with int8."""
    if context.raw.kind not in FOLDERS:
        return False
    outputs = [number for number in context.raw.outputs if 0 <= number < len(context.tensors)]
    return not any(context.tensors[number].dtype == "int8" for number in outputs[:1])


def fold(contexts: Sequence[OperatorContext]) -> Values:
    """The results of all operators of a kind in `FOLDERS`; refuses those that need the input."""
    values: dict[int, np.ndarray] = {}
    for context in contexts:
        if not is_folded(context):
            continue
        number = _output(context, values)
        value = FOLDERS[context.raw.kind](context, values)
        shape = context.tensors[number].shape
        context.require(
            value.shape == shape,
            f"output has the shape {list(shape)}, its inputs give {list(value.shape)}",
        )
        value.setflags(write=False)
        values[number] = value
    return values


def _output(context: OperatorContext, values: Values) -> int:
    """The number of the only output, an int32 tensor that nothing else writes."""
    count = len(context.raw.outputs)
    context.require(count == 1, f"has {count} outputs, wants 1")
    number = context.number_at(context.raw.outputs, 0)
    dtype = context.tensors[number].dtype
    context.require(
        dtype == "int32",
        f"gives {dtype}; supported is int32 only, to compute with the sizes of tensors",
    )
    context.require(
        number not in values and context.model.tensors[number].content is None,
        f"writes tensor {number}, which is written already; the file is damaged",
    )
    return number


def _inputs(context: OperatorContext, wanted: int) -> None:
    count = len(context.raw.inputs)
    context.require(count == wanted, f"has {count} inputs, wants {wanted}")


def _known(context: OperatorContext, values: Values, position: int) -> np.ndarray:
    """An int32 input that is a constant of the file or folded already."""
    number = context.number_at(context.raw.inputs, position)
    if number in values:
        return values[number]
    tensor, raw = context.tensors[number], context.model.tensors[number]
    named = f"input '{short_name(tensor.name)}'"
    context.require(
        tensor.dtype == "int32",
        f"{named} is {tensor.dtype}; supported is int32 only, to compute with the sizes of tensors",
    )
    context.require(
        raw.content is not None,
        f"{named} is known at run time only; supported are constants and fixed sizes",
    )
    return context.constant(position, "input", ("int32",)).data


def _fold_shape(context: OperatorContext, values: Values) -> np.ndarray:
    """SHAPE: the sizes of a tensor."""
    _inputs(context, 1)
    number = context.number_at(context.raw.inputs, 0)
    tensor = context.tensors[number]
    dynamic = dynamic_shape(tensor, context.model.tensors[number])
    context.require(
        dynamic is None,
        f"input '{short_name(tensor.name)}' has the dynamic shape {dynamic};"
        " convert with fixed sizes",
    )
    return np.array(tensor.shape, np.int32)


def _fold_strided_slice(context: OperatorContext, values: Values) -> np.ndarray:
    """STRIDED_SLICE of one dimension; a shrunk one gives a single number."""
    _inputs(context, 4)
    source, *ranges = (_known(context, values, position) for position in range(4))
    context.require(source.ndim == 1, f"slices {source.ndim} dimensions; supported is 1")
    context.require(
        all(one.shape == (1,) for one in ranges), "begin, end and stride must have one value each"
    )
    first, last, stride = (int(one[0]) for one in ranges)
    masks = {name: context.option(name) for name in _SLICE_MASKS}
    unknown = [name for name in _OTHER_SLICE_OPTIONS if context.option(name)]
    unknown += [name for name, mask in masks.items() if mask not in (0, 1)]
    context.require(not unknown, f"option {', '.join(unknown)} is not supported")
    context.require(stride != 0, "has the impossible stride 0")
    if masks["ShrinkAxisMask"]:
        context.require(
            not masks["BeginMask"] and -len(source) <= first < len(source),
            f"takes element {first} of {len(source)}",
        )
        return np.array(source[first], np.int32)
    begin = None if masks["BeginMask"] else first
    end = None if masks["EndMask"] else last
    return source[slice(begin, end, stride)].copy()


def _fold_pack(context: OperatorContext, values: Values) -> np.ndarray:
    """PACK of single numbers into a vector."""
    count, axis = len(context.raw.inputs), context.option("Axis")
    context.require(
        count == context.option("ValuesCount") and count > 0,
        f"has {count} inputs, its options say {context.option('ValuesCount')}",
    )
    parts = [_known(context, values, position) for position in range(count)]
    context.require(
        all(part.ndim == 0 for part in parts) and axis in (0, -1),
        "is supported only where it makes a vector of single numbers",
    )
    return np.array(parts, np.int32)


FOLDERS: dict[str, Callable[[OperatorContext, Values], np.ndarray]] = {
    "SHAPE": _fold_shape,
    "STRIDED_SLICE": _fold_strided_slice,
    "PACK": _fold_pack,
}
"""How each kind is worked out; the results are new arrays, int32."""
