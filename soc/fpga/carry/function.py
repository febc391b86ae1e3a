"""Boolean functions of nets, as tables: what a LUT computes, whatever its pins are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from soc.fpga.netlist import Bit, Cell, pin

Values = Mapping[int, int]
"""Net -> 0 or 1."""

LUT_PINS = "ABCD"


def look_up(init: int, values: Sequence[int]) -> int:
    """A LUT's answer: the bit of `init` at the number that its pins are, the first the lowest.

    LUT4 and LUT2 of techlibs/lattice/cells_sim_ecp5.v in Yosys.
    """
    return init >> sum(value << index for index, value in enumerate(values)) & 1


@dataclass(frozen=True)
class Function:
    """A function of nets.

    nets   those that the value depends on
    table  bit k: the value where net i is bit i of k
    """

    nets: tuple[int, ...]
    table: int

    def __call__(self, values: Values) -> int:
        return look_up(self.table, [values[net] for net in self.nets])


def tabulated(nets: Sequence[int], meaning: Callable[[Values], int]) -> Function:
    """The function that `meaning` computes from the nets, of those that matter to it."""
    table = sum(meaning(row) << index for index, row in enumerate(rows(nets)))
    used = list(nets)
    for net in nets:
        position = used.index(net)
        low, high = (_half_table(table, len(used), position, value) for value in (0, 1))
        if low == high:
            table = low
            used.remove(net)
    return Function(tuple(used), table)


def constant(value: int) -> Function:
    """The function of nothing."""
    return Function((), value)


def of_bit(bit: Bit) -> Function:
    """The function that is one net or one constant."""
    return constant(int(bit)) if isinstance(bit, str) else Function((bit,), 0b10)


def of_lut(cell: Cell) -> Function:
    """What a LUT4 computes."""
    inputs = [pin(cell, port) for port in LUT_PINS]
    return of_pins(int(cell["parameters"]["INIT"], 2), inputs)


def of_pins(init: int, inputs: Sequence[Bit]) -> Function:
    """What a table computes whose pins are connected to `inputs`."""
    nets = tuple(dict.fromkeys(bit for bit in inputs if isinstance(bit, int)))
    return tabulated(
        nets,
        lambda row: look_up(init, [int(b) if isinstance(b, str) else row[b] for b in inputs]),
    )


def substituted(outer: Function, inner: Mapping[int, Function]) -> Function:
    """`outer` with the nets of `inner` replaced by what drives them."""
    if not inner.keys() & set(outer.nets):
        return outer
    nets = union(*(inner.get(net, of_bit(net)) for net in outer.nets))
    return tabulated(
        nets, lambda row: outer({net: inner.get(net, of_bit(net))(row) for net in outer.nets})
    )


def union(*functions: Function) -> tuple[int, ...]:
    """The nets of functions, each once."""
    return tuple(dict.fromkeys(net for function in functions for net in function.nets))


def rows(nets: Sequence[int]) -> list[dict[int, int]]:
    """All values of the nets, in a table's order."""
    return [
        dict(zip(nets, reversed(row), strict=True)) for row in product((0, 1), repeat=len(nets))
    ]


def _half_table(table: int, width: int, position: int, value: int) -> int:
    """The table for one value of the input at `position`."""
    kept = [row for row in range(1 << width) if row >> position & 1 == value]
    return sum((table >> row & 1) << index for index, row in enumerate(kept))
