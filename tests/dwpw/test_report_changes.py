"""The column of differences, and the sentence below the tables."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from dwpw.comparison import Comparison
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from dwpw.report.earlier import Change
from dwpw.report.table import print_comparison
from tests.dwpw.fake_run import comparison
from tests.support.targets import REFERENCE, SCALAR, SIMD

SAME = Change(layers=(0,) * 10, between=0, total=0, before=2_240_000)
FASTER = Change(
    layers=(0, -12_345, 0, 678, 0, 0, None, 0, 0, 0), between=-33, total=-11_700, before=2_240_000
)


@pytest.fixture
def three(graph: Graph) -> Comparison:
    """All kernel sets."""
    golden = golden_layers(graph, random_tensors(graph))
    return comparison(graph, golden, (REFERENCE, SCALAR, SIMD))


def printed(compared: Comparison, changes: dict[str, Change], width: int = 160) -> list[str]:
    """Lines of the report."""
    console = Console(file=io.StringIO(), width=width)
    print_comparison(compared, console, True, changes)
    return console.file.getvalue().splitlines()


def column(lines: list[str], title: str) -> list[str]:
    """The cells of the column with that title, from the top of the first table."""
    head = next(place for place, line in enumerate(lines) if title in line)
    end = lines[head].index(title) + len(title)
    rows = [line for line in lines[head + 2 : lines.index("", head)] if line.strip()]
    return [row[:end].split()[-1] for row in rows]


def test_the_column_shows_every_layer_what_lies_between_and_the_total(three):
    cells = column(printed(three, {"scalar": SAME, "simd": FASTER}), "± simd")
    layers = ["=", "-12,345", "=", "+678", "=", "=", "-", "=", "=", "="]
    assert cells == [*layers, "-33", "-11,700"]


def test_a_set_that_did_not_change_has_no_column(three):
    text = "\n".join(printed(three, {"scalar": SAME, "simd": FASTER}))
    assert "± scalar" not in text
    assert "scalar since then: not a cycle more or less, in any layer." in text


def test_a_sentence_sums_it_up(three):
    lines = printed(three, {"simd": FASTER})
    assert "simd since then: -11,700 cycles (-0.52%); 1 of 9 layers faster, 1 slower." in lines


def test_without_an_exact_total_there_is_no_sum(three):
    unknown = Change(layers=(None,) * 10, between=None, total=None, before=None)
    text = "\n".join(printed(three, {"simd": unknown}))
    assert "simd since then: no difference to show, because a tensor is or was not exact." in text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_column_fits_where_the_table_does(three, width: int):
    lines = printed(three, {"simd": FASTER}, width)
    tables = "\n".join(lines).split("\n\n")[1:-1]
    assert max(len(line) for table in tables for line in table.splitlines()) <= width
    assert any("± simd" in line for line in lines)
