"""The lanes: a word and a store entry go in each cycle, accumulators come out."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import or_

from migen import Cat, If, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry

from ..cfu_bus import WORD
from .arithmetic_port import LANES_PORT, LATENCY, TOTAL
from .history import History
from .lanes import Lanes
from .layouts import BYTE, bits_for_index, entry_bits, mac_step


class MacArray(Module):
    """Multiplies a word's taps with a store entry and accumulates.

        row ───> history ─┐
        step ─────────────┴─> taps: the word's, the columns' ──┐
        entry ─────────────────────────────────────────────────┴> lanes ──> + ──> accumulators
        step's control ────────────────────────────────> | | | | ─────────────> | complete

    One step per cycle, no stalls.  A step's products are in the accumulators `latency` cycles
    later: those of the lanes and one for the accumulators.

    Parameters:
        history_in_blocks: as `in_blocks` of `History`.

    Attributes:
        lent: somebody else answers `lanes`; else the module makes `Lanes` of its own.

    Ports, with n = log2(rows), m = log2(param_groups):
        lanes         LANES_PORT     master
        row           n              in   the row of the next step
        look          1              in   that step may be one of a depthwise window
        step          mac_step       in   no mac may follow directly behind a last one
        entry         lanes * 8      in   the store entry of the same step
        complete      1              out  the accumulators are a result
        group         m              out  its parameter group
        accumulators  groups x int32 out  valid with `complete`
        quiet         1              out  no product is under way
    """

    def __init__(self, geometry: Geometry, history_in_blocks: bool = True):
        self.row = Signal(bits_for_index(geometry.rows))
        self.look = Signal()
        self.step = step = Record(mac_step(geometry))
        self.entry = Signal(entry_bits(geometry))
        self.complete = Signal()
        self.group = Signal(bits_for_index(geometry.param_groups))
        self.accumulators = [Signal((WORD, True), name=f"acc{g}") for g in range(geometry.groups)]
        self.quiet = Signal()
        self.lanes = Record(LANES_PORT)
        self.lent = False

        # # #

        self.submodules.history = History(geometry, history_in_blocks)
        self.latency = LATENCY + 1
        self._feed(geometry)

        control = [("mac", 1), ("up", 1), ("last", 1), ("clear", 1), ("group", len(step.group))]
        stages = [step] + [Record(control, name=f"control{n}") for n in range(1, self.latency + 1)]
        for before, after in pairwise(stages):
            self.sync += after.eq(before)
        summed, added = stages[-2:]
        totals = [Signal(TOTAL, name=f"total{g}") for g in range(geometry.groups)]
        self.comb += [
            Cat(*totals).eq(self.lanes.totals),
            self.quiet.eq(~reduce(or_, [stage.mac for stage in stages[:-1]])),
        ]
        for total, accumulator in zip(totals, self.accumulators, strict=True):
            before = Mux(summed.up, accumulator << BYTE, accumulator)
            self.sync += [
                If(summed.mac, accumulator.eq(before + total)),
                # A reset of the register is free, a multiplexer in front of the adder is not.
                If(summed.clear | added.last, accumulator.eq(0)),
            ]
        self.comb += [self.complete.eq(added.last), self.group.eq(added.group)]

    def do_finalize(self) -> None:
        if not self.lent:
            self.submodules.own = own = Lanes()
            self.comb += self.lanes.connect(own.port)

    def _feed(self, geometry: Geometry) -> None:
        """Taps and weights of each accumulator."""
        step, history, lanes = self.step, self.history, self.lanes
        self.comb += [
            history.row.eq(self.row),
            history.look.eq(self.look),
            history.shift.eq(step.shift),
            history.word.eq(step.column),
            lanes.weights.eq(self.entry),
            lanes.zero_point.eq(step.zero_point),
        ]
        columns = (history.before, history.previous, step.column)
        for group in range(geometry.groups):
            for tap in range(geometry.taps):
                column = _byte(columns[tap], group) if tap < len(columns) else 0
                lane = _byte(lanes.taps, group * geometry.taps + tap)
                # All of them are 0 but those that are meant.
                self.comb += lane.eq(column | _byte(step.dot, tap))


def _byte(word: Signal, position: int):
    """A byte of a word."""
    return word[BYTE * position : BYTE * (position + 1)]
