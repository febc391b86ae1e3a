"""Starts and ends programs."""

from __future__ import annotations

from migen import FSM, If, Module, Mux, NextState, NextValue, Record, Signal

from compiler_intrinsics.stream.commands import COUNT_BITS, ENGINE_BIT, Engine, Status

from .gate import READS
from .layouts import STATUS_BITS
from .result_queue import LONGEST_WAY

ENGINE_BITS = 1

STOP_CYCLES = LONGEST_WAY + 2 * READS
"""From `stream_stop`, or from a refusal, to the program's last flush, at most, but for cycles in
which main RAM takes or answers nothing: results under way are written, words under way come and are
thrown away."""

LIST_STATE = [
    ("finished", COUNT_BITS),
    ("ended", 1),
    ("waits", 1),
    ("refused", 1),
    ("status", STATUS_BITS),
    ("idle", 1),
]
"""What `CommandList` says of itself."""

STATUS_WORD = [
    ("status", STATUS_BITS),
    ("engine", ENGINE_BITS),
    ("command", COUNT_BITS),
]


class Control(Module):
    """One program from its start to its end, with the CPU's caches out of the way.

        IDLE ─ start ─ PUBLISH ─ RUN ─ DRAIN ─ FORGET ─ IDLE

    PUBLISH and FORGET are flushes.  RUN ends when both lists have ended, a command is refused,
    neither engine can go on or the CPU wants it; DRAIN lets accesses and results under way come to
    their end, while commands are cut short.

    Ports:
        start       1            in   start a program
        stop        1            in   end it
        lists       2 x LIST_STATE  in, by the numbers of `Engine`
        quiet       1            in   no access to main RAM is under way
        flush       1            out  UNIT_MEMORY's
        flushed     1            in   UNIT_MEMORY's
        begin       1            out  both lists start
        enabled     1            out  they go on
        abort       1            out  commands under way end early
        running     1            out  a program is under way
        word        STATUS_WORD  out  how far it is, or how it ended
    """

    def __init__(self):
        self.start = Signal()
        self.stop = Signal()
        self.lists = [Record(LIST_STATE, name=f"list_{engine.name.lower()}") for engine in Engine]
        self.quiet = Signal()
        self.flush = Signal()
        self.flushed = Signal()
        self.begin = Signal()
        self.enabled = Signal()
        self.abort = Signal()
        self.running = Signal()
        self.word = Record(STATUS_WORD)

        # # #

        assert self.word.layout[0][1] == ENGINE_BIT
        self.over = Signal()
        self.verdict, self.next_verdict = Record(STATUS_WORD), Record(STATUS_WORD)
        self._judge()
        self._run()

    def _judge(self) -> None:
        """Whether the program is over, and with which status word; memory's refusals go first."""
        memory, compute = (self.lists[engine] for engine in (Engine.MEMORY, Engine.COMPUTE))
        verdict = self.next_verdict
        stopping = Signal()
        stuck = (memory.waits | memory.ended) & (compute.waits | compute.ended)
        self.sync += If(~self.running, stopping.eq(0)).Elif(self.stop, stopping.eq(1))
        chain = If(memory.ended & compute.ended, self.over.eq(1), verdict.status.eq(Status.DONE))
        for engine in Engine:
            state = self.lists[engine]
            chain = chain.Elif(
                state.refused,
                self.over.eq(1),
                verdict.status.eq(state.status),
                verdict.engine.eq(engine),
            )
        blamed = [
            If(
                memory.ended | (memory.waits & ~compute.waits & ~compute.ended),
                verdict.engine.eq(Engine.COMPUTE),
            ).Else(verdict.engine.eq(Engine.MEMORY))
        ]
        self.comb += [
            chain.Elif(stuck, self.over.eq(1), verdict.status.eq(Status.STUCK), *blamed).Elif(
                stopping, self.over.eq(1), verdict.status.eq(Status.STOPPED), *blamed
            ),
            If(
                ~(memory.ended & compute.ended),
                verdict.command.eq(
                    Mux(verdict.engine == Engine.COMPUTE, compute.finished, memory.finished)
                ),
            ),
        ]

    def _run(self) -> None:
        word, verdict = self.word, self.verdict
        clear = [NextValue(word.engine, 0), NextValue(word.command, 0)]
        self.submodules.fsm = fsm = FSM(reset_state="IDLE")
        self.comb += self.running.eq(~fsm.ongoing("IDLE"))
        fsm.act(
            "IDLE",
            If(
                self.start,
                NextValue(word.status, Status.RUNNING),
                *clear,
                NextState("PUBLISH"),
            ),
        )
        fsm.act(
            "PUBLISH",
            self.flush.eq(1),
            If(self.flushed, self.begin.eq(1), NextState("RUN")),
        )
        fsm.act("RUN", self.enabled.eq(1), If(self.over, NextState("DRAIN")))
        # The last one counts; not every bit of it needs to know which one that is.
        self.sync += If(self.enabled, verdict.eq(self.next_verdict))
        idle = self.lists[0].idle & self.lists[1].idle & self.quiet
        fsm.act("DRAIN", self.abort.eq(1), If(idle, NextState("FORGET")))
        taken = [NextValue(getattr(word, name), getattr(verdict, name)) for name, _ in STATUS_WORD]
        fsm.act("FORGET", self.flush.eq(1), If(self.flushed, *taken, NextState("IDLE")))
