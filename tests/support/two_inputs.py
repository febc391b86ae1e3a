"""Models with two inputs."""

from __future__ import annotations

from tests.support.kernel_images import OUTPUT, SOURCE, conv, depthwise, plain
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Add, Quantisation

SHAPE = (1, 6, 6, 8)
OTHER = Quantisation(0.07, 11)


def two_inputs() -> bytes:
    """ADD of a layer of the first input and the second one, CONCATENATION of that with a layer of
    the second one, a convolution of all."""
    (_, (first,)), (_, (last,)) = depthwise(SHAPE, 3), conv((1, 6, 6, 16), 1, 12)
    layers = [
        first,
        Add(other=-2, output=OTHER),
        *plain(
            "CONCATENATION",
            SHAPE,
            (1, 6, 6, 16),
            others=(-2,),
            options=("ConcatenationOptions", {"Axis": 3}),
            output=OTHER,
        )[1],
        last,
    ]
    return build_model(SHAPE, SOURCE, layers, more_inputs=[(SHAPE, OTHER)])


def one_real_input() -> bytes:
    """The second input alone is float32, with a QUANTIZE behind it."""
    entry = plain("QUANTIZE", SHAPE, SHAPE, output=OTHER, version=1, source=-2)[1]
    add = Add(source=-1, other=0, output=OUTPUT)
    return build_model(SHAPE, SOURCE, [*entry, add], more_inputs=[(SHAPE, None)])
