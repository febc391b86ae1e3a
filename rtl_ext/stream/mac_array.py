"""The lanes: words and an entry of weights go in each cycle, accumulators come out."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import or_

from migen import Cat, If, Module, Mux, Record, Signal

from compiler_intrinsics.command_set import WORD_BITS
from compiler_intrinsics.simd.geometry import TAPS as LENT_TAPS
from compiler_intrinsics.stream.geometry import ACCUMULATOR_BYTES, GROUPS, Geometry

from ..simd.arithmetic_port import LANES as LENT_LANES
from ..simd.arithmetic_port import TOTAL
from ..simd.dot_product import DotProduct
from ..simd.layouts import ZERO_POINT
from ..stage import stage
from .activation_memory import OFFSET_BITS, ROW_WORDS
from .layouts import BYTE, STEP

ACCUMULATOR = (ACCUMULATOR_BYTES * BYTE, True)


class MacArray(Module):
    """Multiplies bytes of activations with an entry of weights and accumulates, without a pause.

        row, columns ──> taps of each accumulator ─┬> DotProduct ──> + ─┬─> | sum so far
        entry ─────────────────────────────────────┘                    └─> | accumulators
        step  ────────────────> | | | | ──────────────────────────────────> | complete

    For `dot` all accumulators have the same taps: bytes that lie one behind the other in a row. For
    `depthwise` tap t of accumulator g is byte g of column t. Who feeds the array keeps at 0 what is
    not meant, so that taps are all that they may be together: that is half the logic of a choice.

    A step per cycle, no stalls; `latency` cycles later its products are in the sum so far. The last
    step of a result brings them into the accumulators instead, and the sum so far is reset: that is
    free, where a choice of 0 for the first step would take an input of each of its bits.

    Ports, with b = banks, w = min(b, 2):
        zero_point    int8       in   of the weights; changes only while no step is under way
        step          STEP       in   a step of parameters forgets a result that was cut short
        row           w x 64     in   for `dot`, else 0
        offset        3          in   place of the first tap's byte in it
        columns       b x 64     in   for `depthwise`, else 0
        entry         lanes * 8  in   for each accumulator its taps' weights
        fresh         1          out  the result that is complete a cycle later is its group's first
        complete      1          out  the accumulators are a new result
        accumulators  8 x int32  out  they stay until the next one
        quiet         1          out  no products are under way
    """

    def __init__(self, geometry: Geometry):
        self.zero_point = Signal(ZERO_POINT)
        self.step = Record(STEP)
        self.row = Signal(min(geometry.banks, ROW_WORDS) * WORD_BITS)
        self.columns = [Signal(WORD_BITS, name=f"column{k}") for k in range(geometry.banks)]
        self.offset = Signal(OFFSET_BITS)
        self.entry = Signal(geometry.entry_bytes * BYTE)
        self.complete = Signal()
        self.fresh = Signal()
        self.accumulators = [
            Signal(ACCUMULATOR, reset_less=True, name=f"accumulator{g}") for g in range(GROUPS)
        ]

        self.quiet = Signal()

        # # #

        self.dots = dots = [DotProduct(geometry.taps) for _ in range(GROUPS)]
        self.submodules += dots
        self.latency = dots[0].latency + 1
        self._feed(dots, geometry)
        stages = [self.step, *(stage(STEP, f"step_m{n}") for n in range(1, self.latency + 1))]
        for before, after in pairwise(stages):
            self.sync += after.eq(before)
        summed, added = stages[-2:]
        counts, ends = Signal(), Signal()
        self.comb += [
            self.quiet.eq(~reduce(or_, [one.valid for one in stages[:-1]])),
            counts.eq(summed.valid & ~summed.parameters),
            ends.eq(summed.valid & summed.last),
            self.fresh.eq(ends & summed.fresh),
            self.complete.eq(added.valid & added.last),
        ]
        for number, (dot, accumulator) in enumerate(zip(dots, self.accumulators, strict=True)):
            so_far = Signal(ACCUMULATOR, name=f"so_far{number}")
            total = Signal(ACCUMULATOR, name=f"total{number}")
            self.comb += total.eq(Mux(summed.up, so_far << BYTE, so_far) + dot.total)
            self.sync += [
                If(counts, so_far.eq(total)),
                If(ends | (summed.valid & summed.parameters), so_far.eq(0)),
                If(ends, accumulator.eq(total)),
            ]

    def lend(self, lanes: Record, lent: Signal) -> None:
        """Let others use the first lanes while `lent`: their lane k is ours.

        lanes: `LANES_PORT`, as slave; its totals are sums of four neighbouring products, which are
        two accumulators with 2 taps each, one with 4, half of one with 8.
        """
        taps = len(self.dots[0].taps)
        dots = self.dots[: LENT_LANES // taps]
        for lane in range(LENT_LANES):
            dot, tap = dots[lane // taps], lane % taps
            self.comb += [
                dot.taps[tap].eq(self.own_taps[dot][tap] | _byte(lanes.taps, lane)),
                If(lent, dot.weights[tap].eq(_byte(lanes.weights, lane))),
            ]
        self.comb += [If(lent, dot.zero_point.eq(lanes.zero_point)) for dot in dots]
        self.comb += lanes.totals.eq(Cat(*self._lent_totals(dots, taps)))

    def _lent_totals(self, dots: list[DotProduct], taps: int) -> list[Signal]:
        """Of four products each, `LATENCY` cycles behind them."""
        if taps >= LENT_TAPS:
            return [total for dot in dots for total in dot.sums[LENT_TAPS]]
        totals = [Signal(TOTAL, reset_less=True, name=f"lent{g}") for g in range(len(dots) // 2)]
        for total, left, right in zip(totals, dots[::2], dots[1::2], strict=True):
            self.sync += total.eq(left.total + right.total)
        return totals

    def _feed(self, dots: list[DotProduct], geometry: Geometry) -> None:
        """Taps and weights of each accumulator."""
        same = self._in_a_row(geometry.taps)
        self.own_taps = {dot: [] for dot in dots}
        for tap in range(geometry.taps):
            for group, dot in enumerate(dots):
                column = _byte(self.columns[tap], group) if tap < geometry.banks else 0
                self.own_taps[dot].append(column | same[tap])
                self.comb += [
                    dot.taps[tap].eq(column | same[tap]),
                    dot.weights[tap].eq(_byte(self.entry, group * geometry.taps + tap)),
                ]
        self.comb += [dot.zero_point.eq(self.zero_point) for dot in dots]

    def _in_a_row(self, count: int) -> list[Signal]:
        """So many bytes from the offset on: moved by four where needed, then by two, by one."""
        values = [_byte(self.row, at) for at in range(len(self.row) // BYTE)]
        for bit in reversed(range(OFFSET_BITS)):
            step = 1 << bit
            needed = count + step - 1
            moved = [Signal(BYTE, name=f"by{step}_{at}") for at in range(needed)]
            for at, value in enumerate(moved):
                # What lies beyond a single word is never asked for: then there is one tap.
                there = values[min(at + step, len(values) - 1)]
                self.comb += value.eq(Mux(self.offset[bit], there, values[at]))
            values = moved
        return values


def _byte(word, position: int):
    """A byte of a word."""
    return word[BYTE * position : BYTE * (position + 1)]
