"""Half of a CCU2C, the ECP5's carry cell: its meaning, and the pins that a meaning is put on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from soc.fpga.carry.function import (
    LUT_PINS,
    Function,
    constant,
    look_up,
    of_pins,
    rows,
    substituted,
    tabulated,
    union,
)
from soc.fpga.netlist import Bit, Cell, pin

TIED = "1"
"""On a pin without a net: what nextpnr gives such a pin without any wire."""


def half_outputs(init: int, pins: tuple[int, int, int, int], carry_in: int) -> tuple[int, int]:
    """(sum, carry out) of a half whose parameter INJECT1 is "NO"; pins: A, B, C, D.

    Written after techlibs/lattice/ccu2c_sim.vh of Yosys: a LUT4 decides whether the carry is passed
    on; if not, a LUT2 of A and B makes the next one, and the LUT2's table is the first quarter of
    the LUT4's.
    """
    propagate, generate = look_up(init, pins), look_up(init, pins[:2])
    return propagate ^ carry_in, carry_in if propagate else generate


@dataclass(frozen=True)
class Half:
    """sum = propagate ^ carry in; carry out = carry in if propagate, else `generate`.

    Both are functions of at most four nets, together. Only where `propagate` is 0 does `generate`
    matter; elsewhere it is 0, so that it depends on nothing without need.
    """

    propagate: Function
    generate: Function

    @property
    def nets(self) -> tuple[int, ...]:
        return union(self.propagate, self.generate)


def make_half(propagate: Function, generate: Function) -> Half:
    """A half with these functions."""
    nets = union(propagate, generate)
    return Half(propagate, tabulated(nets, lambda row: generate(row) & ~propagate(row)))


STOP = Half(constant(0), constant(0))
"""sum = carry in; no carry out."""

PASS = Half(constant(1), constant(0))
"""sum = not carry in; carry out = carry in."""


def injection(carry: Function) -> Half:
    """A half that begins a chain, as nextpnr does it (ecp5/pack.cc, `make_carry_feed_in`)."""
    return make_half(constant(0), carry)


def half_of(cell: Cell, which: int) -> Half:
    """What half `which` of a CCU2C computes."""
    inputs = [pin(cell, f"{name}{which}") for name in LUT_PINS]
    init = int(cell["parameters"][f"INIT{which}"], 2)
    return make_half(of_pins(init, inputs), of_pins(init & 0xF, inputs[:2]))


def with_drivers(half: Half, drivers: Mapping[int, Function]) -> Half | None:
    """The half with nets replaced by what drives them, None if it had too many nets then."""
    merged = (substituted(half.propagate, drivers), substituted(half.generate, drivers))
    return make_half(*merged) if len(union(*merged)) <= len(LUT_PINS) else None


@dataclass(frozen=True)
class Placed:
    """A half on its pins: what A, B, C and D are connected to, and the table INIT."""

    pins: tuple[Bit, Bit, Bit, Bit]
    init: int


def placed(half: Half) -> Placed | None:
    """Pins and table with the meaning of `half`, None if there are none.

    A table has one row for `generate` and `propagate` both where C and D are 0. With three nets or
    fewer D is tied to 1, and these rows are free for `generate`. With four nets `propagate` fills
    the table, and `generate` must be what stands there already.
    """
    return next(_placements(half), None)


def _placements(half: Half) -> Iterator[Placed]:
    nets = half.nets
    if len(nets) > len(LUT_PINS):
        return
    values = rows(nets)
    for order in permutations(nets):
        lower = order[:2]
        full = len(order) == len(LUT_PINS)
        shared = _shared_rows(half.propagate, order) if full else {}
        made = {}
        stopped = (row for row in values if not half.propagate(row))
        if all(_agrees(made, shared, lower, row, half.generate(row)) for row in stopped):
            yield _placement(half, order, made)


def _shared_rows(propagate: Function, order: tuple[int, ...]) -> dict[tuple[int, ...], int]:
    """`propagate` where the last two nets are 0, by the values of the first two."""
    return {
        tuple(row.values()): propagate(row | dict.fromkeys(order[2:], 0)) for row in rows(order[:2])
    }


def _agrees(
    made: dict[tuple[int, ...], int],
    shared: dict[tuple[int, ...], int],
    lower: tuple[int, ...],
    row: dict[int, int],
    value: int,
) -> bool:
    """Whether LUT2 can be `value` in the row; `made` notes that it must."""
    at = tuple(row[net] for net in lower)
    return made.setdefault(at, shared.get(at, value)) == value


def _placement(half: Half, order: tuple[int, ...], made: dict[tuple[int, ...], int]) -> Placed:
    count = len(order)
    tied = (TIED,) * (len(LUT_PINS) - count)

    def entry(index: int) -> int:
        bits = tuple(index >> position & 1 for position in range(len(LUT_PINS)))
        if count < len(LUT_PINS) and index < 4:
            return made.get(bits[: min(2, count)], 0)
        return half.propagate(dict(zip(order, bits, strict=False)))

    return Placed((*order, *tied), sum(entry(index) << index for index in range(16)))
