"""A step to a program: bytes for the image, and where addresses of tensors go into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from compiler_intrinsics.command_set import WORD_BYTES
from compiler_intrinsics.stream.commands import COUNT_BITS
from compiler_intrinsics.stream.geometry import Geometry
from dwpw.errors import UserError
from dwpw.kernels.packing import LoweredOperator, PlannedCommand, Relocation
from dwpw.rounding import round_up
from dwpw.stream.assemble import ALIGNMENT, assemble
from dwpw.stream.choose import choose
from dwpw.stream.jobs import Compute, Move, find_needs
from dwpw.stream.model import Rates, Timing, compute_cycles, move_cycles, schedule
from dwpw.stream.operators import UnitOperator, unit_operator
from dwpw.stream.place import Planes, RamTensor, planes_for
from dwpw.stream.replay import ARRAY, MEMORY
from dwpw.stream.segment import Segment
from dwpw.stream.stamps import Stamp, last_computes, with_stamps
from dwpw.stream.weights import Tile, with_weights
from dwpw.stream.write import Writer

MOST_COMMANDS = (1 << COUNT_BITS) - 1
"""Of a list: `after` counts no further."""


@dataclass(frozen=True)
class Program:
    """What the unit carries out for a step.

    blob: uint8, the lists of both engines, and the constants.
    memory_list, compute_list: bytes from the blob's start.
    relocations: where places of tensors in the arena are added to.
    scratch_bytes: of the arena, for tensors that leave the unit within the step, and for stamps.
    stamps: bytes from the scratch memory's start to the stamps, one for each segment.
    segments, moves, computes, timing: how it was made, and what the model says about it; the
        moves are in the order of their list.
    listed: the memory engine's list, with its stamps.
    """

    blob: np.ndarray = field(repr=False)
    memory_list: int
    compute_list: int
    relocations: tuple[Relocation, ...] = field(repr=False)
    scratch_bytes: int
    stamps: int
    segments: tuple[Segment, ...] = field(repr=False)
    moves: tuple[Move, ...] = field(repr=False)
    computes: tuple[Compute, ...] = field(repr=False)
    timing: Timing = field(repr=False)
    listed: tuple[Move | Stamp, ...] = field(repr=False)

    @property
    def commands(self) -> dict[str, tuple[PlannedCommand, ...]]:
        """What each engine is told to do; a stamp is for the last operator of its segment."""
        ends = [one.first + len(one.operators) - 1 for one in self.segments]
        return {
            ARRAY: tuple(PlannedCommand(one.operator, one.mnemonic) for one in self.computes),
            MEMORY: tuple(
                PlannedCommand(ends[one.part], "stamp")
                if isinstance(one, Stamp)
                else PlannedCommand(one.operator, one.mnemonic)
                for one in self.listed
            ),
        }


def unit_operators(
    geometry: Geometry, operators: Sequence[LoweredOperator]
) -> tuple[UnitOperator, ...] | None:
    """The operators for the unit; None when it cannot do one of them, or not in a step."""
    made = []
    for place, operator in enumerate(operators):
        one = unit_operator(geometry, operator)
        if one is None or (place and one.packed):
            return None
        made.append(one)
    return tuple(made)


def make_program(
    geometry: Geometry,
    operators: Sequence[LoweredOperator],
    traced: bool = False,
    rates: Rates | None = None,
) -> Program | None:
    """The program of a step; None when the unit cannot do it.

    traced: the tensors between the operators are stored too.
    """
    rates = rates or Rates()
    made = unit_operators(geometry, operators)
    segments = None if made is None else choose(geometry, rates, made)
    if segments is None:
        return None
    written = [_write(geometry, made, one, traced, rates) for one in _choices(segments)]
    best = min(written, key=lambda one: one.timing.total)
    _require_room(operators[0], best)
    return _assembled(geometry, made, best)


def _choices(segments: tuple[Segment, ...]) -> list[tuple[Segment, ...]]:
    """The segments, and in haste to begin."""
    hastened = segments[0].hastened()
    return [segments, (hastened, *segments[1:])] if hastened else [segments]


@dataclass(frozen=True)
class _Written:
    """Commands of segments, with when the model has them start."""

    segments: tuple[Segment, ...]
    moves: list[Move]
    computes: list[Compute]
    tiles: list[Tile]
    scratch: int
    timing: Timing


def _write(
    geometry: Geometry,
    operators: Sequence[UnitOperator],
    segments: tuple[Segment, ...],
    traced: bool,
    rates: Rates,
) -> _Written:
    ends, scratch = _ends(segments, operators, traced)
    second = {
        place: RamTensor(place, "input2", 0, one.input_shape)
        for place, one in enumerate(operators)
        if one.inputs > 1
    }
    writer = Writer(geometry, ends, second)
    for segment, source, target in _stays(geometry, segments, operators):
        writer.write(segment, source, target)
    jobs, tiles = with_weights(geometry, operators, writer.jobs)
    for job in jobs:
        if isinstance(job, Compute):
            job.cycles = compute_cycles(rates, geometry, job.fields)
        else:
            job.cycles = move_cycles(rates, job.mnemonic, job.fields)
    moves, computes = find_needs(jobs, geometry.activation_words, geometry.weight_entries)
    return _Written(segments, moves, computes, tiles, scratch, schedule(moves, computes))


def _require_room(operator: LoweredOperator, written: _Written) -> None:
    moves, computes = len(written.moves), len(written.computes)
    if max(moves + len(written.segments), computes) > MOST_COMMANDS:
        raise UserError(
            f"operator {operator.index} ({operator.kind}): its step needs {moves:,}"
            f" moves and {computes:,} computations, a list of the streaming unit has at most"
            f" {MOST_COMMANDS:,}: use a unit with a larger activation memory"
        )


def _assembled(geometry: Geometry, operators: Sequence[UnitOperator], written: _Written) -> Program:
    segments, moves, computes = written.segments, written.moves, written.computes
    order = with_stamps(written.timing.order, moves, last_computes(segments, computes))
    return Program(
        *assemble(geometry, operators, order, moves, computes, written.tiles, written.scratch),
        scratch_bytes=written.scratch + WORD_BYTES * len(segments),
        stamps=written.scratch,
        segments=segments,
        moves=tuple(moves[number] for number in written.timing.order),
        computes=tuple(computes),
        timing=written.timing,
        listed=tuple(one if isinstance(one, Stamp) else moves[one] for one in order),
    )


def _ends(
    segments: Sequence[Segment], operators: Sequence[UnitOperator], traced: bool
) -> tuple[list[RamTensor | None], int]:
    """Tensors in main RAM: the step's input and every operator's output; bytes of scratch memory.

    Tensors that leave the unit within the step lie at both ends of the scratch memory in turn: when
    one is written, the one before is still read, but nobody reads the one before that.
    """
    ends: list[RamTensor | None] = [RamTensor(0, "input", 0, operators[0].input_shape)]
    leaving = {
        segment.first + len(segment.operators) - 1
        for segment in segments
        if not segment.target_local
    }
    last = len(operators) - 1
    inner = sorted(leaving - {last})
    sizes = [round_up(int(np.prod(operators[place].output_shape)), ALIGNMENT) for place in inner]
    pairs = [sum(sizes[number : number + 2]) for number in range(len(sizes))]
    scratch = 0 if traced else max(pairs, default=0)
    for place, operator in enumerate(operators):
        if place == last or traced:
            ends.append(RamTensor(place, "output", 0, operator.output_shape))
        elif place in inner:
            number = inner.index(place)
            offset = scratch - sizes[number] if number % 2 else 0
            ends.append(RamTensor(0, "scratch", offset, operator.output_shape))
        else:
            ends.append(None)
    return ends, scratch


def _stays(geometry: Geometry, segments: Sequence[Segment], operators: Sequence[UnitOperator]):
    """Each segment with the tensors at its ends that stay in the unit, at both ends in turn."""
    source: Planes | None = None
    for segment in segments:
        target = None
        if segment.target_local:
            room = planes_for(operators[segment.first + len(segment.operators)])
            low = source is not None and source.base == 0
            target = room.moved(geometry.activation_words - room.words if low else 0)
        yield segment, source, target
        source = target
