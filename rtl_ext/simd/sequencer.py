"""Takes instructions from the queue apart into one word per cycle."""

from __future__ import annotations

from migen import Cat, If, Memory, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import GROUPS, Geometry
from compiler_intrinsics.simd.spec import BY_MNEMONIC, MacFlag, Unit

from ..cfu_bus import WORD
from .layouts import COMMAND, OUTPUT_STAGE, bits_for_index, mac_step, scale_write

REQUANTISE_CYCLES = GROUPS
"""The requantiser takes one accumulator per cycle, so results keep this distance."""


class Ring(Module):
    """A counter from `first` to `last` and around.

    Ports:
        load: take over `new_first`, `new_last` and start at `new_first`.
        advance: step on.
        position, wrap: the current place; whether the next step starts again.
    """

    def __init__(self, size: int):
        width = bits_for_index(size)
        self.load = Signal()
        self.new_first = Signal(width)
        self.new_last = Signal(width)
        self.advance = Signal()
        self.position = Signal(width)
        self.wrap = Signal()

        # # #

        first = Signal(width)
        last = Signal(width)
        self.comb += self.wrap.eq(self.position == last)
        self.sync += [
            If(
                self.load,
                first.eq(self.new_first),
                last.eq(self.new_last),
                self.position.eq(self.new_first),
            ).Elif(
                self.advance,
                If(self.wrap, self.position.eq(first)).Else(self.position.eq(self.position + 1)),
            )
        ]


