"""Sixteen multipliers and four accumulators, fed with one word and one store entry per cycle."""

from __future__ import annotations

from itertools import pairwise

from migen import NO_CHANGE, Cat, If, Memory, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import GROUPS, TAPS, Geometry

from ..cfu_bus import WORD
from .layouts import bits_for_index, mac_step

ENTRY = GROUPS * TAPS * 8


class WeightStore(Module):
    """Store of 128-bit entries in block RAM, read as a whole, written by halves.

    A cycle either reads or writes, so that one port is enough; tools would build logic around a
    second one for the case that both meet.

    Ports:
        address: in, entry to read; data: out, one cycle later, kept while writing.
        write_address, write_enable (a bit per half), write_low, write_high: in.
    """

    def __init__(self, geometry: Geometry):
        width = bits_for_index(geometry.store_entries)
        self.address = Signal(width)
        self.data = Signal(ENTRY)
        self.write_address = Signal(width)
        self.write_enable = Signal(2)
        self.write_low = Signal(WORD)
        self.write_high = Signal(WORD)

        # # #

        address = Signal(width)
        self.comb += address.eq(Mux(self.write_enable != 0, self.write_address, self.address))
        for half in range(2):
            memory = Memory(ENTRY // 2, geometry.store_entries)
            port = memory.get_port(write_capable=True, mode=NO_CHANGE)
            self.specials += memory, port
            self.comb += [
                port.adr.eq(address),
                port.dat_w.eq(Cat(self.write_low, self.write_high)),
                port.we.eq(self.write_enable[half]),
                self.data[half * ENTRY // 2 : (half + 1) * ENTRY // 2].eq(port.dat_r),
            ]


class MacArray(Module):
    """Multiplies a word's taps with a store entry and accumulates.

    Pipeline, one step per cycle, no stalls:
        s1  step arrives, store entry is read; taps: the word's bytes, or the history of its row
        s2  16 products
        s3  eight sums of two products
        s4  four sums of four
        s5  accumulate
        s6  accumulators complete

    Ports:
        step: in (`mac_step`), stage s1; no mac may follow directly behind a last one.
        entry: in, its store entry, stage s1.
        complete: out, the accumulators are a result of parameter group `group`.
        accumulators: out, four int32, valid with `complete`.
    """

    def __init__(self, geometry: Geometry):
        self.step = step = Record(mac_step(geometry))
        self.entry = Signal(ENTRY)
        self.complete = Signal()
        self.group = Signal(bits_for_index(geometry.param_groups))
        self.accumulators = [Signal((WORD, True), name=f"acc{g}") for g in range(GROUPS)]

        # # #

        taps = self._taps(geometry)
        control = [("mac", 1), ("last", 1), ("clear", 1), ("group", len(step.group))]
        stages = [step] + [Record(control, name=f"control_s{stage}") for stage in range(2, 7)]
        for before, after in pairwise(stages):
            self.sync += [getattr(after, name).eq(getattr(before, name)) for name, _ in control]
        s5, s6 = stages[-2:]

        for group in range(GROUPS):
            products_s3 = []
            for tap in range(TAPS):
                byte = 8 * (group * TAPS + tap)
                tap_s2 = Signal((8, True), reset_less=True)
                weight_s2 = Signal((8, True), reset_less=True)
                product_s3 = Signal((16, True), reset_less=True)
                self.sync += [
                    tap_s2.eq(taps[group][tap]),
                    weight_s2.eq(self.entry[byte : byte + 8]),
                    product_s3.eq(tap_s2 * weight_s2),
                ]
                products_s3.append(product_s3)
            # Sums of two, each in its own register: tools build a sum of four from full adders.
            pair_s4 = [Signal((17, True), reset_less=True) for _ in range(2)]
            sum_s5 = Signal((18, True), reset_less=True)
            accumulator = self.accumulators[group]
            self.sync += [
                pair_s4[0].eq(products_s3[0] + products_s3[1]),
                pair_s4[1].eq(products_s3[2] + products_s3[3]),
                sum_s5.eq(pair_s4[0] + pair_s4[1]),
                If(s5.mac, accumulator.eq(accumulator + sum_s5)),
                # A reset of the register is free, a multiplexer in front of the adder is not.
                If(s5.clear | s6.last, accumulator.eq(0)),
            ]
        self.comb += [self.complete.eq(s6.last), self.group.eq(s6.group)]

    def _taps(self, geometry: Geometry):
        """Operand bytes [group][tap] of stage s1, and the history behind them."""
        step = self.step
        memory = Memory(2 * WORD, geometry.rows)
        write = memory.get_port(write_capable=True)
        read = memory.get_port(async_read=True)
        self.specials += memory, write, read
        before = Signal(WORD)
        previous = Signal(WORD)
        self.comb += [
            read.adr.eq(step.row),
            Cat(before, previous).eq(read.dat_r),
            write.adr.eq(step.row),
            write.dat_w.eq(Cat(previous, step.word)),
            write.we.eq(step.shift),
        ]
        columns = (before, previous, step.word, 0)
        return [
            [Mux(step.dw, _byte(columns[tap], group), _byte(step.word, tap)) for tap in range(TAPS)]
            for group in range(GROUPS)
        ]


def _byte(word, position: int):
    """A byte of a word; of the constant 0, 0."""
    return word[8 * position : 8 * position + 8] if isinstance(word, Signal) else word
