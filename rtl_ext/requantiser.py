"""Turns four int32 accumulators into a word of four int8, one accumulator per cycle."""

from __future__ import annotations

from migen import Array, Cat, If, Memory, Module, Mux, Record, Signal

from compiler_intrinsics.geometry import GROUPS, Geometry

from .layouts import OUTPUT_STAGE, SCALE_WRITE_BITS, WORD, bits_for_index, scale_write


class ScaleStore(Module):
    """Bias, multiplier and shift of each channel, in LUT RAM.

    Ports:
        write: in (`scale_write`).
        channel: in; bias, multiplier, shift: out, same cycle.
    """

    def __init__(self, geometry: Geometry):
        channels = geometry.param_groups * GROUPS
        self.write = Record(scale_write(geometry))
        self.channel = Signal(bits_for_index(channels))
        self.bias = Signal((32, True))
        self.multiplier = Signal(31)
        self.shift = Signal((6, True))

        # # #

        for name, width in SCALE_WRITE_BITS.items():
            memory = Memory(width, channels)
            write = memory.get_port(write_capable=True)
            read = memory.get_port(async_read=True)
            self.specials += memory, write, read
            self.comb += [
                write.adr.eq(self.write.channel),
                write.dat_w.eq(getattr(self.write, name)),
                write.we.eq(self.write.write_bias if name == "bias" else self.write.write_scale),
                read.adr.eq(self.channel),
                getattr(self, name).eq(read.dat_r),
            ]


