"""The products of one accumulator in one cycle, added up."""

from __future__ import annotations

from migen import Module, Signal

from compiler_intrinsics.simd.geometry import Geometry

from .layouts import BYTE, bits_for_index


class DotProduct(Module):
    """Multiplies taps with weights and adds the products, two by two.

        taps, weights ──> | operands ──> x ──> | products ──> + ──> | pairs ──> + ──> | total

    A bar is a register; a set of operands per cycle, no stalls.  Each sum of two has its own:
    tools build a sum of four from full adders.

    Attributes:
        latency: cycles from operands to total: the bars.

    Ports, with t = taps of the geometry:
        taps, weights  t x int8          in
        total          16 + log2(t), signed  out, `latency` cycles later
    """

    def __init__(self, geometry: Geometry):
        taps = geometry.taps
        self.taps = [Signal((BYTE, True), name=f"tap{t}") for t in range(taps)]
        self.weights = [Signal((BYTE, True), name=f"weight{t}") for t in range(taps)]
        self.total = Signal((2 * BYTE + bits_for_index(taps), True))

        # # #

        self.latency = 0
        operands = self._registers(BYTE, "operand", [*self.taps, *self.weights])
        products = [
            tap * weight for tap, weight in zip(operands[:taps], operands[taps:], strict=True)
        ]
        sums = self._registers(2 * BYTE, "product", products)
        while len(sums) > 1:
            pairs = [left + right for left, right in zip(sums[::2], sums[1::2], strict=True)]
            sums = self._registers(len(sums[0]) + 1, f"sum_of_{taps // len(pairs)}_", pairs)
        self.comb += self.total.eq(sums[0])

    def _registers(self, width: int, name: str, values: list) -> list[Signal]:
        """One stage: a signed register for each value."""
        registers = [
            Signal((width, True), reset_less=True, name=f"{name}{n}") for n in range(len(values))
        ]
        self.sync += [register.eq(value) for register, value in zip(registers, values, strict=True)]
        self.latency += 1
        return registers
