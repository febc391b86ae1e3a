"""The streaming unit as Python: two engines that carry out a program from main RAM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..command_set import CommandSet
from .commands import (
    COMPUTE_COMMANDS,
    ENGINE_BIT,
    MEMORY_COMMANDS,
    NAMING,
    OFFSET_MASK,
    Engine,
    Status,
    Window,
)
from .compute import WORD_BYTES, compute
from .geometry import Geometry
from .move import OPCODES, MainRam, move
from .refused import Refused

SETS: dict[Engine, CommandSet] = {
    Engine.MEMORY: MEMORY_COMMANDS,
    Engine.COMPUTE: COMPUTE_COMMANDS,
}
END = OPCODES["end"]
STAMP = OPCODES["stamp"]
COMMAND_COUNTER_BITS = 16


@dataclass
class Progress:
    """How far an engine is.

    Attributes:
        at: address of its next command.
        finished: commands of its list that are finished.
        ended: it has seen the end of its list.
    """

    at: int = 0
    finished: int = 0
    ended: bool = False


@dataclass
class Machine:
    """The unit's state, and a program that runs on it.

    The engines work side by side, and only `after` orders what they do: a right program gives the
    same whatever their speed. `run` lets the caller choose who goes on. As an instruction knows no
    time, a program has been started, or it is over: reading the status waits for its end.

    Attributes:
        ram: main RAM with the windows that programs may reach.
        activations, weights: uint8; what the memories hold, kept from program to program.
        status: how the last program ended; `engine` and `command` say which command it names.
    """

    geometry: Geometry
    ram: MainRam = field(default_factory=MainRam)
    activations: np.ndarray = field(init=False)
    weights: np.ndarray = field(init=False)
    engines: dict[Engine, Progress] = field(init=False, default_factory=dict)
    status: Status = Status.IDLE
    engine: Engine = Engine.MEMORY
    command: int = 0
    ticks: int = 0

    def __post_init__(self) -> None:
        size = self.geometry
        self.activations = np.zeros(size.activation_words * WORD_BYTES, np.uint8)
        self.weights = np.zeros(size.weight_entries * size.entry_bytes, np.uint8)

    @property
    def full(self) -> bool:
        """Nothing of this unit waits to be read."""
        return False

    def set_image(self, base: int, size: int) -> None:
        """Set the window that programs may only read."""
        self._set_window(Window.IMAGE, base, size)

    def set_arena(self, base: int, size: int) -> None:
        """Set the window that they may also write."""
        self._set_window(Window.ARENA, base, size)

    def start(self, memory_list: int, compute_list: int) -> None:
        """Start a program: addresses of its two lists, as commands have them."""
        if self.status is not Status.RUNNING:
            self.engines = {
                Engine.MEMORY: Progress(memory_list),
                Engine.COMPUTE: Progress(compute_list),
            }
            self.status, self.ticks = Status.RUNNING, 0

    def read_status(self) -> int:
        """The status word of the last program, which is over now."""
        self.run()
        return self.status_word

    def run(self, choose: Callable[[list[Engine]], Engine] = lambda ready: ready[0]) -> Status:
        """Go on to the end of the program; `choose` names which of the ready engines goes on."""
        while self.status is Status.RUNNING:
            try:
                self._go_on(choose)
            except Refused as refused:
                self.status = refused.status
        return self.status

    def stop(self) -> None:
        """End a running program.

        A command that is under way ends early, so what it has written by then may be any part of
        it; as an instruction knows no time, here nothing has been carried out yet, and the memory
        engine is at its first command.
        """
        if self.status is Status.RUNNING:
            self._blame(Engine.MEMORY)
            self.status = Status.STOPPED

    @property
    def status_word(self) -> int:
        """What the CPU reads."""
        if self.status not in NAMING:
            return self.status
        return self.command << (ENGINE_BIT + 1) | self.engine << ENGINE_BIT | self.status

    def _set_window(self, window: Window, base: int, size: int) -> None:
        """A running program keeps its windows."""
        if self.status is not Status.RUNNING:
            start = base & ~(WORD_BYTES - 1)
            self.ram.windows[window] = range(start, start + (size & ~(WORD_BYTES - 1)))

    def _go_on(self, choose: Callable[[list[Engine]], Engine]) -> None:
        """One command of one engine, or the end."""
        waiting = [engine for engine in Engine if not self.engines[engine].ended]
        if not waiting:
            self.status = Status.DONE
            return
        # A command that cannot even be read is refused when its turn comes, waiting or not.
        commands = {engine: self._fetch(engine) for engine in waiting}
        ready = [
            engine
            for engine in waiting
            if commands[engine][1]["after"] <= self.engines[Engine(1 - engine)].finished
        ]
        if not ready:
            self._blame(waiting[0])
            raise Refused(Status.STUCK)
        engine = choose(ready)
        self._blame(engine)
        self._execute(engine, *commands[engine])
        self.ticks += 1

    def _blame(self, engine: Engine) -> None:
        """What goes wrong now is this engine's command."""
        self.engine, self.command = engine, self.engines[engine].finished

    def _fetch(self, engine: Engine) -> tuple[int, dict[str, int]]:
        """Its next command."""
        self._blame(engine)
        commands, at = SETS[engine], self.engines[engine].at
        places = self.ram.places(at, np.arange(0, commands.bytes, WORD_BYTES))
        return commands.decode(self.ram.data[places].tobytes())

    def _execute(self, engine: Engine, opcode: int, command: dict[str, int]) -> None:
        progress = self.engines[engine]
        if opcode not in SETS[engine].by_opcode:
            raise Refused(Status.UNKNOWN)
        if opcode == END:
            progress.ended = True
            return
        if engine is Engine.COMPUTE:
            compute(self.geometry, self.activations, self.weights, opcode, command)
        elif opcode == STAMP:
            self._stamp(command["address"])
        else:
            move(self.ram, self.activations, self.weights, opcode, command)
        progress.at = progress.at & ~OFFSET_MASK | (progress.at + SETS[engine].bytes) & OFFSET_MASK
        progress.finished = (progress.finished + 1) % (1 << COMMAND_COUNTER_BITS)

    def _stamp(self, address: int) -> None:
        """The program's age; here a command takes a cycle."""
        place = self.ram.places(address, np.zeros(1, np.int64), write=True)
        self.ram.data[place] = np.array([self.ticks], "<u8").view(np.uint8)
