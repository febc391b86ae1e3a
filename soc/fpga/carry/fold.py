"""LUTs in front of a carry chain become part of it, where its cells have room for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from soc.fpga.carry.chains import Chain, Digit
from soc.fpga.carry.function import Function, of_lut
from soc.fpga.carry.half import Half, placed, with_drivers
from soc.fpga.netlist import Cell, Module, pin, pins, reads

LUT = "LUT4"


class Folding:
    """LUTs that only digits read, and the digits that read them.

    drivers  net -> the function of the LUT that drives it
    names    net -> the LUT's cell
    readers  net -> the digits that read it
    """

    def __init__(self, module: Module, chains: Iterable[Chain]) -> None:
        self.module = module
        self.outside = reads(module)
        self.readers: dict[int, list[Digit]] = defaultdict(list)
        for chain in chains:
            if isinstance(chain.carry_in, int):
                self.outside[chain.carry_in] += 1
            for digit in chain.digits:
                self._note(digit)
        luts = {name: cell for name, cell in module["cells"].items() if _free(cell)}
        self.names = {pin(cell, "Z"): name for name, cell in luts.items()}
        self.drivers: dict[int, Function] = {
            net: of_lut(luts[name]) for net, name in self.names.items()
        }

    def candidates(self) -> list[int]:
        """Nets of LUTs that nothing reads but digits."""
        return [net for net in self.drivers if not self.outside[net]]

    def fold(self, nets: Iterable[int]) -> bool:
        """Fold the LUTs of some nets into all digits that read them; False if one has no room."""
        drivers = {net: self.drivers[net] for net in nets}
        digits = {id(digit): digit for net in drivers for digit in self.readers[net]}
        changed: list[tuple[Digit, Half]] = []
        for digit in digits.values():
            half = with_drivers(digit.half, drivers)
            if half is None or placed(half) is None:
                return False
            changed.append((digit, half))
        for digit, half in changed:
            self._forget(digit)
            digit.half = half
            self._note(digit)
        for net in drivers:
            self._remove(net)
        return True

    def _remove(self, net: int) -> None:
        cell = self.module["cells"].pop(self.names.pop(net))
        del self.drivers[net]
        self.outside.subtract(read for _, read in pins(cell, "input"))

    def _note(self, digit: Digit) -> None:
        for net in digit.half.nets:
            self.readers[net].append(digit)

    def _forget(self, digit: Digit) -> None:
        for net in digit.half.nets:
            self.readers[net] = [other for other in self.readers[net] if other is not digit]


def fold_luts(module: Module, chains: Iterable[Chain]) -> int:
    """Fold as many LUTs as fit; returns how many cells that removed from the module.

    Two LUTs of a digit go first: one of them alone may leave no pins for the other, while both
    together do with the same nets.
    """
    before = len(module["cells"])
    chains = list(chains)
    folding = Folding(module, chains)
    done = None
    while done != (done := len(module["cells"])):
        single = set(folding.candidates())
        for chain in chains:
            for digit in chain.digits:
                for pair in combinations([n for n in digit.half.nets if n in single], 2):
                    if all(net in folding.drivers for net in pair):
                        folding.fold(pair)
        for net in folding.candidates():
            folding.fold([net])
    return before - len(module["cells"])


def _free(cell: Cell) -> bool:
    """Whether the cell is a LUT that nobody wants as it is."""
    wanted = "keep" in cell["attributes"]
    return cell["type"] == LUT and not wanted and isinstance(pin(cell, "Z"), int)
