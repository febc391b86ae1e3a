"""Decides whether a word may go to the MAC array in this cycle."""

from __future__ import annotations

from migen import Module, Mux, Signal

from compiler_intrinsics.simd.geometry import Geometry


class ResultGate(Module):
    """Keeps results as far apart as the requantiser needs them.

    The requantiser takes the accumulators of a result one by one, so results keep a distance of
    `groups` cycles.  In the cycle behind a result's last word nothing may be accumulated, because
    that is when the accumulators are reset.

    Ports:
        last    1  in   the word completes a result
        full    1  in   there is no place for a result
        passed  1  in   the word goes to the array in this cycle
        open    1  out  it may
    """

    def __init__(self, geometry: Geometry):
        self.last = Signal()
        self.full = Signal()
        self.passed = Signal()
        self.open = Signal()

        # # #

        gap = Signal(geometry.groups - 1)  # a bit for each cycle in which no result may complete
        self.comb += self.open.eq(~gap[-1] & ~(self.last & (self.full | (gap != 0))))
        self.sync += gap.eq(Mux(self.passed & self.last, 2 ** len(gap) - 1, gap[1:]))
