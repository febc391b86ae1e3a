"""Operators that compute with tensors' sizes: worked out by the reader, refused where they cannot.

The good model is what Keras makes of MobileNetV1's end: MEAN, a RESHAPE whose target shape the
model computes, SOFTMAX.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from dwpw.cli.sim import step_line
from dwpw.comparison import compare_run
from dwpw.errors import UserError
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph, read_model
from dwpw.model.flatbuffer import RawModel, decode
from dwpw.model.read import check
from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from dwpw.report.jsonfile import to_json
from tests.dwpw.fake_run import comparison, measured, spoilt
from tests.dwpw.refusals import Change, int32, operator, option, reading, tensor
from tests.support.targets import REFERENCE, SIMD, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Mean, Quantisation, Reshape, Softmax

MEAN, SHAPE, SLICE, PACK, RESHAPE, SOFTMAX = range(6)
QUANTISATION = Quantisation(0.05, 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The good model's file."""
    path = tmp_path / "keras.tflite"
    chain = [
        Mean(output=QUANTISATION),
        Reshape(output=QUANTISATION, shape=(1, 8), computed=True),
        Softmax(),
    ]
    path.write_bytes(build_model((1, 4, 4, 8), QUANTISATION, chain))
    return path


@pytest.fixture
def raw(path: Path) -> RawModel:
    """The good model as it stands in the file."""
    return decode(path.read_bytes())


@pytest.fixture
def computed(path: Path) -> Graph:
    """The good model."""
    return read_model(path)


