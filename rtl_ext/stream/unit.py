"""The unit `stream`: carries out programs that lie in main RAM, while the CPU is free."""

from __future__ import annotations

from migen import If, Module, Record, Signal

from compiler_intrinsics.stream.commands import (
    COMPUTE_COMMANDS,
    MEMORY_COMMANDS,
    WINDOW_BIT,
    Engine,
    Window,
)
from compiler_intrinsics.stream.geometry import Geometry
from compiler_intrinsics.stream.spec import INSTRUCTION_SET

from ..simd.arithmetic_port import LANES
from ..unit_memory import UNIT_MEMORY
from ..unit_port import UNIT_PORT
from .command_list import CommandList
from .compute_engine import ComputeEngine
from .control import LIST_STATE, Control
from .gate import WORD_SHIFT, Gate
from .memory_engine import MemoryEngine

WATCHED = [("start", 1), ("done", 1)]
"""Of an engine's command."""


class StreamUnit(Module):
    """Two engines, each with its list, and their one way to main RAM.

        port ─> instructions ─> windows ─────> Gate <─────────────┬───> memory
                     │                          │ commands        │
                     └─> Control ─> CommandList ┴─> MemoryEngine ─┘
                            └─────> CommandList ──> ComputeEngine
                                                        └ local ── MemoryEngine

    Every instruction is answered at once.

    Another unit may use the compute engine's arithmetic (`lend`); a program pauses meanwhile.

    Attributes:
        function_ids: the encodings of its instructions.
        events: what can be counted: `array`, the compute engine has a command; `memory`, a word
            goes to or from main RAM.
        engines: the same two, `array` and `memory`: when their commands start and are over.

    Ports:
        port    UNIT_PORT    slave, seen from the CFU port
        memory  UNIT_MEMORY  master
    """

    function_ids = frozenset(INSTRUCTION_SET.by_function_id)

    def __init__(self, geometry: Geometry):
        self.geometry = geometry
        self.port = Record(UNIT_PORT)
        self.memory = Record(UNIT_MEMORY)

        # # #

        self.submodules.control = Control()
        self.submodules.memory_list = CommandList(MEMORY_COMMANDS)
        self.submodules.compute_list = CommandList(COMPUTE_COMMANDS)
        self.submodules.memory_engine = MemoryEngine(geometry)
        self.submodules.compute_engine = ComputeEngine(geometry)
        self.submodules.gate = Gate(3)
        self.lists = {Engine.MEMORY: self.memory_list, Engine.COMPUTE: self.compute_list}
        self.events = {"array": Signal(), "memory": Signal()}
        self.engines = {"array": Record(WATCHED), "memory": Record(WATCHED)}
        self._take_instructions()
        self._connect_lists()
        self._connect_memory()

    def lend(self) -> Record | None:
        """An `ARITHMETIC_PORT`, as lender, for one other unit; None with too few lanes.

        Called before the module is finalised.
        """
        return self.compute_engine.lend() if self.geometry.lanes >= LANES else None

    def _take_instructions(self) -> None:
        """All are ignored while a program runs, but for those that speak of it."""
        port, control = self.port, self.control
        named = {name: Signal(name=f"is_{name}") for name in INSTRUCTION_SET.by_mnemonic}
        for name, signal in named.items():
            function_id = INSTRUCTION_SET.by_mnemonic[name].function_id
            self.comb += signal.eq(port.valid & (port.function_id == function_id))
        self.comb += [
            port.ready.eq(1),
            If(named["stream_status"], port.answer.eq(control.word.raw_bits())),
            control.start.eq(named["stream_start"]),
            control.stop.eq(named["stream_stop"]),
        ]
        for name, window in (("stream_image", Window.IMAGE), ("stream_arena", Window.ARENA)):
            registers = self.gate.windows[window]
            self.sync += If(
                named[name] & ~control.running,
                registers.base.eq(port.a[WORD_SHIFT:]),
                registers.size.eq(port.b[WORD_SHIFT:]),
            )
        for commands, operand in zip(self.lists.values(), (port.a, port.b), strict=True):
            first = Signal(WINDOW_BIT + 1, reset_less=True)
            self.comb += commands.first.eq(first)
            self.sync += If(named["stream_start"] & ~control.running, first.eq(operand))

    def _connect_lists(self) -> None:
        """What the lists know of each other and of their engines."""
        control = self.control
        engines = {Engine.MEMORY: self.memory_engine, Engine.COMPUTE: self.compute_engine}
        for engine, commands in self.lists.items():
            self.comb += [
                commands.start.eq(control.begin),
                commands.enabled.eq(control.enabled),
                commands.abort.eq(control.abort),
                commands.others.eq(self.lists[Engine(1 - engine)].finished),
                commands.engine.connect(engines[engine].command),
            ]
            for name, _ in LIST_STATE:
                self.comb += getattr(control.lists[engine], name).eq(getattr(commands, name))
        for name, commands in (("array", self.compute_list), ("memory", self.memory_list)):
            self.comb += [
                self.engines[name].start.eq(commands.engine.start),
                self.engines[name].done.eq(commands.engine.done),
            ]
        age = self.memory_engine.age
        self.sync += If(control.running, age.eq(age + 1)).Else(age.eq(0))

    def _connect_memory(self) -> None:
        """Commands go first: an engine may wait for one."""
        gate, control = self.gate, self.control
        masters = (self.compute_list.memory, self.memory_list.memory, self.memory_engine.memory)
        moves = self.memory.cmd.valid & self.memory.cmd.ready
        self.comb += [
            *(inner.connect(port) for inner, port in zip(masters, gate.masters, strict=True)),
            gate.memory.cmd.connect(self.memory.cmd),
            gate.memory.rdata.connect(self.memory.rdata),
            self.memory.flush.eq(control.flush),
            control.flushed.eq(self.memory.flushed),
            control.quiet.eq(gate.idle),
            self.memory_engine.local.connect(self.compute_engine.local),
            self.events["array"].eq(self.compute_list.busy),
            self.events["memory"].eq(moves),
        ]
