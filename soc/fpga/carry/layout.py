"""Chains become cells again, as few as they need."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain as joined
from itertools import count
from typing import Any

from soc.fpga.carry.chains import CELL, HALVES, Chain, Digit
from soc.fpga.carry.fold import LUT
from soc.fpga.carry.function import LUT_PINS, Function, of_bit
from soc.fpga.carry.half import PASS, STOP, injection, placed
from soc.fpga.netlist import Cell, Module

INJECTED = 2
"""Nets that a carry which is put into a chain may depend on: those of a half's LUT2."""

NOTHING = "x"
"""On a pin that is not connected: nextpnr looks for the pin and finds it without a net."""

INPUTS = ("CIN", *(f"{name}{which}" for which in HALVES for name in LUT_PINS))
OUTPUTS = ("S0", "S1", "COUT")


class Layout:
    """Writes chains into a module.

    read: how many pins and digits read a net; free: a number that no net has, and none above it.
    """

    def __init__(self, module: Module, read: Mapping[int | None, int], free: int) -> None:
        self.cells: dict[str, Cell] = module["cells"]
        self.nets = count(free)
        self.read = read

    def write(self, chain: Chain) -> None:
        """Put a chain into cells."""
        digits = self._all_digits(chain)
        pairs = [
            digits[index : index + len(HALVES)] for index in range(0, len(digits), len(HALVES))
        ]
        carry: int | None = None
        for index, pair in enumerate(pairs):
            after = None if pair is pairs[-1] else next(self.nets)
            name, attributes = chain.cells[min(index, len(chain.cells) - 1)]
            self._add(name, _carry_cell(pair, carry, after, attributes))
            carry = after

    def _all_digits(self, chain: Chain) -> list[Digit]:
        """An even number: those of the chain, and what hands carries in and out.

        A carry at the upper end is the sum of a half that adds nothing. One in between is the
        inverted sum of a half that passes it on, and a LUT inverts it again: as many LUTs as
        nextpnr needs, which takes a carry out and puts it in again.
        """
        carry, lowest = self._put_in(chain)
        digits = [Digit(injection(carry), None)]
        for position in range(lowest, len(chain.digits)):
            digits += [self._tap(chain, net) for net, at in chain.taps.items() if at == position]
            digits.append(chain.digits[position])
        top = len(chain.digits)
        digits += [Digit(STOP, net) for net, at in chain.taps.items() if at == top]
        return digits if len(digits) % len(HALVES) == 0 else [*digits, Digit(STOP, None)]

    def _tap(self, chain: Chain, net: int) -> Digit:
        inverted = next(self.nets)
        self._add_lut(chain, Function((inverted,), 0b01), net)
        return Digit(PASS, inverted)

    def _put_in(self, chain: Chain) -> tuple[Function, int]:
        """The carry to put into a chain, and how many of its lowest digits it contains.

        The half that puts a carry in has a LUT2 of its own, and the lowest digit's carry is often
        no more than that. This saves the digit's half if nothing reads its sum. Else the sum
        becomes a LUT4, which saves a LUT if the number of halves is odd.
        """
        carry, lowest = of_bit(chain.carry_in), 0
        halves = 1 + len(chain.digits) + len(chain.taps)
        for digit in chain.digits:
            total, following = digit.half.outputs(carry)
            if len(following.nets) > INJECTED or lowest in chain.taps.values():
                break
            if self.read[digit.sum]:
                odd = (halves - lowest) % len(HALVES) == 1
                if not odd or len(total.nets) > len(LUT_PINS):
                    break
                self._add_lut(chain, total, digit.sum)
            carry, lowest = following, lowest + 1
        return carry, lowest

    def _add_lut(self, chain: Chain, function: Function, output: int) -> None:
        name, attributes = chain.cells[0]
        self._add(f"{name}_sum", lut_cell(function, output, attributes))

    def _add(self, name: str, cell: Cell) -> None:
        names = joined([name], (f"{name}_{index}" for index in count()))
        self.cells[next(one for one in names if one not in self.cells)] = cell


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
    pair: list[Digit], carry_in: int | None, carry_out: int | None, attributes: dict[str, Any]
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
