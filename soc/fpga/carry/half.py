"""Half of a CCU2C, the ECP5's carry cell: its meaning, and the pins that a meaning is put on."""

from __future__ import annotations

from collections.abc import Mapping
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

LUT2_ROWS = 4

Lut2 = dict[tuple[int, ...], int]
"""Values of A and B -> answer."""

TIED = "1"
"""On a pin without a net: what nextpnr gives such a pin without any wire."""


def half_outputs(init: int, pins: tuple[int, int, int, int], carry_in: int) -> tuple[int, int]:
    """(sum, carry out) of a half whose parameter INJECT1 is "NO"; pins: A, B, C, D.

    Written after techlibs/lattice/ccu2c_sim.vh of Yosys: a LUT4 decides whether the carry is passed
    on; if not, a LUT2 of A and B makes the next one, and the LUT2's table is the first quarter of
    the LUT4's. Lattice's own synthesis uses all four pins as well: its halves with INIT 16'h74b8
    add A and D if B is 1, and else take C.
    """
    propagate, generate = look_up(init, pins), look_up(init, pins[:2])
    return propagate ^ carry_in, carry_in if propagate else generate


NEVER, ALWAYS = constant(0), constant(1)


@dataclass(frozen=True)
class Half:
    """sum = propagate ^ carry in; carry out = carry in if propagate, else `generate`.

    Both are functions of at most four nets, together. Only where `propagate` is 0 does `generate`
    matter; elsewhere it is 0, so that it depends on nothing without need. It is None if nothing
    reads the carry out.
    """

    propagate: Function
    generate: Function | None

    @property
    def nets(self) -> tuple[int, ...]:
        return union(self.propagate, self.generate or NEVER)

    def outputs(self, carry: Function) -> tuple[Function, Function]:
        """(sum, carry out) for a carry in."""
        generate = self.generate or NEVER
        nets = union(self.propagate, generate, carry)
        total = tabulated(nets, lambda row: self.propagate(row) ^ carry(row))
        following = tabulated(
            nets, lambda row: carry(row) if self.propagate(row) else generate(row)
        )
        return total, following


def make_half(propagate: Function, generate: Function | None = None) -> Half:
    """A half with these functions."""
    if generate is None:
        return Half(propagate, None)
    nets = union(propagate, generate)
    return Half(propagate, tabulated(nets, lambda row: generate(row) & ~propagate(row)))


STOP = Half(NEVER, NEVER)
"""sum = carry in; no carry out."""

PASS = Half(ALWAYS, NEVER)
"""sum = not carry in; carry out = carry in."""


def injection(carry: Function) -> Half:
    """A half that begins a chain, as nextpnr does it (ecp5/pack.cc, `make_carry_feed_in`)."""
    return make_half(NEVER, carry)


def half_of(cell: Cell, which: int) -> Half:
    """What half `which` of a CCU2C computes."""
    inputs = [pin(cell, f"{name}{which}") for name in LUT_PINS]
    init = int(cell["parameters"][f"INIT{which}"], 2)
    return make_half(of_pins(init, inputs), of_pins(init, inputs[:2]))


def with_drivers(half: Half, drivers: Mapping[int, Function]) -> Half | None:
    """The half with nets replaced by what drives them, None if it had too many nets then."""
    propagate = substituted(half.propagate, drivers)
    generate = half.generate and substituted(half.generate, drivers)
    wide = len(union(propagate, generate or NEVER)) > len(LUT_PINS)
    return None if wide else make_half(propagate, generate)


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
    if len(half.nets) > len(LUT_PINS):
        return None
    for order in permutations(half.nets):
        lower = _lut2(half, order)
        if lower is not None:
            tied = (TIED,) * (len(LUT_PINS) - len(order))
            return Placed((*order, *tied), _table(half, order, lower))
    return None


def _lut2(half: Half, order: tuple[int, ...]) -> Lut2 | None:
    """What LUT2 must be with the nets in this order on A, B, C and D; None if it cannot be that."""
    lower, upper = order[:2], order[2:]
    made: Lut2 = {}
    if len(order) == len(LUT_PINS):
        zeros = dict.fromkeys(upper, 0)
        made = {tuple(row.values()): half.propagate(row | zeros) for row in rows(lower)}
    for row in rows(order) if half.generate else ():
        if not half.propagate(row):
            value = half.generate(row)
            if made.setdefault(tuple(row[net] for net in lower), value) != value:
                return None
    return made


def _table(half: Half, order: tuple[int, ...], lower: Lut2) -> int:
    def entry(index: int) -> int:
        bits = tuple(index >> position & 1 for position in range(len(LUT_PINS)))
        if index < LUT2_ROWS and len(order) < len(LUT_PINS):
            return lower.get(bits[: len(order)][:2], 0)
        return half.propagate(dict(zip(order, bits, strict=False)))

    return sum(entry(index) << index for index in range(1 << len(LUT_PINS)))
