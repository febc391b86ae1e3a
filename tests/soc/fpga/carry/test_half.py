"""Half a carry cell: its functions on pins, and which have no pins."""

from __future__ import annotations

from itertools import permutations, product

from hypothesis import given
from hypothesis import strategies as st

from soc.fpga.carry.function import Function, constant, rows, tabulated
from soc.fpga.carry.half import (
    PASS,
    STOP,
    Half,
    Placed,
    half_of,
    half_outputs,
    injection,
    make_half,
    placed,
    with_drivers,
)

A, B, C, D = NETS = (10, 11, 12, 13)

ADDITION = 0b1001011010101010
"""INIT of every half that Yosys writes: A + B if C is 0, A - B if it is 1; D is 1."""

BITS = list(product((0, 1), repeat=3))


def functions(count: int) -> st.SearchStrategy[Function]:
    """Any function of the first `count` nets."""
    nets = NETS[:count]
    tables = st.integers(0, (1 << (1 << count)) - 1)
    return tables.map(lambda table: tabulated(nets, Function(nets, table)))


def halves(count: int) -> st.SearchStrategy[Half]:
    return st.builds(make_half, functions(count), functions(count))


def means(where: Placed, half: Half) -> bool:
    """Whether pins and table give the half's outputs, whatever its nets and the carry are."""
    return all(
        half_outputs(where.init, pin_values(where, row), carry) == outputs(half, row, carry)
        for row in rows(NETS)
        for carry in (0, 1)
    )


def pin_values(where: Placed, row: dict[int, int]) -> tuple[int, ...]:
    return tuple(int(bit) if isinstance(bit, str) else row[bit] for bit in where.pins)


def outputs(half: Half, row: dict[int, int], carry: int) -> tuple[int, int]:
    """(sum, carry out)."""
    propagate = half.propagate(row)
    return propagate ^ carry, carry if propagate else half.generate(row)


def cell(pins: tuple, init: int) -> dict:
    connections = {f"{name}0": [bit] for name, bit in zip("ABCD", pins, strict=True)}
    return {"parameters": {"INIT0": f"{init:016b}"}, "connections": connections}


@given(st.integers(0, 4).flatmap(halves))
def test_pins_have_the_meaning_of_the_half(half: Half) -> None:
    where = placed(half)
    assert where is None or means(where, half)


@given(halves(2))
def test_a_half_of_two_nets_always_has_pins(half: Half) -> None:
    assert placed(half) is not None


@given(functions(3), functions(2))
def test_a_carry_of_two_nets_of_three_always_has_pins(sum_: Function, carry: Function) -> None:
    assert placed(make_half(sum_, carry)) is not None


@given(halves(4))
def test_where_no_pins_are_found_there_are_none(half: Half) -> None:
    if len(half.nets) < len(NETS) or placed(half) is not None:
        return
    for order in permutations(NETS):
        # With a net on every pin, the sum leaves no choice of the table.
        table = sum(half.propagate(row) << index for index, row in enumerate(rows(order)))
        assert not means(Placed(order, table), half)


def test_an_adder_s_half_is_a_sum_and_its_carry() -> None:
    half = half_of(cell((A, B, "0", "1"), ADDITION), 0)
    for a, b, carry in BITS:
        total = a + b + carry
        assert outputs(half, {A: a, B: b}, carry) == (total % 2, total // 2)


def test_a_subtractor_s_half_adds_the_complement() -> None:
    half = half_of(cell((A, B, "1", "1"), ADDITION), 0)
    for a, b, carry in BITS:
        total = a + (1 - b) + carry
        assert outputs(half, {A: a, B: b}, carry) == (total % 2, total // 2)


def test_an_undefined_input_is_zero() -> None:
    assert half_of(cell((A, "x", "0", "1"), ADDITION), 0) == half_of(
        cell((A, "0", "0", "1"), ADDITION), 0
    )


def test_halves_without_a_digit_hand_the_carry_on_or_end_it() -> None:
    assert [outputs(PASS, {}, carry) for carry in (0, 1)] == [(1, 0), (0, 1)]
    assert [outputs(STOP, {}, carry) for carry in (0, 1)] == [(0, 0), (1, 0)]


def test_an_injected_carry_does_not_depend_on_the_one_before_it() -> None:
    both = Function((A, B), 0b1000)
    for carry in (0, 1):
        row = {A: 1, B: carry}
        assert {outputs(injection(both), row, before)[1] for before in (0, 1)} == {carry}


def test_a_multiplexed_operand_goes_into_the_half() -> None:
    addition = half_of(cell((A, B, "0", "1"), ADDITION), 0)
    selected = tabulated((B, C, D), lambda row: row[C] if row[D] else row[B])
    half = with_drivers(addition, {B: selected})
    assert set(half.nets) == {A, B, C, D}
    assert means(placed(half), half)


def test_a_masked_operand_goes_into_the_half() -> None:
    addition = half_of(cell((A, B, "0", "1"), ADDITION), 0)
    masked = Function((B, C), 0b1000)
    half = with_drivers(addition, {B: masked})
    assert means(placed(half), half)


def test_more_than_four_nets_are_too_many() -> None:
    addition = half_of(cell((A, B, "0", "1"), ADDITION), 0)
    wide = Function((20, 21, 22, 23), 0x6996)
    assert with_drivers(addition, {B: wide}) is None


def test_a_constant_depends_on_nothing() -> None:
    assert tabulated(NETS, lambda _: 1) == constant(1)
