"""Tidy carry chains compute the same and cost less."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from unittest.mock import ANY

from hypothesis import given
from hypothesis import strategies as st

from soc.fpga.carry import tidy_carries
from soc.fpga.netlist import Bit, Module
from tests.soc.fpga.carry.circuits import OUTSIDE, Circuit, circuits, luts
from tests.soc.fpga.carry.evaluation import evaluate

A, B, C, D = OUTSIDE[:4], OUTSIDE[4:8], OUTSIDE[8], OUTSIDE[9]

MULTIPLEXER = 0xCACA
"""INIT of a LUT4 that is A, or B if C is 1."""

AND = 0x8888

VALUES = st.lists(st.integers(0, 1), min_size=len(OUTSIDE), max_size=len(OUTSIDE))
"""Of the nets that come from outside."""


def tidied(module: Module) -> Module:
    """A copy with tidy carries."""
    copied = copy.deepcopy(module)
    tidy_carries(copied)
    return copied


@given(circuits(), VALUES)
def test_random_circuits_compute_the_same(module: Module, values: list[int]) -> None:
    inputs = dict(zip(OUTSIDE, values, strict=True))
    assert evaluate(tidied(module), inputs) == evaluate(module, inputs)


@given(circuits())
def test_random_circuits_cost_no_more(module: Module) -> None:
    assert luts(tidied(module)) <= luts(module)


@given(circuits(), VALUES)
def test_what_is_tidy_may_be_tidied_again(module: Module, values: list[int]) -> None:
    inputs = dict(zip(OUTSIDE, values, strict=True))
    assert evaluate(tidied(tidied(module)), inputs) == evaluate(module, inputs)


def adder(*read: str, carry: Bit = "0", operands: Sequence[Bit] = B) -> Module:
    """A + operands, of four digits. read: which of S0, S1, S2, S3, C2 and C4 are read."""
    circuit = Circuit()
    nets = circuit.chain(list(zip(A, operands, strict=True)), carry, subtract=False)
    names = ("S0", "S1", "C2", "S2", "S3", "C4")
    return circuit.module([net for name, net in zip(names, nets, strict=True) if name in read])


def kinds(module: Module) -> Counter[str]:
    return Counter(cell["type"] for cell in module["cells"].values())


SUMS = ("S0", "S1", "S2", "S3")


def test_an_adder_s_lowest_sum_leaves_the_chain_when_that_saves_a_half() -> None:
    before, after = adder(*SUMS), tidied(adder(*SUMS))
    assert (luts(before), luts(after)) == (8, 5)
    assert kinds(after) == {"CCU2C": 2, "LUT4": 1}


def test_a_carry_from_outside_takes_half_a_cell() -> None:
    after = tidied(adder(*SUMS, carry=C))
    # Its lowest carry depends on three nets, so the sum stays in the chain: 5 halves in 3 cells.
    assert kinds(after) == {"CCU2C": 3}
    assert luts(after) == 6


def test_a_comparison_is_one_half_for_each_carry() -> None:
    before, after = adder("C4"), tidied(adder("C4"))
    assert (luts(before), luts(after)) == (8, 6)
    assert kinds(after) == {"CCU2C": 3}


def test_a_carry_in_the_middle_is_read_through_an_inverter() -> None:
    before, after = adder("C2", *SUMS), tidied(adder("C2", *SUMS))
    assert (luts(before), luts(after)) == (10, 7)
    assert kinds(after) == {"CCU2C": 3, "LUT4": 1}


def test_digits_that_nothing_reads_are_dropped() -> None:
    assert kinds(tidied(adder("S0", "S1"))) == {"CCU2C": 1, "LUT4": 1}


def test_carries_at_the_ends_are_not_connected() -> None:
    cells = list(tidied(adder(*SUMS))["cells"].values())
    ends = [cell["connections"] for cell in cells if cell["type"] == "CCU2C"]
    assert [(one["CIN"], one["COUT"]) for one in ends] == [(["x"], ANY), (ANY, ["x"])]


def test_a_multiplexer_with_one_reader_becomes_part_of_the_adder() -> None:
    circuit = Circuit()
    selected = [circuit.lut(MULTIPLEXER, [a, b, C, "0"]) for a, b in zip(A, B, strict=True)]
    nets = circuit.chain([(bit, D) for bit in selected], "1", subtract=True)
    after = tidied(circuit.module([nets[0], nets[1], nets[3], nets[4]]))
    assert "LUT4" not in kinds(after)


def test_both_operands_of_a_digit_may_be_folded() -> None:
    circuit = Circuit()
    masked = [circuit.lut(AND, [bit, C, "0", "0"]) for bit in (*A, *B)]
    nets = circuit.chain(list(zip(masked[:4], masked[4:], strict=True)), D, subtract=False)
    assert kinds(tidied(circuit.module([nets[0], nets[4]]))) == {"CCU2C": 3}


def test_a_lut_of_two_chains_is_folded_into_both_or_neither() -> None:
    circuit = Circuit()
    masked = [circuit.lut(AND, [bit, C, "0", "0"]) for bit in A]
    first = circuit.chain(list(zip(masked, B, strict=True)), D, subtract=False)
    second = circuit.chain(list(zip(masked, B, strict=True)), D, subtract=True)
    both = circuit.module([first[4], second[4]])
    assert kinds(tidied(both)) == {"CCU2C": 6}
    outside = circuit.module([first[4], second[4], masked[1]])
    assert kinds(tidied(outside)) == {"CCU2C": 6, "LUT4": 1}


def test_a_lut_that_must_be_kept_is() -> None:
    circuit = Circuit()
    masked = circuit.lut(AND, [A[0], C, "0", "0"])
    nets = circuit.chain([(masked, D), (A[1], B[1])], C, subtract=False)
    circuit.cells["cell0"]["attributes"]["keep"] = "1"
    assert kinds(tidied(circuit.module(nets[:2])))["LUT4"] == 1


def test_a_chain_that_does_not_pass_its_carry_on_stays_as_it_is() -> None:
    module = adder(*SUMS)
    module["cells"]["cell1"]["parameters"]["INJECT1_1"] = "YES"
    assert tidied(module) == module
