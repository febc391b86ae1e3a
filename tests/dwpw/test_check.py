"""Finding the first wrong element in a dump of every tensor."""

from __future__ import annotations

import pytest

from dwpw.check import first_wrong_element
from dwpw.errors import UserError
from dwpw.golden import GoldenLayer, golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph


@pytest.fixture
def golden(graph: Graph) -> tuple[GoldenLayer, ...]:
    return golden_layers(graph, random_tensors(graph))


@pytest.fixture
def dump(golden: tuple[GoldenLayer, ...]) -> list[bytes]:
    return [layer.tensor.tobytes() for layer in golden]


def test_an_exact_dump_has_no_wrong_element(
    graph: Graph, golden: tuple[GoldenLayer, ...], dump: list[bytes]
) -> None:
    assert first_wrong_element(graph, golden, dump) is None


def test_the_first_wrong_element_is_named_by_layer_and_position(
    graph: Graph, golden: tuple[GoldenLayer, ...], dump: list[bytes]
) -> None:
    wrong = bytearray(dump[2])
    wrong[2 * 16 + 3 * 4 + 1] ^= 1  # row 2, column 3, channel 1 of 4x4x4
    wrong[-1] ^= 1
    found = first_wrong_element(graph, golden, [*dump[:2], bytes(wrong), *dump[3:]])
    wanted = int(golden[2].tensor[0, 2, 3, 1])
    assert str(found) == (
        "operator 2 (DEPTHWISE_CONV_2D 'layer2'): first wrong element at [0, 2, 3, 1]:"
        f" got {wanted ^ 1}, wanted {wanted} (2 of 64 elements differ)"
    )


def test_a_dump_that_is_not_whole_is_refused(
    graph: Graph, golden: tuple[GoldenLayer, ...], dump: list[bytes]
) -> None:
    with pytest.raises(UserError, match="9 of 10 tensors were dumped"):
        first_wrong_element(graph, golden, dump[:-1])
    with pytest.raises(UserError, match="operator 0 .* 3 of 324 bytes were dumped"):
        first_wrong_element(graph, golden, [bytes(3), *dump[1:]])
