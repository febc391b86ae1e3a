"""One of a program's two lists: reads its commands and gives them to their engine."""

from __future__ import annotations

from migen import Cat, If, Module, Mux, Record, Signal

from compiler_intrinsics.command_set import OPCODE, WORD_BITS, WORD_BYTES, CommandSet
from compiler_intrinsics.stream.commands import COUNT_BITS, WINDOW_BIT, Status

from .gate import GATE_PORT
from .layouts import STATUS_BITS, engine_port

END = "end"
UNDER_WAY_BITS = 2
"""An engine has at most two commands: one whose results are not all there, and the next."""


class CommandList(Module):
    """Reads the next command while the engine is at the one before; holds it until it may start.

        memory ─> | words of the next command ─┬─ fields ───────> engine.start
                                               ├─ after, others ─> may it start?
                                               └─ opcode ────────> end of the list, unknown

    A command starts when all its words are here, the other engine has finished so many commands as
    it says, and its own engine can take it.  It is refused, if it must be, in its turn: when all
    before it are finished.

    Parameters:
        commands: of the engine.

    Ports:
        start     1            in   read the list at `first`; only while idle
        first     32           in   its address, as in commands
        enabled   1            in   go on; else nothing more is read and nothing starts
        abort     1            in   commands that have started end early; only while not enabled
        others    16           in   commands that the other engine has finished
        memory    GATE_PORT    master
        engine    engine_port  master
        finished  16           out  commands that are over
        ended     1            out  the list is
        waits     1            out  the next command waits for the other engine, all before are over
        refused   1            out  a command is, in this cycle: the one at place `finished`
        status    4            out  why, with it
        busy      1            out  the engine has something to do
        idle      1            out  it has not, and nothing is being read
    """

    def __init__(self, commands: CommandSet):
        self.start = Signal()
        self.first = Signal(WINDOW_BIT + 1)
        self.enabled = Signal()
        self.abort = Signal()
        self.others = Signal(COUNT_BITS)
        self.memory = Record(GATE_PORT)
        self.engine = Record(engine_port(commands))
        self.finished = Signal(COUNT_BITS)
        self.ended = Signal()
        self.waits = Signal()
        self.refused = Signal()
        self.status = Signal(STATUS_BITS)
        self.busy = Signal()
        self.idle = Signal()

        # # #

        self.words = Signal(commands.words * WORD_BITS, reset_less=True)
        self.take = Signal()  # the command starts, and the next one is read
        self.complete = Signal()  # all its words have been read
        self.unreadable = Signal()  # but not all of them lie in a window
        self.settled = Signal()  # none is being read
        self._read(commands)
        self._decode(commands)
        self._go_on()

    def _read(self, commands: CommandSet) -> None:
        """Word by word; the first that comes ends lowest."""
        memory, words = self.memory, self.words
        at = Signal(WINDOW_BIT + 1, reset_less=True)
        asked = Signal(max=commands.words + 1, reset=commands.words)
        come = Signal.like(asked)
        self.comb += [
            memory.valid.eq(self.enabled & (asked != commands.words)),
            memory.address.eq(at),
            self.complete.eq(come == commands.words),
            self.settled.eq(come == asked),
        ]
        moves = Signal()
        # The choice is in front of the adder, where it costs nothing.
        begin = Mux(self.start, self.first[:WINDOW_BIT], at[:WINDOW_BIT])
        further = Mux(self.start, 0, WORD_BYTES)
        self.comb += moves.eq(memory.valid & memory.ready)
        self.sync += [
            If(moves, asked.eq(asked + 1)),
            If(moves | self.start, at[:WINDOW_BIT].eq(begin + further)),
            come.eq(come + memory.answer_valid + memory.refused),
            If(memory.answer_valid, words.eq(Cat(words[WORD_BITS:], memory.answer))),
            If(memory.refused, self.unreadable.eq(1)),
            If(self.start, at[WINDOW_BIT].eq(self.first[WINDOW_BIT])),
            If(self.start | self.take, asked.eq(0), come.eq(0), self.unreadable.eq(0)),
        ]

    def _decode(self, commands: CommandSet) -> None:
        """The fields, where the records say that they lie."""
        opcode = self.words[: commands.opcode_bits]
        self.ends, self.known = Signal(), Signal()
        self.comb += [
            getattr(self.engine, OPCODE).eq(opcode),
            self.ends.eq(opcode == commands.by_mnemonic[END].opcode),
        ]
        for command in commands.commands:
            if command.mnemonic != END:
                self.comb += If(opcode == command.opcode, self.known.eq(1))
        for name, place in commands.places.items():
            low = place.word * WORD_BITS + place.low
            field = getattr(self.engine, name)
            self.comb += field.eq(self.words[low : low + place.field.bits])

    def _go_on(self) -> None:
        """What becomes of the next command, and of those that are under way."""
        engine = self.engine
        under_way = Signal(UNDER_WAY_BITS)
        met, alone, here = Signal(), Signal(), Signal()
        bad = engine.done & (engine.status != Status.DONE)
        wrong = here & alone & (self.unreadable | (met & ~self.known & ~self.ends))
        self.comb += [
            here.eq(self.enabled & self.complete & ~self.ended),
            met.eq(engine.after <= self.others),
            alone.eq(under_way == 0),
            engine.start.eq(here & ~self.unreadable & met & self.known & ~engine.busy),
            engine.abort.eq(self.abort),
            self.take.eq(engine.start),
            self.waits.eq(here & ~self.unreadable & ~met & alone),
            self.refused.eq(self.enabled & (bad | wrong)),
            self.status.eq(
                Mux(bad, engine.status, Mux(self.unreadable, Status.ADDRESS, Status.UNKNOWN))
            ),
            self.busy.eq(~alone),
            self.idle.eq(alone & self.settled),
        ]
        self.sync += [
            under_way.eq(under_way + engine.start - engine.done),
            If(engine.done & (engine.status == Status.DONE), self.finished.eq(self.finished + 1)),
            If(here & alone & ~self.unreadable & met & self.ends, self.ended.eq(1)),
            If(self.start, self.finished.eq(0), self.ended.eq(0)),
        ]
