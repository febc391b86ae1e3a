"""Sixteen multipliers and four accumulators, fed with one word and one store entry per cycle."""

from __future__ import annotations

from migen import READ_FIRST, Cat, If, Memory, Module, Mux, Record, Signal

from compiler_intrinsics.geometry import GROUPS, TAPS, Geometry

from .layouts import WORD, bits_for_index, mac_step

ENTRY = GROUPS * TAPS * 8


class WeightStore(Module):
    """Store of 128-bit entries in block RAM: one read port, one write port for half an entry.

    Ports:
        address: in, entry to read; data: out, one cycle later.
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

        # A half each, so that no tool has to find out what a byte enable of 64 bits is.
        for half in range(2):
            memory = Memory(ENTRY // 2, geometry.store_entries)
            read = memory.get_port(mode=READ_FIRST)
            write = memory.get_port(write_capable=True, mode=READ_FIRST)
            self.specials += memory, read, write
            self.comb += [
                read.adr.eq(self.address),
                self.data[half * ENTRY // 2 : (half + 1) * ENTRY // 2].eq(read.dat_r),
                write.adr.eq(self.write_address),
                write.dat_w.eq(Cat(self.write_low, self.write_high)),
                write.we.eq(self.write_enable[half]),
            ]


class MacArray(Module):
    """Multiplies a word's taps with a store entry and accumulates.

    Pipeline, one step per cycle, no stalls:
        s1  step arrives, store entry is read; taps: the word's bytes, or the history of its row
        s2  16 products
        s3  four sums of four products
        s4  accumulate
        s5  accumulators complete

    Ports:
        step: in (`mac_step`), stage s1; entry: in, its store entry, stage s1.
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
        s2, s3, s4, s5 = (Record(control, name=f"control_s{stage}") for stage in range(2, 6))
        for before, after in ((step, s2), (s2, s3), (s3, s4), (s4, s5)):
            self.sync += [getattr(after, name).eq(getattr(before, name)) for name, _ in control]

        fresh = Signal(reset=1)
        self.sync += If(s4.clear, fresh.eq(1)).Elif(s4.mac, fresh.eq(s4.last))
        for group in range(GROUPS):
            products_s3 = []
            for tap in range(TAPS):
                byte = 8 * (group * TAPS + tap)
                tap_s2 = Signal((8, True))
                weight_s2 = Signal((8, True))
                product_s3 = Signal((16, True))
                self.sync += [
                    tap_s2.eq(taps[group][tap]),
                    weight_s2.eq(self.entry[byte : byte + 8]),
                    product_s3.eq(tap_s2 * weight_s2),
                ]
                products_s3.append(product_s3)
            sum_s4 = Signal((18, True))
            accumulator = self.accumulators[group]
            base = Signal((WORD, True))
            self.sync += [
                sum_s4.eq((products_s3[0] + products_s3[1]) + (products_s3[2] + products_s3[3])),
                If(s4.mac, accumulator.eq(base + sum_s4)),
            ]
            self.comb += If(~fresh, base.eq(accumulator))
        self.comb += [self.complete.eq(s5.last), self.group.eq(s5.group)]

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
            [
                Mux(step.dw, _byte(columns[tap], group), _byte(step.word, tap))
                for tap in range(TAPS)
            ]
            for group in range(GROUPS)
        ]


def _byte(word, position: int):
    """A byte of a word; of the constant 0, 0."""
    return word[8 * position : 8 * position + 8] if isinstance(word, Signal) else word
