"""Changes that make a good model a bad one, each with the exact words that refuse it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import tflite

from dwpw.model.flatbuffer import RawModel
from dwpw.model.operators import READERS

SUPPORTED = ", ".join(READERS)
# The operators of the good model, by their place in it.
PAD, CONV, DEPTHWISE, ADD, POINTWISE, POOL, MEAN, RESHAPE, DENSE, SOFTMAX = range(10)
Change = Callable[[RawModel], RawModel]


def operator(position: int, **fields: object) -> Change:
    """Change fields of an operator."""

    def change(raw: RawModel) -> RawModel:
        operators = list(raw.operators)
        operators[position] = replace(operators[position], **fields)
        return replace(raw, operators=tuple(operators))

    return change


def option(position: int, **options: object) -> Change:
    """Change options of an operator."""

    def change(raw: RawModel) -> RawModel:
        merged = (raw.operators[position].options or {}) | options
        return operator(position, options=merged)(raw)

    return change


def tensor(name: str, **fields: object) -> Change:
    """Change fields of the tensor of that name."""

    def change(raw: RawModel) -> RawModel:
        assert any(one.name == name for one in raw.tensors)
        return replace(
            raw,
            tensors=tuple(
                replace(one, **fields) if one.name == name else one for one in raw.tensors
            ),
        )

    return change


def reading(position: int, *names: str) -> Change:
    """Let an operator read the tensors of these names."""

    def change(raw: RawModel) -> RawModel:
        known = [one.name for one in raw.tensors]
        return operator(position, inputs=tuple(known.index(name) for name in names))(raw)

    return change


def int32(*values: int) -> np.ndarray:
    """Content of a constant."""
    return np.frombuffer(np.array(values, "<i4").tobytes(), np.uint8)


REFUSALS: dict[str, tuple[Change, str]] = {
    "two subgraphs": (
        lambda raw: replace(raw, subgraphs=2),
        "has 2 subgraphs; dwpw runs models with one",
    ),
    "no operators": (lambda raw: replace(raw, operators=()), "has no operators"),
    "no inputs": (lambda raw: replace(raw, inputs=()), "has no inputs"),
    "too many inputs": (
        lambda raw: replace(raw, inputs=(0,) * 33),
        "has 33 inputs; dwpw runs models with up to 32",
    ),
    "too many outputs": (
        lambda raw: replace(raw, outputs=raw.outputs * 33),
        "has 33 outputs; dwpw runs models with up to 32",
    ),
    "no output": (
        lambda raw: replace(raw, outputs=()),
        "has no outputs",
    ),
    "input tensor beyond the file's": (
        lambda raw: replace(raw, inputs=(99,)),
        "is damaged: its input is tensor 99 of 22",
    ),
    "float input": (
        tensor("input", type="float32"),
        "input 'input' is float32; dwpw runs int8 models: convert with full integer quantisation,"
        " int8 input and int8 output",
    ),
    "dynamic size": (
        tensor("input", signature=(-1, -1, -1, 3)),
        "input 'input' has the dynamic shape [-1, -1, -1, 3]; convert with fixed sizes",
    ),
    "batch": (
        tensor("input", shape=(2, 8, 8, 3)),
        "input 'input' has batch size 2; convert with batch size 1",
    ),
    "five dimensions": (
        tensor("input", shape=(1, 1, 8, 8, 3)),
        "input 'input' has 5 dimensions, supported are 1 to 4",
    ),
    "empty dimension": (
        tensor("input", shape=(1, 0, 8, 3)),
        "input 'input' has the impossible shape [1, 0, 8, 3]",
    ),
    "more elements than a span has bytes": (
        tensor("input", shape=(1, 65536, 65536, 3)),
        "input 'input' has 12,884,901,888 elements, supported are 268,435,456",
    ),
    "scale near the end of single precision": (
        tensor("input", scales=np.array([1e-30], np.float32)),
        "input 'input' has the impossible scale 1.0000000031710769e-30",
    ),
    "no quantisation": (
        tensor("input", scales=np.zeros(0, np.float32)),
        "input 'input' has no quantisation (scale and zero point)",
    ),
    "per-channel activation": (
        tensor("input", scales=np.ones(3, np.float32)),
        "input 'input' is quantised per channel, which is supported for weights only",
    ),
    "scale not a number": (
        tensor("input", scales=np.array([np.nan], np.float32)),
        "input 'input' has the impossible scale nan",
    ),
    "zero point outside int8": (
        tensor("input", zero_points=np.array([128])),
        "input 'input' has the impossible zero point 128",
    ),
    "variable": (
        tensor("input", variable=True),
        "input 'input' is a variable, which is not supported",
    ),
    "unknown operator": (
        operator(POOL, kind="GELU"),
        "has operators that are not supported: GELU (1); the first is operator 5 (GELU 'layer5'),"
        " and 99 % of the MACs lie before it",
    ),
    "custom operator": (
        operator(POOL, kind="CUSTOM", custom_name="MyOp"),
        "has operators that are not supported: CUSTOM 'MyOp' (1); the first is operator 5 (CUSTOM"
        " 'MyOp'), and 99 % of the MACs lie before it",
    ),
    "unsupported activation": (
        option(CONV, FusedActivationFunction=tflite.ActivationFunctionType.TANH),
        "operator 1 (CONV_2D 'layer1'): fused activation TANH is not supported"
        " (supported: NONE, RELU, RELU6, RELU_N1_TO_1)",
    ),
    "options missing": (
        operator(CONV, options=None),
        "operator 1 (CONV_2D 'layer1'): the file holds no options for it; the file is damaged",
    ),
    "input missing": (
        operator(CONV, inputs=(1,)),
        "operator 1 (CONV_2D 'layer1'): has 1 inputs, wants 2 to 3",
    ),
    "tensor beyond the file's": (
        operator(CONV, outputs=(99,)),
        "operator 1 (CONV_2D ''): names a tensor 99 that the file does not have",
    ),
    "float weights": (
        tensor("layer1/weights", type="float32"),
        "operator 1 (CONV_2D 'layer1'): weights 'layer1/weights' is float32, wants int8;"
        " convert with full integer quantisation",
    ),
    "weights computed at run time": (
        tensor("layer1/weights", content=None),
        "operator 1 (CONV_2D 'layer1'): weights 'layer1/weights' is not a constant",
    ),
    "weights cut off": (
        tensor("layer1/weights", content=np.zeros(107, np.uint8)),
        "operator 1 (CONV_2D 'layer1'): weights 'layer1/weights' has 107 bytes, its shape"
        " [4, 3, 3, 4] wants 144; the file is damaged",
    ),
    "weights sparse": (
        tensor("layer1/weights", sparse=True),
        "operator 1 (CONV_2D 'layer1'): weights 'layer1/weights' is stored sparse;"
        " convert without sparsity",
    ),
    "weights outside the flatbuffer": (
        tensor("layer1/weights", external=True),
        "operator 1 (CONV_2D 'layer1'): weights 'layer1/weights' is stored outside the flatbuffer",
    ),
    "asymmetric weights": (
        tensor("layer1/weights", zero_points=np.array([0, 0, 1, 0])),
        "operator 1 (CONV_2D 'layer1'): weights have a zero point other than 0;"
        " convert with symmetric int8 weights",
    ),
    "scales for another number of channels": (
        tensor("layer1/weights", scales=np.ones(3, np.float32)),
        "operator 1 (CONV_2D 'layer1'): weights have 3 scales for 4 output channels",
    ),
    "scales along another dimension": (
        tensor("layer2/weights", quantised_dimension=0),
        "operator 2 (DEPTHWISE_CONV_2D 'layer2'): weights are quantised along dimension 0,"
        " supported is 3",
    ),
    "negative weight scale": (
        tensor("layer4/weights", scales=np.array([-1], np.float32)),
        "operator 4 (CONV_2D 'layer4'): weights have an impossible scale",
    ),
    "rescaling by a factor beyond 30 bits": (
        tensor("layer4/weights", scales=np.array([1e12], np.float32)),
        "operator 4 (CONV_2D 'layer4'): scales of input, weights and output give the factor"
        " 1e+12, which is too large",
    ),
    "bias of another length": (
        tensor("layer1/bias", shape=(3,), content=int32(1, 2, 3)),
        "operator 1 (CONV_2D 'layer1'): bias has 3 values for 4 output channels",
    ),
    "bias of another type": (
        tensor("layer1/bias", type="int64"),
        "operator 1 (CONV_2D 'layer1'): bias 'layer1/bias' is int64, wants int32;"
        " convert with full integer quantisation",
    ),
    "grouped convolution": (
        tensor("layer4/weights", shape=(8, 1, 1, 2), content=np.zeros(16, np.uint8)),
        "operator 4 (CONV_2D 'layer4'): weights take 2 channels, the input has 4"
        " (grouped convolution is not supported)",
    ),
    "stride of zero": (
        option(CONV, StrideH=0),
        "operator 1 (CONV_2D 'layer1'): has the impossible stride 0x2",
    ),
    "padding neither SAME nor VALID": (
        option(CONV, Padding=7),
        "operator 1 (CONV_2D 'layer1'): padding 7 is neither SAME nor VALID",
    ),
    "output of another shape": (
        option(CONV, StrideW=1),
        "operator 1 (CONV_2D 'layer1'): output has the shape [1, 4, 4, 4], its parameters give"
        " [1, 4, 7, 4]",
    ),
    "broadcast": (
        reading(ADD, "layer2", "input"),
        "operator 3 (ADD 'layer3'): works on [1, 4, 4, 4] and [1, 8, 8, 3]; supported are equal"
        " shapes",
    ),
    "ADD whose output TFLite cannot scale": (
        tensor("layer3", scales=np.array([1e-8], np.float32)),
        "operator 3 (ADD 'layer3'): output scale 9.99999994e-09 is too small for TFLite's"
        " fixed-point arithmetic",
    ),
    "pool that rescales": (
        tensor("layer5", scales=np.array([0.25], np.float32)),
        "operator 5 (AVERAGE_POOL_2D 'layer5'): input and output differ in scale or zero point"
        " (0.0500000007, 3 and 0.25, 3); TFLite wants them equal",
    ),
    "mean that rescales beyond 30 bits": (
        tensor("layer6", scales=np.array([1e-12], np.float32)),
        "operator 6 (MEAN 'layer6'): scales of input and output give the factor 5e+10, which is too"
        " large",
    ),
    "pool over more values than a sum can hold": (
        option(POOL, Padding=tflite.Padding.SAME, FilterHeight=65536, FilterWidth=255),
        "operator 5 (AVERAGE_POOL_2D 'layer5'): averages 65536x255 values, supported are 8,388,608",
    ),
    "mean over channels": (
        tensor("layer6/axes", content=int32(1, 3)),
        "operator 6 (MEAN 'layer6'): averages over the axes [1, 3]; supported are axes behind the"
        " batch that follow one another",
    ),
    "mean over axes far apart": (
        tensor("layer6/axes", content=int32(2, (1 << 30) + 1)),
        "operator 6 (MEAN 'layer6'): averages over the axes [2, 1073741825]; supported are axes"
        " behind the batch that follow one another",
    ),
    "mean over height only": (
        tensor("layer6/axes", shape=(1,), content=int32(1)),
        "operator 6 (MEAN 'layer6'): output has the shape [1, 1, 1, 8], its parameters give"
        " [1, 1, 2, 8]",
    ),
    "padded batch": (
        tensor("layer0/paddings", content=int32(0, 1, 0, 0, 0, 0, 0, 0)),
        "operator 0 (PAD 'layer0'): paddings [[0, 1], [0, 0], [0, 0], [0, 0]] are not supported:"
        " none before or behind the batch, none below 0",
    ),
    "reshape to another number of elements": (
        tensor("layer7", shape=(1, 9)),
        "operator 7 (RESHAPE 'layer7'): makes [1, 9] of [1, 1, 1, 8], which has another number"
        " of elements",
    ),
    "dense layer on several rows": (
        tensor("layer8/weights", shape=(5, 4), content=np.zeros(20, np.uint8)),
        "operator 8 (FULLY_CONNECTED 'layer8'): output has 5 values, the weights give 10",
    ),
    "softmax with another output scale": (
        tensor("layer9", scales=np.array([0.1], np.float32)),
        "operator 9 (SOFTMAX 'layer9'): output has scale 0.100000001 and zero point -128,"
        " TFLite wants 1/256 and -128",
    ),
    "softmax beta": (
        option(SOFTMAX, Beta=0.0),
        "operator 9 (SOFTMAX 'layer9'): beta is 0.0, which must be positive",
    ),
    "constant as an activation": (
        reading(ADD, "layer2", "layer1/weights"),
        "operator 3 (ADD 'layer3'): operand 'layer1/weights' must be quantised as a whole",
    ),
    "reads before writing": (
        reading(ADD, "layer2", "layer3"),
        "operator 3 (ADD 'layer3'): reads tensor 9 before it is written; the file is damaged",
    ),
    "written twice": (
        lambda raw: operator(ADD, outputs=raw.operators[DEPTHWISE].outputs)(raw),
        "operator 3 (ADD 'layer2'): writes tensor 6, which is written already; the file is damaged",
    ),
    "output that nobody writes": (
        lambda raw: replace(raw, outputs=raw.inputs),
        "is damaged: no operator writes its output, tensor 0",
    ),
}
