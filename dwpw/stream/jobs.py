"""Commands before they have an order: what each touches, and so which must come before which.

A program is written down as if its commands were carried out one after the other. Which of them
must wait for which follows from the words that they read and write; everything else may overlap.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dwpw.stream.place import RamTensor

NOTHING = np.zeros(0, np.int64)


@dataclass(eq=False)
class Job:
    """A command.

    mnemonic, fields: as its record names them, `after` and the weights' place left out.
    reads, writes: words of activations.
    operator: whose it is, a place in the step.
    tensor: what `address` is relative to; None: the program itself.
    cycles: what the model says.
    needs: memory commands that must be over before it starts.
    """

    mnemonic: str
    fields: dict[str, int]
    operator: int
    reads: np.ndarray = field(default_factory=lambda: NOTHING, repr=False)
    writes: np.ndarray = field(default_factory=lambda: NOTHING, repr=False)
    cycles: float = 0.0
    needs: set[int] = field(default_factory=set)


@dataclass(eq=False)
class Move(Job):
    """A command of the memory engine.

    ram: rows and planes of a tensor in main RAM that are loaded or stored, as an index.
    entries: of the weight memory, that are loaded.
    tile: of the weights, that is loaded, by its place in the program; -1: none.
    after: the compute command that must be over before, by its place; -1: none.
    deadline: the first compute command that needs it.
    """

    tensor: RamTensor | None = None
    ram: tuple[range, range] | None = None
    entries: range = range(0)
    tile: int = -1
    after: int = -1
    deadline: int = 1 << 30


@dataclass(eq=False)
class Compute(Job):
    """A command of the compute engine.

    tile: key of the weights that it uses.
    groups: of its operator, that it makes.
    entries: of the weight memory, where they lie.
    """

    tile: tuple[int, ...] = ()
    groups: range = range(0)
    entries: range = range(0)


@dataclass
class _Memory:
    """Who touched each word last: numbers of commands, -1 for nobody."""

    words: int
    last: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        names = ("move_reads", "move_writes", "compute_reads", "compute_writes")
        self.last = {name: np.full(self.words, -1) for name in names}

    def moves(self, reads: np.ndarray, writes: np.ndarray) -> set[int]:
        """The moves that a command with these words must wait for."""
        found = np.concatenate(
            [
                self.last["move_writes"][reads],
                self.last["move_writes"][writes],
                self.last["move_reads"][writes],
            ]
        )
        return set(np.unique(found).tolist()) - {-1}

    def computes(self, reads: np.ndarray, writes: np.ndarray) -> int:
        """The last compute command that such a command must wait for."""
        found = (
            self.last["compute_writes"][reads],
            self.last["compute_writes"][writes],
            self.last["compute_reads"][writes],
        )
        return max((int(one.max()) for one in found if len(one)), default=-1)

    def touch(self, who: str, number: int, reads: np.ndarray, writes: np.ndarray) -> None:
        """Note a command."""
        self.last[f"{who}_reads"][reads] = number
        self.last[f"{who}_writes"][writes] = number


def find_needs(
    jobs: list[Job], activation_words: int, weight_entries: int
) -> tuple[list[Move], list[Compute]]:
    """The commands of both engines, with what each needs, from all in the order of writing."""
    activations, weights = _Memory(activation_words), _Memory(weight_entries)
    stored: dict[RamTensor, np.ndarray] = {}
    moves: list[Move] = []
    computes: list[Compute] = []
    for job in jobs:
        entries = np.arange(job.entries.start, job.entries.stop)
        job.needs = activations.moves(job.reads, job.writes)
        if isinstance(job, Move):
            # Readers keep their order, so that a writer needs to know only the last of them.
            last = activations.last["move_reads"][job.reads]
            job.needs |= set(np.unique(last).tolist()) - {-1}
            job.needs |= weights.moves(NOTHING, entries)
            job.needs |= _through_ram(stored, job, len(moves))
            job.after = max(
                activations.computes(job.reads, job.writes), weights.computes(NOTHING, entries)
            )
            activations.touch("move", len(moves), job.reads, job.writes)
            weights.touch("move", len(moves), NOTHING, entries)
            moves.append(job)
        else:
            job.needs |= weights.moves(entries, NOTHING)
            activations.touch("compute", len(computes), job.reads, job.writes)
            weights.touch("compute", len(computes), entries, NOTHING)
            computes.append(job)
    _set_deadlines(moves, computes)
    return moves, computes


def _through_ram(stored: dict[RamTensor, np.ndarray], job: Move, number: int) -> set[int]:
    """The stores that a load must wait for; notes a store."""
    if job.tensor is None or job.ram is None:
        return set()
    rows, planes = job.ram
    if job.mnemonic == "store":
        height, _, channels = job.tensor.shape
        if job.tensor not in stored:
            stored[job.tensor] = np.full((height, -(-channels // 8)), -1)
        stored[job.tensor][rows.start : rows.stop, planes.start : planes.stop] = number
        return set()
    if job.tensor not in stored:
        return set()
    block = stored[job.tensor][rows.start : rows.stop, planes.start : planes.stop]
    return set(np.unique(block).tolist()) - {-1}


def _set_deadlines(moves: list[Move], computes: list[Compute]) -> None:
    for place in reversed(range(len(computes))):
        for need in computes[place].needs:
            moves[need].deadline = place
    for move in reversed(moves):
        for need in move.needs:
            moves[need].deadline = min(moves[need].deadline, move.deadline)
