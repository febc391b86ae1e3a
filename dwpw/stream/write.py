"""Segments to commands: what is loaded, calculated and stored, tile by tile and band by band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from compiler_intrinsics.stream.commands import LOCAL_BITS, Space
from compiler_intrinsics.stream.geometry import GROUPS, Geometry
from dwpw.rounding import ceil_div
from dwpw.stream.block import block_fields, words_of
from dwpw.stream.jobs import Compute, Job, Move
from dwpw.stream.operators import UnitOperator
from dwpw.stream.place import WORD_BYTES, Planes, RamTensor
from dwpw.stream.room import Room
from dwpw.stream.segment import Segment

LOCAL_MASK = (1 << LOCAL_BITS) - 1


@dataclass
class Writer:
    """Commands in the making.

    ends: for the input of the first operator and the output of each the tensor in main RAM; None
        where it is never there. `ends[k + 1]` is the output of operator k.
    second: the other input of sums, by operator.
    jobs: the commands, in an order in which they could be carried out one by one.
    """

    geometry: Geometry
    ends: Sequence[RamTensor | None]
    second: dict[int, RamTensor]
    jobs: list[Job] = field(default_factory=list)

    def write(self, segment: Segment, source: Planes | None, target: Planes | None) -> None:
        """All of a segment; source, target: tensors that stay in the activation memory."""
        free = Room.beside(self.geometry, source, target)
        slots = free.take(segment.in_slot(), segment.in_slots * segment.loaded)
        inputs = _Inputs(self, segment, source, slots)
        middles = [free.take(room, 1)[0] for room in segment.middles()]
        outs = [] if target else free.take(segment.out_slot(), segment.out_slots)
        if source is not None:
            self.frame(segment.first, segment.head, source)
        made = 0
        for number, band in enumerate(segment.bands):
            rows_made = segment.rows_made(band)
            held = self._middles(segment, middles, rows_made, framed=number > 0)
            for place, operator in enumerate(segment.operators):
                rows, in_step = rows_made[place], segment.first + place
                for groups in segment.tiles(self.geometry, place):
                    if place:
                        taken = [_from_group(held[place - 1], operator, groups)]
                    else:
                        taken = inputs.take(rows, groups)
                    start = 0
                    if place < len(held):
                        result = held[place]
                    elif target is not None:
                        result = target
                    else:
                        slot = outs[made % len(outs)]
                        result, start = slot.moved(slot.base, rows.start), groups.start
                        made += 1
                    key = (in_step, 0 if operator.shared else groups.start)
                    key += () if segment.resident else (number,)
                    self._compute(in_step, operator, key, rows, groups, taken, result, start)
                    self._store(in_step, rows, groups, result, start)

    def _middles(
        self,
        segment: Segment,
        middles: Sequence[Planes],
        rows_made: Sequence[range],
        framed: bool,
    ) -> list[Planes]:
        """What lies between the operators, at the rows of a band, with its halo."""
        held = []
        for place, (room, reader) in enumerate(zip(middles, segment.operators[1:], strict=True), 1):
            asked = reader.window.rows_of(rows_made[place])
            held.append(room.moved(room.base, asked.start))
            self.frame(segment.first + place, reader, held[-1], asked, framed)
        return held

    def frame(
        self,
        number: int,
        reader: UnitOperator,
        to: Planes,
        rows: range | None = None,
        framed: bool = False,
    ) -> None:
        """Fill the halo of rows, of all if none are given; framed: its columns are filled."""
        height = reader.input_shape[0]
        rows = range(to.first, to.first + to.rows) if rows is None else rows

        def fill(local: int, **fields: int) -> None:
            self._fill(number, -reader.lowered.input_offset, {"local": local, **fields})

        if to.lead and not framed:
            fill(to.base, count0=to.lead, count1=to.rows * to.planes + 1, local1=to.row)
        above = range(rows.start, min(0, rows.stop))
        below = range(max(height, rows.start), rows.stop)
        for halo in (above, below):
            if halo:
                start = to.at(0, halo.start, -to.lead)
                fill(start, count0=len(halo) * to.row, count1=to.planes, local1=to.plane)

    def _compute(
        self,
        number: int,
        operator: UnitOperator,
        key: tuple[int, ...],
        rows: range,
        groups: range,
        taken: Sequence[Planes],
        result: Planes,
        start: int,
    ) -> None:
        """Rows of some groups; taken: the inputs; start: the group of the result's first plane."""
        asked = operator.window.rows_of(rows)
        planes = range(len(groups)) if operator.by_plane else range(taken[0].planes)
        results = range(groups.start - start, groups.stop - start)
        fields = {
            "groups": len(groups),
            "rows": len(rows),
            "weights_group": 0 if operator.shared else operator.entries(self.geometry, 1),
            "output": result.at(results.start, rows.start),
            "output_row": result.row,
            "output_group": result.plane,
            **_arithmetic(operator),
            **_loops(operator, taken, asked),
        }
        reads = [one.touched(planes, asked, one.lead) for one in taken]
        self.jobs.append(
            Compute(
                operator.mnemonic,
                fields,
                number,
                reads=np.concatenate(reads),
                writes=result.touched(results, rows),
                tile=key,
                groups=groups,
            )
        )

    def load(
        self, operator: int, tensor: RamTensor, to: Planes, rows: range, planes: range, packed: bool
    ) -> None:
        """Rows of planes of a tensor, to the first planes of `to`."""
        height, width, channels = tensor.shape
        rows = range(max(rows.start, 0), min(rows.stop, height))
        if not rows:
            return
        fields = block_fields(tensor, to, 0, rows, planes, packed)
        self.jobs.append(
            Move(
                "load",
                {"space": Space.ACTIVATIONS, **fields},
                operator,
                writes=words_of(fields),
                tensor=tensor,
                ram=(rows, range(ceil_div(channels, GROUPS)) if packed else planes),
            )
        )

    def _fill(self, operator: int, value: int, fields: dict[str, int]) -> None:
        """Words of halo."""
        usual = {"count0": 1, "count1": 1, "count2": 1, "local0": 1, "local1": 0, "local2": 0}
        fields = {"value": value, **usual, **fields}
        self.jobs.append(Move("fill", fields, operator, writes=words_of(fields)))

    def _store(self, number: int, rows: range, groups: range, result: Planes, start: int) -> None:
        tensor = self.ends[number + 1]
        if tensor is None:
            return
        fields = block_fields(tensor, result, groups.start - start, rows, groups, False)
        behind = groups.stop * GROUPS - tensor.shape[2]
        self.jobs.append(
            Move(
                "store",
                {"tail": WORD_BYTES - max(behind, 0), **fields},
                number,
                reads=words_of(fields),
                tensor=tensor,
                ram=(rows, groups),
            )
        )


