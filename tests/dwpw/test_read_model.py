"""Reading models: what a good one becomes, and the exact words for every kind of bad one."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
import tflite

from dwpw.errors import UserError
from dwpw.model import Graph, read_model
from dwpw.model.flatbuffer import BUILTIN_CODE_SLOT, decode
from dwpw.model.read import check
from tests.dwpw.refusals import CONV, DEPTHWISE, MEAN, REFUSALS, int32, tensor


@pytest.mark.parametrize("name", REFUSALS)
def test_a_bad_model_is_refused_in_one_line_that_names_the_culprit(
    name: str, model_path: Path
) -> None:
    change, message = REFUSALS[name]
    raw = change(decode(model_path.read_bytes()))
    with pytest.raises(UserError) as caught:
        check(Path("m.tflite"), raw)
    assert str(caught.value) == f"m.tflite: {message}"


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none.tflite: cannot be read: No such file or directory"):
        read_model(tmp_path / "none.tflite")


@pytest.mark.parametrize("content", [b"", b"TFL3", b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_a_file_of_another_kind_is_no_model(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"is not a TFLite model \(no 'TFL3' at byte 4\)"):
        read_model(path)


def assert_refused_in_one_line_or_valid(path: Path) -> None:
    """Anything but a `UserError` fails the test."""
    message = ""
    try:
        read_model(path)
    except UserError as error:
        message = str(error)
    assert "\n" not in message


def test_every_truncation_is_refused_or_still_a_valid_model(model_path: Path) -> None:
    content = model_path.read_bytes()
    for length in range(0, len(content), 7):
        model_path.write_bytes(content[:length])
        assert_refused_in_one_line_or_valid(model_path)


@pytest.mark.parametrize("seed", range(20))
def test_damaged_bytes_give_an_error_or_a_valid_model_and_never_a_traceback(
    seed: int, model_path: Path
) -> None:
    content = model_path.read_bytes()
    rng = random.Random(seed)
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 8)):
            damaged[rng.randrange(8, len(damaged))] = rng.choice([0, 1, 0x7F, 0x80, 0xFF])
        model_path.write_bytes(damaged)
        assert_refused_in_one_line_or_valid(model_path)


def test_an_operators_number_is_the_larger_of_its_two_fields(model_path: Path) -> None:
    content = bytearray(model_path.read_bytes())
    code = tflite.Model.GetRootAs(content, 0).OperatorCodes(0)._tab
    place = code.Pos + code.Offset(BUILTIN_CODE_SLOT)
    struct.pack_into("<i", content, place, tflite.BuiltinOperator.GATHER)
    model_path.write_bytes(content)
    with pytest.raises(UserError, match=r"not supported: GATHER \(1\)"):
        read_model(model_path)


def test_macs_and_parameters_are_counted_as_the_literature_does(graph: Graph) -> None:
    macs = {operator.kind: operator.macs for operator in graph.operators if operator.macs}
    assert macs == {
        "CONV_2D": 4 * 4 * 8 * 4,  # the pointwise one, which comes later
        "DEPTHWISE_CONV_2D": 4 * 4 * 4 * 9,
        "FULLY_CONNECTED": 8 * 5,
    }
    assert graph.operators[CONV].macs == 4 * 4 * 4 * 36
    assert graph.parameters == (144 + 4) + (36 + 4) + (32 + 8) + (40 + 5)


def test_same_padding_puts_the_odd_row_behind(graph: Graph) -> None:
    assert graph.operators[DEPTHWISE].window.pad == (1, 1)
    assert graph.operators[CONV].window.pad == (0, 0)


def test_mean_accepts_axes_counted_from_the_end(model_path: Path) -> None:
    raw = tensor("layer6/axes", content=int32(-2, -3))(decode(model_path.read_bytes()))
    assert check(model_path, raw).operators[MEAN].kind == "MEAN"


def test_a_batch_that_is_dynamic_in_the_signature_only_is_accepted(model_path: Path) -> None:
    raw = tensor("input", signature=(-1, 8, 8, 3))(decode(model_path.read_bytes()))
    assert check(model_path, raw).input_tensors[0].shape == (1, 8, 8, 3)