class Requantiser(Module):
    """Bias, multiplier and shift, output zero point, clamp, pack: `arithmetic.requantise`.

    Pipeline, one accumulator per cycle, no stalls; `start` at least four cycles apart:
        r0  take one of the four accumulators, look up its channel
        r1  add the bias
        r2  shift left
        r3  four 17 x 17 products
        r4  add the middle ones
        r5  the high half of the 64-bit product, rounded
        r6  add the rounding constant of the right shift
        r7  shift right
        r8  saturate, add the output zero point, clamp
        r9  pack

    Ports:
        start: in, accumulators (four int32) and group are valid.
        scale: in, parameter writes (`scale_write`); output_stage: in (`OUTPUT_STAGE`).
        result_valid: out for one cycle; result: out, four int8.
    """

    def __init__(self, geometry: Geometry):
        self.start = Signal()
        self.accumulators = [Signal((WORD, True)) for _ in range(GROUPS)]
        self.group = Signal(bits_for_index(geometry.param_groups))
        self.output_stage = Record(OUTPUT_STAGE)
        self.result_valid = Signal()
        self.result = Signal(WORD)

        # # #

        self.submodules.scales = scales = ScaleStore(geometry)
        self.scale = scales.write

        busy = Signal()
        index = Signal(bits_for_index(GROUPS))
        held = [Signal((WORD, True), name=f"held{g}") for g in range(GROUPS)]
        held_group = Signal.like(self.group)
        self.sync += [
            If(
                self.start,
                busy.eq(1),
                index.eq(0),
                held_group.eq(self.group),
                *[keep.eq(value) for keep, value in zip(held, self.accumulators, strict=True)],
            ).Elif(busy, index.eq(index + 1), If(index == GROUPS - 1, busy.eq(0))),
        ]
        self.comb += scales.channel.eq(Cat(index, held_group))

        final = Signal()
        self.comb += final.eq(busy & (index == GROUPS - 1))
        value_r1, bias_r1 = self._registers(WORD, WORD)
        self.sync += [value_r1.eq(Array(held)[index]), bias_r1.eq(scales.bias)]
        high_r6, right_r6 = self._scale(value_r1, bias_r1, scales.multiplier, scales.shift)
        byte_r9 = self._output(high_r6, right_r6)

        word = Signal(WORD)
        self.sync += [
            word.eq(Cat(word[8:], byte_r9)),
            self.result_valid.eq(self._delayed(final, 9)),
        ]
        self.comb += self.result.eq(word)

    def _scale(self, value_r1, bias_r1, multiplier, shift):
        """Stages r1 to r5: the scaled accumulator, and the right shift that is left to do."""
        biased_r2, shifted_r3 = self._registers(WORD, WORD)
        shift_r2 = self._delayed(shift, 2)
        multiplier_r3 = self._delayed(multiplier, 3)
        left_r2 = Signal(5)
        self.comb += If(~shift_r2[-1], left_r2.eq(shift_r2[:5]))
        self.sync += [
            biased_r2.eq(value_r1 + bias_r1),
            shifted_r3.eq(biased_r2 << left_r2),
        ]

        # x * m = (xh << 16 + xl) * (mh << 16 + ml), with xl, mh and ml unsigned.
        x_high, x_low = Signal((17, True)), Signal((17, True))
        m_high, m_low = Signal((17, True)), Signal((17, True))
        self.comb += [
            x_high.eq(Cat(shifted_r3[16:], shifted_r3[-1])),
            x_low.eq(shifted_r3[:16]),
            m_high.eq(multiplier_r3[16:]),
            m_low.eq(multiplier_r3[:16]),
        ]
        high_high_r4, high_low_r4, low_high_r4, low_low_r4 = self._registers(34, 34, 34, 34)
        middle_r5, high_high_r5 = self._registers(36, WORD)
        low_low_r5 = Signal(32)
        high_r6 = Signal((WORD, True))
        outer = Signal((64, True))
        total = Signal((64, True))
        self.sync += [
            high_high_r4.eq(x_high * m_high),
            high_low_r4.eq(x_high * m_low),
            low_high_r4.eq(x_low * m_high),
            low_low_r4.eq(x_low * m_low),
            # The rounding constant 2**30 has its bit here, before the shift by 16.
            middle_r5.eq(high_low_r4 + low_high_r4 + (1 << 14)),
            high_high_r5.eq(high_high_r4),
            low_low_r5.eq(low_low_r4),
            high_r6.eq(total[31:63]),
        ]
        self.comb += [
            outer.eq(Cat(low_low_r5, high_high_r5)),
            total.eq(outer + (middle_r5 << 16)),
        ]
        right = Signal(5)
        self.comb += If(shift[-1], right.eq(-shift))
        return high_r6, self._delayed(right, 6)

    def _output(self, high_r6, right_r6):
        """Stages r6 to r8: rounding right shift, zero point, clamp."""
        rounded_r7, shifted_r8 = self._registers(WORD + 1, WORD + 1)
        byte_r9 = Signal(8)
        half = Signal(WORD)
        away = Signal((2, True))
        right_r7 = self._registered(right_r6)
        self.comb += [
            # Half of the divisor, less one for negative values: ties go away from zero.
            If(
                right_r6 != 0,
                half.eq(1 << (right_r6 - 1)[:5]),
                away.eq(Mux(high_r6[-1], -1, 0)),
            ),
        ]
        self.sync += [
            rounded_r7.eq(high_r6 + half + away),
            shifted_r8.eq(rounded_r7 >> right_r7),
        ]
        # Beyond 9 bits every value is clamped, wherever the zero point lies.
        narrow = Signal((10, True))
        moved = Signal((11, True))
        stage = self.output_stage
        self.comb += [
            narrow.eq(shifted_r8[:10]),
            If(
                (shifted_r8[9:] != 0) & (shifted_r8[9:] != 2 ** len(shifted_r8[9:]) - 1),
                narrow.eq(Mux(shifted_r8[-1], -512, 511)),
            ),
            moved.eq(narrow + stage.zero_point),
        ]
        self.sync += [
            byte_r9.eq(moved[:8]),
            If(moved < stage.act_min, byte_r9.eq(stage.act_min)),
            If(moved > stage.act_max, byte_r9.eq(stage.act_max)),
        ]
        return byte_r9

    def _registers(self, *widths: int):
        """Signed signals of the given widths."""
        return [Signal((width, True)) for width in widths]

    def _registered(self, signal):
        """`signal`, one cycle later."""
        later = Signal((len(signal), getattr(signal, "signed", False)))
        self.sync += later.eq(signal)
        return later

    def _delayed(self, signal, cycles: int):
        """`signal`, `cycles` cycles later."""
        for _ in range(cycles):
            signal = self._registered(signal)
        return signal