def _arithmetic(operator: UnitOperator) -> dict[str, int]:
    """Fields of a computation that every one of an operator has."""
    lowered = operator.lowered
    return {
        "up": int(operator.up),
        "zero_point": operator.output_offset,
        "act_min": lowered.act_min,
        "act_max": lowered.act_max,
        "weight_zero_point": operator.wide,
        "columns": lowered.output_shape[1],
        **{f"taps{level}": count for level, count in enumerate(operator.taps)},
    }


def _loops(operator: UnitOperator, taken: Sequence[Planes], asked: range) -> dict[str, int]:
    """Where a computation finds its input; asked: the rows that it reads."""
    window, source = operator.window, taken[0]
    pixel = operator.input_shape[2] if operator.packed else WORD_BYTES
    # The rows of taps of a sum are its two tensors.
    rows_apart = taken[-1].base - source.base if operator.up else window.dilation[0] * source.row
    return {
        "input": WORD_BYTES * source.at(0, asked.start) - window.left * pixel,
        "input_column": window.stride[1] * pixel,
        "input_row": window.stride[0] * source.row & LOCAL_MASK,
        "input1": rows_apart & LOCAL_MASK,
        "input2": 0 if operator.up else source.plane,
        "input_group": source.plane if operator.by_plane else 0,
    }


def _from_group(planes: Planes, reader: UnitOperator, groups: range) -> Planes:
    """From the plane on that the first of some groups reads."""
    first = groups.start if reader.by_plane else 0
    return replace(planes, base=planes.base + first * planes.plane)


@dataclass
class _Inputs:
    """What a segment reads: a tensor that stays, or slots that are loaded in turn.

    loads: slots that were filled so far.
    band, held: rows of results that an operator which reads all planes has its input for.
    framed: slots whose columns of halo are filled; nothing overwrites those.
    """

    writer: Writer
    segment: Segment
    source: Planes | None
    slots: list[Planes]
    loads: int = 0
    band: range | None = None
    held: list[Planes] = field(default_factory=list)
    framed: set[int] = field(default_factory=set)

    def take(self, rows: range, groups: range) -> list[Planes]:
        """The inputs for rows of results of some groups, loaded where they must be.

        Of an operator that works by planes, the first plane is that of the first group.
        """
        head, source = self.segment.head, self.source
        views = []
        if source is not None:
            views.append(_from_group(source, head, groups))
        if self.segment.loaded and (head.by_plane or rows != self.band):
            self.band, self.held = rows, self._loaded(rows, groups)
        return views + self.held

    def _loaded(self, rows: range, groups: range) -> list[Planes]:
        """The next slot, with everything in it."""
        segment, head = self.segment, self.segment.head
        asked = head.window.rows_of(rows)
        first = self.loads % segment.in_slots * segment.loaded
        self.loads += 1
        tensors = [] if self.source is not None else [self.writer.ends[segment.first]]
        if head.inputs > 1:
            tensors.append(self.writer.second[segment.first])
        placed = []
        for number, tensor in enumerate(tensors, first):
            slot = self.slots[number].moved(self.slots[number].base, asked.start)
            framed = number in self.framed
            self.writer.frame(segment.first, head, slot, asked, framed)
            self.framed.add(number)
            planes = groups if head.by_plane else range(slot.planes)
            self.writer.load(segment.first, tensor, slot, asked, planes, head.packed)
            placed.append(slot)
        return placed
