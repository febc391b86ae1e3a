"""Tables for people: nothing cut off at any width, and no count of a wrong tensor."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from dwpw.comparison import Comparison
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.model import Graph
from dwpw.report.names import kernel_name
from dwpw.report.numbers import factor, rate, share, short
from dwpw.report.table import print_comparison
from dwpw.target.kernel_set import KernelSet
from tests.dwpw.fake_run import comparison
from tests.support.targets import KERNEL_SETS, REFERENCE, SCALAR

SETS = (REFERENCE, SCALAR)
WIDTHS = (80, 100, 120, 160)


def compared(
    graph: Graph,
    wrong: dict[str, int] | None = None,
    sets: tuple[KernelSet, ...] = SETS,
) -> Comparison:
    golden = golden_layers(graph, random_tensors(graph))
    return comparison(graph, golden, sets, wrong)


def printed(comparison: Comparison, width: int, layers: bool = True) -> str:
    """What a terminal of that width shows."""
    console = Console(file=io.StringIO(), width=width)
    print_comparison(comparison, console, layers)
    return console.file.getvalue()


def row(text: str, start: str) -> list[str]:
    """The words of the first line that starts with `start`, however wide the spaces."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return next(line for line in lines if line.startswith(start)).split()


def table_lines(text: str) -> list[str]:
    """Heading and notes, which wrap, taken away."""
    paragraphs = text.split("\n\n")[1:-1]
    return [line for paragraph in paragraphs for line in paragraph.splitlines()]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("sets", [SETS, KERNEL_SETS])
def test_tables_fit_and_lose_nothing(graph: Graph, width: int, sets: tuple[KernelSet, ...]) -> None:
    text = printed(compared(graph, sets=sets), width)
    assert max(map(len, table_lines(text))) <= width
    assert "…" not in text
    for layer in ("conv 3x3/2", "dw 3x3", "conv 1x1", "avgpool 2x2/2", "softmax"):
        assert layer in text
    assert [line.split()[0] for line in table_lines(text)[2:12]] == list("0123456789")


def test_a_narrow_table_shortens_cycles_and_a_wide_one_does_not(graph: Graph) -> None:
    three = compared(graph, sets=KERNEL_SETS)
    assert "224.0 M" in printed(three, 80)
    assert "224,000,000" in printed(three, 120)


def test_a_wide_table_shows_the_speed_up_of_every_step(graph: Graph) -> None:
    text = printed(compared(graph, sets=KERNEL_SETS), 160)
    assert "ref/sca  sca/sim  speed-up" in text
    assert row(text, "total").count("10.0x") == 2


def test_the_heading_names_model_soc_golden_and_input(graph: Graph) -> None:
    text = printed(compared(graph), 120)
    assert "every.tflite: 3,432 MACs" in text
    assert "vexriscv full+cfu, 60 MHz, memory sdram, extension simd (lanes 16)" in text
    assert "golden kernels" in text
    assert "an input" in text


def test_without_layers_only_groups_and_verdict_remain(graph: Graph) -> None:
    text = printed(compared(graph), 120, layers=False)
    assert "softmax" not in text.replace("softmax (1)", "")
    assert row(text, "total")[-2] == "10.0x"
    assert "All 20 tensors are bit-exact with the golden layers." in text


def test_groups_and_what_lies_between_layers_add_up_to_the_total(graph: Graph) -> None:
    text = printed(compared(graph), 120, layers=False)
    rows = ("pointwise", "depthwise", "stem", "other", "between layers")
    cycles = [int(row(text, group)[2].replace(",", "")) for group in rows]
    assert sum(cycles) == int(row(text, "total")[2].replace(",", "")) == 224_000_000


@pytest.mark.parametrize(("change", "shown"), [(0, "+400,000"), (-1_234_567, "-834,567")])
def test_layers_and_what_lies_between_them_add_up_to_the_total(
    graph: Graph, change: int, shown: str
) -> None:
    both = compared(graph)
    changed = replace(both.runs[1], cycles=both.runs[1].cycles + change)
    text = printed(replace(both, runs=(both.runs[0], changed)), 120)
    assert row(text, "between layers") == ["between", "layers", "+4,000,000", shown]
    assert row(text, "total")[1:3] == ["224,000,000", f"{22_400_000 + change:,}"]


def test_a_wrong_tensor_shows_differs_instead_of_cycles(graph: Graph) -> None:
    text = printed(compared(graph, {"scalar": 4}), 120)
    assert "DIFFERS" in row(text, "4 ")
    assert "2,000,000" not in " ".join(row(text, "4 ")).replace("20,000,000", "")
    assert "DIFFERS" in row(text, "total")
    assert "DIFFERS" in row(text, "pointwise")
    assert "22,400,000" not in text.replace("224,000,000", "")
    assert row(text, "between layers") == ["between", "layers", "+4,000,000", "-"]
    assert "DIFFERS: scalar: 1 of 10 layers differ, the first is operator 4" in text


def test_a_fallback_is_told(graph: Graph) -> None:
    assert (
        "scalar fell back to: reference/pad (1), reference/reshape (1), reference/softmax (1)"
        in printed(compared(graph), 80)
    )


def test_a_wrong_output_of_exact_layers_is_told(graph: Graph) -> None:
    both = compared(graph)
    wrong = replace(both.runs[1], exact=False)
    text = printed(replace(both, runs=(both.runs[0], wrong)), 120)
    assert "DIFFERS: scalar: every layer is exact, but not the output of the inference" in text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.000 k"),
        (9_999, "9.999 k"),
        (99_996, "100.0 k"),
        (999_949, "999.9 k"),
        (999_960, "1.000 M"),
        (12_345_678, "12.35 M"),
        (284_000_000, "284.0 M"),
        (5_000_000_000, "5.000 G"),
    ],
)
def test_short_counts_have_four_digits_and_fit_seven_columns(count: int, text: str) -> None:
    assert short(count) == text
    assert len(text) <= 7


def test_factors_rates_and_shares_round_for_reading() -> None:
    assert factor(100, 25) == "4.00x"
    assert factor(100, 3) == "33.3x"
    assert factor(1000, 3) == "333x"
    assert factor(100, None) == factor(None, 100) == "-"
    assert rate(50, 100) == "0.500"
    assert rate(250, 100) == "2.50"
    assert rate(0, 100) == rate(100, None) == "-"
    assert share(1, 3) == "33.3%"


@pytest.mark.parametrize(
    ("kernel", "wanted", "text"),
    [
        ("simd/conv_pointwise", "simd", "pw"),
        ("simd/depthwise_3x3", "simd", "dw3x3"),
        ("scalar/fully_connected", "simd", "s:fc"),
        ("reference/softmax", "simd", "r:softmax"),
        ("reference/conv", "reference", "conv"),
    ],
)
def test_kernel_names_are_short_and_mark_a_fallback(kernel: str, wanted: str, text: str) -> None:
    assert kernel_name(kernel, wanted) == text
