"""Turns four int32 accumulators into a word of four int8, one accumulator per cycle."""

from __future__ import annotations

from migen import Array, Cat, If, Memory, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import GROUPS, Geometry

from ..cfu_bus import WORD
from .layouts import OUTPUT_STAGE, SCALE_WRITE_BITS, bits_for_index, scale_write


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
        r5  the 64-bit product, its high half and the bit below
        r6  round the high half
        r7  shift right by 0, 8, 16 or 24
        r8  shift right by the rest
        r9  round, saturate to 11 bits
        r10 add the output zero point, clamp
        r11 pack

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
        held = [Signal((WORD, True), reset_less=True, name=f"held{g}") for g in range(GROUPS)]
        held_group = Signal(len(self.group), reset_less=True)
        self.sync += [
            If(
                self.start,
                busy.eq(1),
                index.eq(0),
                held_group.eq(self.group),
                *[keep.eq(value) for keep, value in zip(held, self.accumulators, strict=True)],
            ).Elif(
                busy,
                index.eq(Cat(~index[0], index[1] ^ index[0])),
                If(index == GROUPS - 1, busy.eq(0)),
            ),
        ]
        self.comb += scales.channel.eq(Cat(index, held_group))

        final = Signal()
        self.comb += final.eq(busy & (index == GROUPS - 1))
        value_r1, bias_r1 = self._registers(WORD, WORD)
        self.sync += [value_r1.eq(Array(held)[index]), bias_r1.eq(scales.bias)]
        high_r7, right_r7 = self._scale(value_r1, bias_r1, scales.multiplier, scales.shift)
        byte_r11 = self._clamp(self._shift_right(high_r7, right_r7))

        word = Signal(WORD, reset_less=True)
        valid = Signal(11)  # a bit for each of the stages behind r0
        self.sync += [
            word.eq(Cat(word[8:], byte_r11)),
            Cat(valid, self.result_valid).eq(Cat(final, valid)),
        ]
        self.comb += self.result.eq(word)

    def _scale(self, value_r1, bias_r1, multiplier, shift):
        """Stages r1 to r6: the scaled accumulator, and the right shift that is left to do."""
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
        middle_r5, high_high_r5, high_r6, high_r7 = self._registers(35, WORD, WORD, WORD)
        low_low_r5 = Signal(32, reset_less=True)
        below_r6 = Signal(reset_less=True)
        total = Signal((64, True))
        self.sync += [
            high_high_r4.eq(x_high * m_high),
            high_low_r4.eq(x_high * m_low),
            low_high_r4.eq(x_low * m_high),
            low_low_r4.eq(x_low * m_low),
            middle_r5.eq(high_low_r4 + low_high_r4),
            high_high_r5.eq(high_high_r4),
            low_low_r5.eq(low_low_r4),
            high_r6.eq(total[31:63]),
            below_r6.eq(total[30]),
            high_r7.eq(high_r6 + below_r6),
        ]
        self.comb += total.eq(Cat(low_low_r5, high_high_r5) + (middle_r5 << 16))
        right = Signal(5)
        self.comb += If(shift[-1], right.eq(-shift))
        return high_r7, self._delayed(right, 7)

    def _shift_right(self, value_r7, right_r7):
        """Stages r7 to r9: rounding right shift, ties away from zero, saturated to 11 bits.

        The bits that leave tell the rounding: `guard` is the last one, `sticky` whether any other
        was set.  Beyond 10 bits a result is clamped wherever the zero point lies, so each step
        keeps only those bits that later steps can still bring into the low ten, and `over`
        remembers that a higher one differed from the sign.
        """
        sign_r7 = value_r7[-1]
        bits = Cat(0, value_r7)  # the guard comes first
        sticky = over = 0
        amount = right_r7
        for stage in ((4, 3), (2, 1, 0)):
            for step in stage:
                bits, sticky, over = self._shift_step(bits, sticky, over, amount, step, sign_r7)
            bits, sticky, over, amount, sign_r7 = (
                self._registered(signal) for signal in (bits, sticky, over, amount, sign_r7)
            )
        guard, kept = bits[0], bits[1:]
        rounded_r10 = Signal((11, True), reset_less=True)
        signed_kept = Signal((10, True))
        self.comb += signed_kept.eq(kept)
        self.sync += [
            rounded_r10.eq(signed_kept + (guard & (~sign_r7 | sticky))),
            If(over | (kept[-1] != sign_r7), rounded_r10.eq(Mux(sign_r7, -512, 511))),
        ]
        return rounded_r10

    def _shift_step(self, bits, sticky, over, amount, step, sign):
        """Shift `bits` right by 2**step where that bit of `amount` is set."""
        distance = 1 << step
        width = 1 + 10 + distance - 1  # the guard, the kept bits, what smaller steps bring down
        shifted = Signal(width)
        lost = Signal()
        beyond = Signal()
        filled = Cat(bits, *[sign] * max(0, distance + width - len(bits)))
        top = filled[width:]
        self.comb += [
            If(
                amount[step],
                shifted.eq(filled[distance:]),
                lost.eq(sticky | (filled[:distance] != 0)),
                beyond.eq(over),
            ).Else(
                shifted.eq(filled),
                lost.eq(sticky),
                beyond.eq(over | (top != Mux(sign, 2 ** len(top) - 1, 0))),
            )
        ]
        return shifted, lost, beyond

    def _clamp(self, value_r10):
        """Stage r10: the output zero point, and the clamp to the activation's range."""
        stage = self.output_stage
        byte_r11 = Signal(8, reset_less=True)
        moved = Signal((12, True))
        self.comb += moved.eq(value_r10 + stage.zero_point)
        self.sync += [
            byte_r11.eq(moved[:8]),
            If(moved < stage.act_min, byte_r11.eq(stage.act_min)),
            If(moved > stage.act_max, byte_r11.eq(stage.act_max)),
        ]
        return byte_r11

    def _registers(self, *widths: int):
        """Signed signals of the given widths."""
        return [Signal((width, True), reset_less=True) for width in widths]

    def _registered(self, signal):
        """`signal`, one cycle later."""
        later = Signal((len(signal), getattr(signal, "signed", False)), reset_less=True)
        self.sync += later.eq(signal)
        return later

    def _delayed(self, signal, cycles: int):
        """`signal`, `cycles` cycles later."""
        for _ in range(cycles):
            signal = self._registered(signal)
        return signal
