"""Carry chains of a netlist, taken out of it as lists of bits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from soc.fpga.carry.half import Half, half_of, make_half
from soc.fpga.netlist import Bit, Cell, Module, pin, reads

CELL = "CCU2C"
HALVES = (0, 1)
BINARY = frozenset("01")


@dataclass
class Digit:
    """One place of a chain. sum: the net that its S drives, None if none."""

    half: Half
    sum: int | None


@dataclass
class Chain:
    """Digits that hand a carry on, the lowest first.

    carry_in  the carry into the lowest digit: a net or a constant
    digits    see Digit
    taps      net of a carry that is read outside the chain -> number of digits below it
    cells     (name, attributes) of the cells that the chain was in
    """

    carry_in: Bit
    digits: list[Digit]
    taps: dict[int, int]
    cells: list[tuple[str, dict[str, Any]]]

    def reads(self) -> Iterator[int]:
        """Each net that it reads, once for each digit."""
        if isinstance(self.carry_in, int):
            yield self.carry_in
        for digit in self.digits:
            yield from digit.half.nets


def take_chains(module: Module) -> list[Chain]:
    """Remove from a module all chains that can be changed, and return them.

    What remains are chains with a cell that does not pass a carry through both of its halves
    (INJECT1): Yosys makes none.
    """
    cells = {name: cell for name, cell in module["cells"].items() if cell["type"] == CELL}
    count = reads(module)
    makers = {carry: name for name, cell in cells.items() if isinstance(carry := _out(cell), int)}
    takers = defaultdict(list)
    for name, cell in cells.items():
        takers[pin(cell, "CIN")].append(name)
    chains = []
    for name, cell in cells.items():
        before = pin(cell, "CIN")
        if before in makers and len(takers[before]) == 1:
            continue  # not the first of its chain
        names = list(_follow(name, cells, takers))
        if all(_plain(cells[one]) for one in names):
            chains.append(_chain({one: cells[one] for one in names}, count))
            for one in names:
                del module["cells"][one]
    return chains


def trim(module: Module, chains: Iterable[Chain]) -> list[Chain]:
    """Drop digits at the top of chains that nothing reads; returns the chains that are left."""
    left = list(chains)
    count = all_reads(module, left)
    while sum(_trim_once(chain, count) for chain in left):
        pass
    return [chain for chain in left if chain.digits or chain.taps]


def all_reads(module: Module, chains: Iterable[Chain]) -> Counter[int]:
    """How many pins outside chains, and digits, read each net."""
    count = reads(module)
    for chain in chains:
        count.update(chain.reads())
    return count


def _trim_once(chain: Chain, count: Counter[int]) -> bool:
    """Whether something was dropped; `count` follows."""
    before = Counter(chain.reads())
    tapped = max(chain.taps.values(), default=0)
    while len(chain.digits) > tapped and not count[chain.digits[-1].sum]:
        chain.digits.pop()
    if len(chain.digits) > tapped:  # nobody asks for a carry out of the highest digit
        top = chain.digits[-1]
        chain.digits[-1] = replace(top, half=make_half(top.half.propagate))
    if not chain.digits and not chain.taps:
        chain.carry_in = "0"
    dropped = before - Counter(chain.reads())
    count.subtract(dropped)
    return bool(dropped)


def _follow(name: str, cells: dict[str, Cell], takers: dict[Bit, list[str]]) -> Iterator[str]:
    """The cells of the chain that begins with `name`."""
    while True:
        yield name
        following = takers.get(_out(cells[name]), [])
        if len(following) != 1:
            return
        name = following[0]


def _chain(cells: dict[str, Cell], count: Counter[int]) -> Chain:
    chained = {pin(cell, "CIN") for cell in list(cells.values())[1:]}
    first = next(iter(cells.values()))
    digits, taps = [], {}
    for cell in cells.values():
        digits += [Digit(half_of(cell, which), _net(cell, f"S{which}")) for which in HALVES]
        carry = _out(cell)
        if count[carry] > (carry in chained):
            taps[carry] = len(digits)
    names = [(name, cell["attributes"]) for name, cell in cells.items()]
    return Chain(pin(first, "CIN"), digits, taps, names)


def _plain(cell: Cell) -> bool:
    parameters = cell["parameters"]
    return all(
        parameters.get(f"INJECT1_{which}") == "NO" and set(parameters[f"INIT{which}"]) <= BINARY
        for which in HALVES
    )


def _out(cell: Cell) -> int | None:
    return _net(cell, "COUT")


def _net(cell: Cell, port: str) -> int | None:
    bit = pin(cell, port)
    return bit if isinstance(bit, int) else None