def both(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def change(raw: RawModel) -> RawModel:
        for one in changes:
            raw = one(raw)
        return raw

    return change


def folded(raw: RawModel, name: str) -> list[int] | int:
    """The value of a tensor after folding."""
    tensors = check(Path("m.tflite"), raw).tensors
    return next(one.data.tolist() for one in tensors if one.name == name)


def test_operators_that_compute_a_shape_do_not_run_and_the_others_keep_their_numbers(
    computed: Graph,
) -> None:
    kinds = [(one.index, one.kind) for one in computed.operators]
    assert kinds == [(MEAN, "MEAN"), (RESHAPE, "RESHAPE"), (SOFTMAX, "SOFTMAX")]


def test_their_results_are_those_of_tflite(computed: Graph) -> None:
    interpreter = Interpreter(
        model_content=computed.content,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    interpreter.invoke()
    results = {one.name: one for one in computed.tensors if one.dtype == "int32"}
    for name in ("layer1/sizes", "layer1/batch", "layer1/shape"):
        wanted = interpreter.get_tensor(results[name].index)
        assert results[name].data.tolist() == wanted.tolist()
    assert results["layer1/shape"].data.tolist() == [1, 8]


def test_a_run_shows_the_numbers_of_the_file(computed: Graph) -> None:
    line = step_line(computed, computed.operators[1:2], "scalar/reshape", 100, True)
    assert line.split()[0] == str(RESHAPE)


def test_a_batch_that_is_dynamic_in_the_signature_only_counts_as_one(raw: RawModel) -> None:
    assert folded(tensor("layer0", signature=(-1, 1, 1, 8))(raw), "layer1/shape") == [1, 8]


@pytest.mark.parametrize(
    ("begin", "end", "stride", "masks", "wanted"),
    [
        (-1, 0, 1, {"ShrinkAxisMask": 1}, 8),
        (2, 4, 1, {"ShrinkAxisMask": 0}, [1, 8]),
        (3, 1, -1, {"ShrinkAxisMask": 0}, [8, 1]),
        (-2, 99, 1, {"ShrinkAxisMask": 0}, [1, 8]),
        (2, 3, 1, {"ShrinkAxisMask": 0, "EndMask": 1}, [1, 8]),
        (3, 2, -2, {"ShrinkAxisMask": 0, "BeginMask": 1, "EndMask": 1}, [8, 1]),
    ],
)
def test_a_slice_obeys_its_range_and_its_masks(
    raw: RawModel, begin: int, end: int, stride: int, masks: dict[str, int], wanted: object
) -> None:
    """PACK and RESHAPE are cut off from the slice, whose result is no batch size."""
    changes = [
        option(SLICE, **masks),
        tensor("layer1/begin", content=int32(begin)),
        tensor("layer1/end", content=int32(end)),
        tensor("layer1/stride", content=int32(stride)),
        tensor("layer1/batch", shape=np.shape(wanted)),
        reading(PACK, "layer1/size1", "layer1/size1"),
        operator(RESHAPE, inputs=raw.operators[RESHAPE].inputs[:1]),
    ]
    assert folded(both(*changes)(raw), "layer1/batch") == wanted


def test_planner_image_golden_layers_and_json_know_only_what_runs(computed: Graph) -> None:
    golden = golden_layers(computed, random_tensors(computed))
    assert [layer.index for layer in golden] == [MEAN, RESHAPE, SOFTMAX]
    assert [layer.tensor.dtype for layer in golden] == [np.dtype(np.int8)] * 3
    planned = plan(computed, TARGET, SIMD)
    assert pack(planned)
    runs = measured(planned, golden)
    run = compare_run(planned, runs, golden)
    assert run.exact
    wrong = compare_run(planned, replace(runs, layers=spoilt(runs.layers, 1)), golden)
    assert [layer.index for layer in wrong.layers if not layer.exact] == [RESHAPE]
    data = to_json(comparison(computed, golden, (REFERENCE,)))
    assert data["model"]["operators"] == len(data["runs"][0]["layers"]) == 3
    assert [layer["index"] for layer in data["runs"][0]["layers"]] == [MEAN, RESHAPE, SOFTMAX]


INT8_INPUT = "is int8; supported is int32 only, to compute with the sizes of tensors"

REFUSALS: dict[str, tuple[Change, str]] = {
    "shape of a dynamic tensor": (
        both(
            reading(SHAPE, "layer1/size1"),
            tensor("layer1/size1", shape=(1, 1), signature=(-1, -1)),
        ),
        "operator 1 (SHAPE 'layer1/sizes'): input 'layer1/size1' has the dynamic shape [-1, -1];"
        " convert with fixed sizes",
    ),
    "shape as int64": (
        tensor("layer1/sizes", type="int64"),
        "operator 1 (SHAPE 'layer1/sizes'): gives int64; supported is int32 only,"
        " to compute with the sizes of tensors",
    ),
    "slice of an activation": (
        reading(SLICE, "layer0", "layer1/begin", "layer1/end", "layer1/stride"),
        f"operator 2 (STRIDED_SLICE 'layer1/batch'): input 'layer0' {INT8_INPUT}",
    ),
    "slice that gives an activation": (
        tensor("layer1/batch", type="int8"),
        "operator 3 (PACK 'layer1/shape'): input 'layer1/batch' is int8; supported is int32 only,"
        " to compute with the sizes of tensors",
    ),
    "slice from a place that the input decides": (
        tensor("layer1/begin", content=None),
        "operator 2 (STRIDED_SLICE 'layer1/batch'): input 'layer1/begin' is known at run time"
        " only; supported are constants and fixed sizes",
    ),
    "slice with a new axis": (
        option(SLICE, NewAxisMask=1),
        "operator 2 (STRIDED_SLICE 'layer1/batch'): option NewAxisMask is not supported",
    ),
    "slice of a second dimension": (
        option(SLICE, EndMask=3),
        "operator 2 (STRIDED_SLICE 'layer1/batch'): option EndMask is not supported",
    ),
    "slice without options": (
        operator(SLICE, options=None),
        "operator 2 (STRIDED_SLICE 'layer1/batch'): the file holds no options for it;"
        " the file is damaged",
    ),
    "slice that does not move": (
        tensor("layer1/stride", content=int32(0)),
        "operator 2 (STRIDED_SLICE 'layer1/batch'): has the impossible stride 0",
    ),
    "element beyond the shape": (
        tensor("layer1/begin", content=int32(4)),
        "operator 2 (STRIDED_SLICE 'layer1/batch'): takes element 4 of 4",
    ),
    "slice of another length": (
        option(SLICE, ShrinkAxisMask=0),
        "operator 2 (STRIDED_SLICE 'layer1/batch'): output has the shape [], its inputs give [1]",
    ),
    "pack of activations": (
        reading(PACK, "layer0", "layer0"),
        f"operator 3 (PACK 'layer1/shape'): input 'layer0' {INT8_INPUT}",
    ),
    "pack of vectors": (
        reading(PACK, "layer1/sizes", "layer1/sizes"),
        "operator 3 (PACK 'layer1/shape'): is supported only where it makes a vector of single"
        " numbers",
    ),
    "pack of another count": (
        option(PACK, ValuesCount=3),
        "operator 3 (PACK 'layer1/shape'): has 2 inputs, its options say 3",
    ),
    "pack before its input": (
        lambda raw: replace(
            raw, operators=tuple(raw.operators[i] for i in (MEAN, SHAPE, PACK, SLICE, 4, 5))
        ),
        "operator 2 (PACK 'layer1/shape'): input 'layer1/batch' is known at run time only;"
        " supported are constants and fixed sizes",
    ),
    "written twice": (
        lambda raw: operator(PACK, outputs=raw.operators[SLICE].outputs)(raw),
        "operator 3 (PACK 'layer1/batch'): writes tensor 5, which is written already;"
        " the file is damaged",
    ),
    "two outputs": (
        lambda raw: operator(SHAPE, outputs=raw.operators[SHAPE].outputs * 2)(raw),
        "operator 1 (SHAPE 'layer1/sizes'): has 2 outputs, wants 1",
    ),
    "input missing": (
        operator(SHAPE, inputs=()),
        "operator 1 (SHAPE 'layer1/sizes'): has 0 inputs, wants 1",
    ),
    "tensor beyond the file's": (
        operator(SHAPE, inputs=(99,)),
        "operator 1 (SHAPE 'layer1/sizes'): names a tensor 99 that the file does not have",
    ),
    "target shape of another size": (
        tensor("layer1/size1", content=int32(9)),
        "operator 4 (RESHAPE 'layer1'): output has the shape [1, 8], its target shape is [1, 9]",
    ),
    "target shape that nobody computes": (
        lambda raw: replace(
            raw, operators=tuple(one for one in raw.operators if one.kind != "PACK")
        ),
        "operator 3 (RESHAPE 'layer1'): its target shape is known at run time only;"
        " convert with fixed sizes",
    ),
    "folded result as an activation": (
        reading(SOFTMAX, "layer1/shape"),
        "operator 5 (SOFTMAX 'layer2'): input 'layer1/shape' is int32; dwpw runs int8 models:"
        " convert with full integer quantisation, int8 input and int8 output",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_folded_is_refused_in_one_line(name: str, raw: RawModel) -> None:
    change, message = REFUSALS[name]
    with pytest.raises(UserError) as caught:
        check(Path("m.tflite"), change(raw))
    assert str(caught.value) == f"m.tflite: {message}"