class Sequencer(Module):
    """Executes the queue's head: set-up at once, MAC instructions a word per cycle.

    A word is held back while it would complete a result that the requantiser cannot take yet
    (`REQUANTISE_CYCLES`) or that has no place among the waiting results.  Parameters change only
    when no result is under way.

    Ports:
        command: in, the queue's head (`COMMAND`); valid: in, it is there; done: out, take it off.
        step: out, registered, to the MAC array (`mac_step`).
        store_address: out, store entry for the word that is in `step` one cycle later.
        store_write_enable (one bit per half), store_write_address: out; data is `command`.
        scale: out, parameter writes (`scale_write`); output_stage: out (`OUTPUT_STAGE`).
        started: out, a result is on its way from now on.
        outstanding: in, results on their way or waiting; drained: in, none is on its way.
        blocked: out, the head waits for a place among the results.
    """

    def __init__(self, geometry: Geometry):
        self.command = Record(COMMAND)
        self.valid = Signal()
        self.done = Signal()
        self.step = Record(mac_step(geometry))
        self.store_address = Signal(bits_for_index(geometry.store_entries))
        self.store_write_enable = Signal(2)
        self.store_write_address = Signal(bits_for_index(geometry.store_entries))
        self.scale = Record(scale_write(geometry))
        self.output_stage = Record(OUTPUT_STAGE)
        self.started = Signal()
        self.outstanding = Signal(max=geometry.results + 1)
        self.drained = Signal()
        self.blocked = Signal()

        # # #

        command = self.command
        self.submodules.weights = weights = Ring(geometry.store_entries)
        self.submodules.params = params = Ring(geometry.param_groups)
        self.setup_done = Signal()

        # Which word: `a`, then `b`, or one of the patch.
        second = Signal()
        is_rep = Signal()
        is_dw = Signal()
        is_mac = Signal()
        patch, replay = self._patch(geometry, second)
        self.comb += [
            is_rep.eq(command.unit == Unit.REP),
            is_dw.eq(command.unit == Unit.DW),
            is_mac.eq((command.unit == Unit.DOT) | is_dw | (is_rep & ~replay.over)),
        ]

        # Does it complete a result, and may it?
        gap = Signal(REQUANTISE_CYCLES - 1)  # a bit for each cycle that is still to pass
        last = Signal()
        full = Signal()
        fire = Signal()
        flag = command.funct7
        self.comb += [
            last.eq(
                Mux(
                    is_rep,
                    replay.last,
                    Mux(second, flag[_bit(MacFlag.LAST1)], flag[_bit(MacFlag.LAST0)]),
                )
            ),
            full.eq(self.outstanding == geometry.results),
            self.blocked.eq(self.valid & is_mac & last & full),
            # Directly behind a result the accumulators are reset.
            fire.eq(self.valid & is_mac & ~gap[-1] & ~(last & (full | (gap != 0)))),
            self.started.eq(fire & last),
            patch.record.eq(fire & ~is_rep & ~is_dw),
            patch.last.eq(last),
            replay.advance.eq(fire & is_rep),
            replay.reset.eq(self.valid & is_rep & replay.over),
            weights.advance.eq(fire),
            params.advance.eq(self.started),
            self.store_address.eq(weights.position),
        ]
        self.sync += gap.eq(Mux(self.started, 2 ** len(gap) - 1, gap[1:]))

        # When is the head finished?
        final = Signal()
        self.comb += [
            final.eq(~is_rep & (second | flag[_bit(MacFlag.SINGLE)])),
            self.done.eq(self.valid & Mux(is_mac, fire & final, self.setup_done)),
        ]
        self.sync += If(fire & ~is_rep, second.eq(~final))

        # The row of the word.
        row = Signal(bits_for_index(geometry.rows))
        self.sync += [
            If(weights.load, row.eq(0)).Elif(fire, row.eq(Mux(weights.wrap, 0, row + 1))),
        ]

        self._setup(geometry)
        self.sync += [
            self.step.mac.eq(fire & ~(is_dw & flag[_bit(MacFlag.SKIP)])),
            self.step.shift.eq(fire & is_dw),
            self.step.dw.eq(is_dw),
            self.step.last.eq(self.started),
            self.step.clear.eq(weights.load),
            self.step.group.eq(params.position),
            self.step.row.eq(row),
            self.step.word.eq(Mux(is_rep, replay.word, patch.word)),
        ]

    def _patch(self, geometry: Geometry, second):
        """Memory of the patch: written by `dot`, read again by `rep` until it is `over`."""
        width = bits_for_index(geometry.patch_words)
        patch = Record([("record", 1), ("last", 1), ("word", WORD)])
        replay = Record([("advance", 1), ("reset", 1), ("word", WORD), ("last", 1), ("over", 1)])
        length = Signal(width)
        patch_last = Signal(width)
        position = Signal(width)
        turn = Signal(6)

        memory = Memory(WORD, geometry.patch_words)
        write = memory.get_port(write_capable=True)
        read = memory.get_port(async_read=True)
        self.specials += memory, write, read
        self.comb += [
            patch.word.eq(Mux(second, self.command.b, self.command.a)),
            write.adr.eq(length),
            write.dat_w.eq(patch.word),
            write.we.eq(patch.record),
            read.adr.eq(position),
            replay.word.eq(read.dat_r),
            replay.last.eq(position == patch_last),
            replay.over.eq(turn == self.command.a[:6]),
        ]
        self.sync += [
            If(self.weights.load, length.eq(0)).Elif(
                patch.record,
                length.eq(length + 1),
                If(patch.last, length.eq(0), patch_last.eq(length)),
            ),
            If(
                replay.advance,
                position.eq(position + 1),
                If(replay.last, position.eq(0), turn.eq(turn + 1)),
            ),
            If(replay.reset, turn.eq(0)),
        ]
        return patch, replay

    def _setup(self, geometry: Geometry):
        """Set-up instructions: one cycle each, or as long as results are under way."""
        command = self.command
        setup = Signal()
        ready = Signal()
        at = {
            name: setup & (command.funct7 == BY_MNEMONIC[name].funct7)
            for name in BY_MNEMONIC
            if BY_MNEMONIC[name].funct3 == Unit.SETUP
        }
        store_write = Signal(bits_for_index(geometry.store_entries) + 1)
        channel = Signal(bits_for_index(geometry.param_groups * GROUPS))
        waits = at["set_output"] | at["ld_bias"] | at["ld_scale"]
        self.comb += [
            setup.eq(self.valid & (command.unit == Unit.SETUP)),
            ready.eq(self.drained | ~waits),
            self.setup_done.eq((command.unit != Unit.SETUP) | ready),
            self.weights.load.eq(at["set_weights"]),
            self.weights.new_first.eq(command.a),
            self.weights.new_last.eq(command.b),
            self.params.load.eq(at["set_params"]),
            self.params.new_first.eq(command.a),
            self.params.new_last.eq(command.b),
            self.store_write_address.eq(store_write[1:]),
            If(at["ld_weights"], self.store_write_enable.eq(Mux(store_write[0], 2, 1))),
            self.scale.channel.eq(channel),
            self.scale.bias.eq(command.a),
            self.scale.multiplier.eq(command.a),
            self.scale.shift.eq(command.b),
            self.scale.write_bias.eq(at["ld_bias"] & ready),
            self.scale.write_scale.eq(at["ld_scale"] & ready),
        ]
        self.sync += [
            If(at["seek"], store_write.eq(Cat(0, command.a)), channel.eq(command.b)),
            If(at["ld_weights"], store_write.eq(store_write + 1)),
            If(self.scale.write_scale, channel.eq(channel + 1)),
            If(
                at["set_output"] & ready,
                self.output_stage.zero_point.eq(command.a[:8]),
                self.output_stage.act_min.eq(command.b[:8]),
                self.output_stage.act_max.eq(command.b[8:16]),
            ),
        ]


def _bit(flag: MacFlag) -> int:
    """Position of a flag in funct7."""
    return bits_for_index(flag)
