"""The products of one accumulator in one cycle, added up."""

from __future__ import annotations

from migen import Module, Signal

from .layouts import BYTE, ZERO_POINT, bits_for_index

WEIGHT = BYTE + 1
"""Width of a weight less its zero point."""


class DotProduct(Module):
    """Multiplies taps with weights less their zero point and adds the products, two by two.

        taps ────────> | operands ──> x ──> | products ──> + ──> | pairs ──> + ──> | total
        weights ──> - ─┘

    A bar is a register; a set of operands per cycle, no stalls.  Each sum of two has its own:
    tools build a sum of four from full adders.

    Parameters:
        taps: products, a power of two; t below.

    Attributes:
        latency: cycles from operands to total: the bars.
        sums: for each power of two up to t, the sums of so many neighbouring products, in order.

    Ports:
        taps, weights  t x int8              in
        zero_point     int8                  in   of the weights
        total          17 + log2(t), signed  out  `latency` cycles later
    """

    def __init__(self, taps: int):
        self.taps = [Signal((BYTE, True), name=f"tap{t}") for t in range(taps)]
        self.weights = [Signal((BYTE, True), name=f"weight{t}") for t in range(taps)]
        self.zero_point = Signal(ZERO_POINT)
        self.total = Signal((BYTE + WEIGHT + bits_for_index(taps), True))

        # # #

        self.latency = 0
        moved = [weight - self.zero_point for weight in self.weights]
        operands = self._registers(WEIGHT, "operand", [*self.taps, *moved])
        products = [
            tap * weight for tap, weight in zip(operands[:taps], operands[taps:], strict=True)
        ]
        sums = self._registers(BYTE + WEIGHT, "product", products)
        self.sums = {1: sums}
        while len(sums) > 1:
            pairs = [left + right for left, right in zip(sums[::2], sums[1::2], strict=True)]
            count = taps // len(pairs)
            sums = self._registers(len(sums[0]) + 1, f"sum_of_{count}_", pairs)
            self.sums[count] = sums
        self.comb += self.total.eq(sums[0])

    def _registers(self, width: int, name: str, values: list) -> list[Signal]:
        """One stage: a signed register for each value."""
        registers = [
            Signal((width, True), reset_less=True, name=f"{name}{n}") for n in range(len(values))
        ]
        self.sync += [register.eq(value) for register, value in zip(registers, values, strict=True)]
        self.latency += 1
        return registers
