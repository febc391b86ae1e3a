"""The engine that carries out the list of moving commands."""

from __future__ import annotations

from migen import FSM, If, Module, Mux, NextState, NextValue, Record, Replicate, Signal
from migen.genlib.fifo import SyncFIFO

from compiler_intrinsics.command_set import WORD_BITS, WORD_BYTES
from compiler_intrinsics.stream.commands import (
    LOCAL_BITS,
    MEMORY_COMMANDS,
    WINDOW_BIT,
    Space,
    Status,
)
from compiler_intrinsics.stream.geometry import Geometry

from .gate import GATE_PORT, READS
from .layouts import LOCAL_PORT, MEMORY_ENGINE_PORT, STATUS_BITS, bits_for_index
from .nest_walker import NestWalker

WORDS = READS
"""That may be on their way between main RAM and the unit, all of which have a place to wait in."""

AGE_BITS = 32
"""Of the program's age in cycles: a minute."""

COUNTS = ("count0", "count1", "count2")
UNUSED = ("start", "after", "spare", "abort", "busy", "done", "status")
COMMAND = [field[:2] for field in MEMORY_ENGINE_PORT if field[0] not in UNUSED]


class MemoryEngine(Module):
    """Moves words between main RAM and the unit, one per cycle at best.

        command ─> | latched ─┬─> far: NestWalker ── place in main RAM ─┐
                              └─> near: NestWalker ─ place inside ──┐   │
        load    memory ────────> queue ───────────────> local       │   │
        store   local ─────────> queue ──────────────-> memory     <┴───┘
        fill    value ────────────────────────────────> local
        stamp   age ──────────────────────────────────> memory

    Each side goes at its own pace; `room` counts the places of the queue that nothing is on its way
    to.  What is wrong ends a command at the first access that is, once all that is under way has
    come, and so does `abort` wherever a command is.

        IDLE ─ CHECK ─ LOAD ─ MOVE ─ FINISH ─ IDLE
                 └── wrong ──────────┘

    Ports:
        command  MEMORY_ENGINE_PORT  slave
        local    LOCAL_PORT          master
        memory   GATE_PORT           master
        age      32                  in   of the program, in cycles
    """

    def __init__(self, geometry: Geometry):
        self.command = Record(MEMORY_ENGINE_PORT)
        self.local = Record(LOCAL_PORT)
        self.memory = Record(GATE_PORT)
        self.age = Signal(AGE_BITS)

        # # #

        self.latched = Record(COMMAND, name="latched")
        for field in self.latched.flatten():
            field.reset_less = True
        self.is_operation = {
            name: Signal(name=f"is_{name}") for name in MEMORY_COMMANDS.by_mnemonic
        }
        self.prepare = Signal()  # the walkers look at the counts
        self.load = Signal()  # they go to their starts
        self.moving = Signal()
        self.status = Signal(STATUS_BITS)
        self.wrong = Signal()
        self.room = Signal(max=WORDS + 1)
        self.writing = Signal()  # a word is on its way to main RAM
        self.submodules.far = NestWalker(WINDOW_BIT)
        self.submodules.near = NestWalker(LOCAL_BITS)
        self.submodules.queue = SyncFIFO(WORD_BITS, WORDS)
        self._decode()
        self._walk()
        self._move_inside(geometry)
        self._move_outside()
        self._count()
        self._run()

    def _decode(self) -> None:
        latched = self.latched
        self.sync += If(
            self.command.start,
            *(getattr(latched, name).eq(getattr(self.command, name)) for name, _ in COMMAND),
        )
        for name, signal in self.is_operation.items():
            self.comb += signal.eq(latched.opcode == MEMORY_COMMANDS.by_mnemonic[name].opcode)
        self.comb += self.wrong.eq(self.status != Status.DONE)

    def _walk(self) -> None:
        """Which words, on both sides."""
        latched, far, near = self.latched, self.far, self.near
        stamp, fill = self.is_operation["stamp"], self.is_operation["fill"]
        for walker in (far, near):
            for inner, name in zip(walker.counts, COUNTS, strict=True):
                self.comb += inner.eq(getattr(latched, name))
        self.comb += [
            far.single.eq(stamp),  # it has no counts
            far.first.eq(latched.address),
            far.strides[0].eq(WORD_BYTES),
            far.strides[1].eq(latched.step1),
            far.strides[2].eq(latched.step2),
            far.prepare.eq(self.prepare),
            far.load.eq(self.load),
            far.used.eq(~fill),
            near.first.eq(latched.local),
            *(stride.eq(getattr(latched, f"local{k}")) for k, stride in enumerate(near.strides)),
            near.prepare.eq(self.prepare),
            near.load.eq(self.load),
            near.used.eq(~stamp),
        ]

    def _move_inside(self, geometry: Geometry) -> None:
        """Accesses to the unit's memories; one that was offered stays until it is taken."""
        local, near, queue, latched = self.local, self.near, self.queue, self.latched
        load, store, fill = (self.is_operation[name] for name in ("load", "store", "fill"))
        weight_words = geometry.weight_entries * geometry.entry_bytes // WORD_BYTES
        to_weights = load & (latched.space == Space.WEIGHTS)
        wanted, offered = Signal(), Signal()
        self.outside = outside = Signal()
        self.comb += [
            outside.eq(
                Mux(
                    to_weights,
                    near.place[bits_for_index(weight_words) :] != 0,
                    near.place[bits_for_index(geometry.activation_words) :] != 0,
                )
            ),
            wanted.eq(near.more & (fill | (store & (self.room != 0)) | (load & queue.readable))),
            local.valid.eq(self.moving & wanted & ~outside & (~self.wrong | offered)),
            local.write.eq(~store),
            local.space.eq(Mux(to_weights, Space.WEIGHTS, Space.ACTIVATIONS)),
            local.address.eq(near.place),
            local.data.eq(queue.dout),
            local.fill.eq(fill),
            local.value.eq(latched.value),
            near.advance.eq(local.valid & local.ready),
        ]
        self.sync += offered.eq(local.valid & ~local.ready)

    def _move_outside(self) -> None:
        """Accesses to main RAM."""
        memory, far, latched = self.memory, self.far, self.latched
        load, store, stamp = (self.is_operation[name] for name in ("load", "store", "stamp"))
        tail = Signal(WORD_BYTES)
        possible = (load & (self.room != 0)) | (store & self.queue.readable) | stamp
        self.comb += [
            tail.eq((1 << latched.tail) - 1),
            memory.valid.eq(self.moving & far.more & possible & ~self.wrong),
            memory.write.eq(~load),
            memory.address[:WINDOW_BIT].eq(far.place),
            memory.address[WINDOW_BIT].eq(latched.address[WINDOW_BIT]),
            memory.data.eq(Mux(stamp, self.age, self.queue.dout)),
            memory.mask.eq(
                Mux(store & far.row_end, tail, Replicate(1, WORD_BYTES)),
            ),
            far.advance.eq(memory.valid & memory.ready),
        ]

    def _count(self) -> None:
        """The queue, and how much of it is spoken for."""
        local, memory, queue = self.local, self.memory, self.queue
        load, store = self.is_operation["load"], self.is_operation["store"]
        taken = memory.valid & memory.ready
        leaves = Signal()
        asked, refused = Signal(), Signal()
        # What is left of a command that went wrong is thrown away.
        waste = self.wrong & ~local.valid
        self.comb += [
            queue.we.eq(Mux(load, memory.answer_valid, local.answer_valid)),
            queue.din.eq(Mux(load, memory.answer, local.answer)),
            leaves.eq(
                (load & local.valid & local.ready) | (store & taken) | (queue.readable & waste)
            ),
            queue.re.eq(leaves),
            asked.eq((load & taken) | (store & local.valid & local.ready)),
            refused.eq(load & memory.refused),
        ]
        self.sync += [
            If(self.load, self.room.eq(WORDS)).Else(
                self.room.eq(self.room - asked + leaves + refused)
            ),
            If(taken & memory.write, self.writing.eq(1)).Elif(
                memory.written | memory.refused, self.writing.eq(0)
            ),
        ]

    def _run(self) -> None:
        """The states."""
        command, latched, far, near = self.command, self.latched, self.far, self.near
        store, stamp = self.is_operation["store"], self.is_operation["stamp"]
        self.submodules.fsm = fsm = FSM(reset_state="IDLE")
        self.comb += [command.busy.eq(~fsm.ongoing("IDLE")), command.status.eq(self.status)]
        fsm.act("IDLE", NextValue(self.status, Status.DONE), If(command.start, NextState("CHECK")))
        size = near.zero | (store & ((latched.tail == 0) | (latched.tail > WORD_BYTES)))
        fsm.act(
            "CHECK",
            self.prepare.eq(1),
            NextState("LOAD"),
            If(
                ~stamp & size,
                NextValue(self.status, Status.SIZE),
                NextState("FINISH"),
            ).Elif(
                self.is_operation["load"] & (latched.space > max(Space)),
                NextValue(self.status, Status.UNKNOWN),
                NextState("FINISH"),
            ),
        )
        fsm.act("LOAD", self.load.eq(1), NextState("MOVE"))
        come = ~self.writing & (self.room == WORDS) & ~self.local.valid
        fsm.act(
            "MOVE",
            self.moving.eq(1),
            If(
                self.memory.refused,
                NextValue(self.status, Status.ADDRESS),
            )
            .Elif(
                near.more & self.outside & ~self.wrong,
                NextValue(self.status, Status.LOCAL),
            )
            .Elif(
                command.abort & ~self.wrong,
                NextValue(self.status, Status.STOPPED),
            ),
            If((self.wrong | (~far.more & ~near.more)) & come, NextState("FINISH")),
        )
        fsm.act("FINISH", command.done.eq(1), NextState("IDLE"))
