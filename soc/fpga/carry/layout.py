"""Chains become cells again, as few as they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from soc.fpga.carry.chains import CELL, HALVES, Chain, Digit
from soc.fpga.carry.fold import LUT
from soc.fpga.carry.function import LUT_PINS, Function, of_bit, tabulated, union
from soc.fpga.carry.half import PASS, STOP, Half, injection, placed
from soc.fpga.netlist import Bit, Cell, Module, first_free_net

INJECTED = 2
"""Nets that a carry which is put into a chain may depend on: those of a half's LUT2."""

NOTHING = "x"
"""On a pin that is not connected: nextpnr looks for the pin and finds it without a net."""

INPUTS = ("CIN", *(f"{name}{which}" for which in HALVES for name in LUT_PINS))
OUTPUTS = ("S0", "S1", "COUT")


class Layout:
    """Writes chains into a module; `count` says how many LUT4 it added for that."""

    def __init__(self, module: Module) -> None:
        self.cells: dict[str, Cell] = module["cells"]
        self.nets = count(first_free_net(module))
        self.count = 0

    def write(self, chain: Chain, read: Mapping[int, int]) -> None:
        """Put a chain into cells. read: how many pins and digits read a net."""
        digits = self._halves(chain, read)
        carry: Bit | None = None
        for index in range(0, len(digits), len(HALVES)):
            pair = digits[index : index + len(HALVES)]
            after = next(self.nets) if index + len(HALVES) < len(digits) else None
            number = index // len(HALVES)
            name, attributes = chain.cells[min(number, len(chain.cells) - 1)]
            self._add(name, _carry_cell(pair, carry, after, attributes))
            carry = after

    def _halves(self, chain: Chain, read: Mapping[int, int]) -> list[Digit]:
        """The chain's digits with what puts the first carry in and takes others out.

        A carry at the upper end is the sum of a half that adds nothing.  One in between is the
        inverted sum of a half that passes it on, and a LUT inverts it again: as many LUTs as
        nextpnr needs, which takes a carry out and puts it in again.
        """
        carry, digits = self._lowest(chain, read)
        dropped = len(chain.digits) - len(digits)
        halves = [Digit(injection(carry), None)]
        for position in range(dropped, len(chain.digits) + 1):
            last = position == len(chain.digits)
            for net in (net for net, at in chain.taps.items() if at == position):
                halves.append(Digit(STOP, net) if last else self._tap(chain, net))
            if not last:
                halves.append(digits[position - dropped])
        return halves if len(halves) % 2 == 0 else [*halves, Digit(STOP, None)]

    def _tap(self, chain: Chain, net: int) -> Digit:
        inverted = next(self.nets)
        self._add_lut(chain, Function((inverted,), 0b01), net)
        return Digit(PASS, inverted)

    def _lowest(self, chain: Chain, read: Mapping[int, int]) -> tuple[Function, list[Digit]]:
        """The carry to put in, and the digits that are left when it contains some of them.

        The half that puts a carry in has a LUT2 of its own, and the lowest digit's carry is often
        no more than that.  This saves the digit's half if nothing reads its sum.  Else the sum
        becomes a LUT4, which saves a LUT if the number of halves is odd.
        """
        carry, digits = of_bit(chain.carry_in), list(chain.digits)
        tapped = min(chain.taps.values(), default=len(digits))
        while digits and len(chain.digits) - len(digits) < tapped:
            half, wanted = digits[0].half, read[digits[0].sum] > 0
            following = _carry_out(half, carry)
            odd = (1 + len(digits) + len(chain.taps)) % len(HALVES)
            if len(following.nets) > INJECTED or (wanted and not odd):
                break
            if wanted:
                total = _sum(half, carry)
                if len(total.nets) > len(LUT_PINS):
                    break
                self._add_lut(chain, total, digits[0].sum)
            carry = following
            del digits[0]
        return carry, digits

    def _add_lut(self, chain: Chain, function: Function, output: int) -> None:
        name, attributes = chain.cells[0]
        self._add(f"{name}_sum", lut_cell(function, output, attributes))
        self.count += 1

    def _add(self, name: str, cell: Cell) -> None:
        free = (f"{name}_{index}" for index in count())
        self.cells[name if name not in self.cells else _first_not_in(self.cells, free)] = cell


def lut_cell(function: Function, output: int, attributes: dict[str, Any]) -> Cell:
    """A LUT4 that computes a function of at most four nets."""
    inputs = dict(zip(LUT_PINS, function.nets, strict=False))
    rows = 1 << len(function.nets)
    init = sum((function.table >> row % rows & 1) << row for row in range(16))
    return {
        "hide_name": 0,
        "type": LUT,
        "parameters": {"INIT": f"{init:016b}"},
        "attributes": attributes,
        "port_directions": dict.fromkeys(LUT_PINS, "input") | {"Z": "output"},
        "connections": {name: [inputs.get(name, "0")] for name in LUT_PINS} | {"Z": [output]},
    }


def _carry_cell(
    pair: list[Digit], carry_in: Bit | None, carry_out: Bit | None, attributes: dict[str, Any]
) -> Cell:
    """A CCU2C of two halves.

    A carry that is not there is not connected: for nextpnr every net at CIN that comes from outside
    and every net at the last COUT is a carry to put in or to take out, with a cell of its own
    (ecp5/pack.cc, `split_carry_chain`).
    """
    parameters, nets = {}, {"CIN": carry_in, "COUT": carry_out}
    for which, digit in enumerate(pair):
        where = placed(digit.half)
        if where is None:
            raise ValueError(f"a half without pins: {digit.half}")
        parameters |= {f"INIT{which}": f"{where.init:016b}", f"INJECT1_{which}": "NO"}
        nets |= {f"{name}{which}": bit for name, bit in zip(LUT_PINS, where.pins, strict=True)}
        nets[f"S{which}"] = digit.sum
    return {
        "hide_name": 0,
        "type": CELL,
        "parameters": parameters,
        "attributes": attributes,
        "port_directions": dict.fromkeys(INPUTS, "input") | dict.fromkeys(OUTPUTS, "output"),
        "connections": {
            name: [NOTHING] if nets[name] is None else [nets[name]] for name in (*INPUTS, *OUTPUTS)
        },
    }


def _sum(half: Half, carry: Function) -> Function:
    nets = union(half.propagate, carry)
    return tabulated(nets, lambda row: half.propagate(row) ^ carry(row))


def _carry_out(half: Half, carry: Function) -> Function:
    nets = union(half.propagate, half.generate, carry)
    return tabulated(nets, lambda row: carry(row) if half.propagate(row) else half.generate(row))


def _first_not_in(taken: Mapping[str, Any], names: Iterator[str]) -> str:
    return next(name for name in names if name not in taken)
