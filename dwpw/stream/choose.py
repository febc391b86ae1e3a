"""Which operators are a segment, how large its pieces are, and which tensors stay in the unit.

A walk over all ways to cut a step into segments; what a segment costs is estimated from the cycle
model: the compute engine's cycles, and what of the memory engine's they cannot hide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.rounding import ceil_div
from dwpw.stream.model import WORD_BYTES, Rates, block_cycles
from dwpw.stream.operators import UnitOperator
from dwpw.stream.place import planes_for
from dwpw.stream.segment import Segment, can_follow, stay_resident, tile_groups

TRAFFIC = 0.02
"""What a cycle of the memory engine costs though it is hidden: of two plans that take the compute
engine as long the one with less traffic is better."""

MOST_OPERATORS = 3
"""Of a segment: to expand, filter and project again is the most that MobileNets do in a block."""

SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
"""Planes of a slot that are tried."""


@dataclass(frozen=True)
class _Way:
    """The cheapest segments up to some place."""

    cost: float
    segments: tuple[Segment, ...]


def choose(
    geometry: Geometry, rates: Rates, operators: Sequence[UnitOperator]
) -> tuple[Segment, ...] | None:
    """Segments for a step; None where some operator does not fit into the unit."""
    # By place and by whether the tensor there stays in the unit.
    ways: dict[tuple[int, bool], _Way] = {(0, False): _Way(0.0, ())}
    known: dict[object, tuple[Segment, float] | None] = {}  # blocks come again and again
    for place in range(len(operators)):
        for local in (False, True):
            way = ways.get((place, local))
            if way is None:
                continue
            for segment, cost in _segments(geometry, rates, operators, place, local, known):
                key = (place + len(segment.operators), segment.target_local)
                total = way.cost + cost
                if key not in ways or total < ways[key].cost:
                    ways[key] = _Way(total, (*way.segments, segment))
    last = ways.get((len(operators), False))
    return None if last is None else last.segments


def _segments(
    geometry: Geometry,
    rates: Rates,
    operators: Sequence[UnitOperator],
    place: int,
    source_local: bool,
    known: dict[object, tuple[Segment, float] | None],
) -> Iterator[tuple[Segment, float]]:
    """What may begin here: the cheapest of each kind."""
    for length in range(1, MOST_OPERATORS + 1):
        chosen = tuple(operators[place : place + length])
        if len(chosen) < length or not all(map(can_follow, chosen[1:])):
            continue
        behind = operators[place + length] if place + length < len(operators) else None
        for target_local in (False, True):
            if target_local and (behind is None or behind.packed):
                continue
            source = planes_for(chosen[0]).words if source_local else 0
            target = planes_for(behind).words if target_local else 0
            room = geometry.activation_words - source - target
            key = (*(one.alike for one in chosen), source_local, target_local, room)
            if key not in known:
                known[key] = _best(geometry, rates, chosen, source_local, target_local, room)
            if known[key] is not None:
                segment, cost = known[key]
                yield replace(segment, first=place, operators=chosen), cost


def _best(
    geometry: Geometry,
    rates: Rates,
    operators: tuple[UnitOperator, ...],
    source_local: bool,
    target_local: bool,
    room: int,
) -> tuple[Segment, float] | None:
    """The cheapest sizes of a segment's pieces, of those that fit into `room` words."""
    if room < 0:
        return None
    found = None
    for segment in _sizes(geometry, operators, source_local, target_local, room):
        if segment.words > room or not _weights_fit(geometry, operators):
            continue
        cost = segment_cycles(geometry, rates, segment)
        if found is None or cost < found[1]:
            found = segment, cost
    return found


def fits(geometry: Geometry, operator: UnitOperator) -> bool:
    """Whether an operator alone can be done, row by row and plane by plane."""
    least = Segment(
        first=0,
        operators=(operator,),
        source_local=False,
        target_local=False,
        band=1,
        in_planes=1 if operator.by_plane else operator.planes,
        in_slots=1,
        out_groups=1,
        out_slots=1,
        resident=False,
    )
    return least.words <= geometry.activation_words and _weights_fit(geometry, (operator,))


def _weights_fit(geometry: Geometry, operators: Sequence[UnitOperator]) -> bool:
    return all(
        operator.entries(geometry, tile_groups(geometry, operator)) <= geometry.weight_entries
        for operator in operators
    )


def _sizes(
    geometry: Geometry,
    operators: tuple[UnitOperator, ...],
    source_local: bool,
    target_local: bool,
    room: int,
) -> Iterator[Segment]:
    """All sizes worth a try; not all of them fit."""
    head, tail = operators[0], operators[-1]
    loaded = head.inputs - source_local
    resident = stay_resident(geometry, operators)
    height = tail.output_shape[0]
    # Both inputs of a sum must have one layout, and where nothing comes or goes bands are for
    # what lies between the operators.
    whole = source_local and (loaded > 0 or (target_local and len(operators) == 1))
    for band in [height] if whole else _bands(height):
        for in_planes in _planes(head, loaded):
            for out_groups in (0,) if target_local else _groups(geometry, tail):
                made = Segment(
                    first=0,
                    operators=operators,
                    source_local=source_local,
                    target_local=target_local,
                    band=band,
                    in_planes=in_planes,
                    in_slots=1,
                    out_groups=out_groups,
                    out_slots=1,
                    resident=resident,
                )
                yield from _with_slots(made, room)


def _with_slots(segment: Segment, room: int) -> Iterator[Segment]:
    """The same with as many slots as there is room for, and as are of use."""
    out_slots = 1 if segment.target_local else 2
    for outs in {1, out_slots}:
        once = replace(segment, out_slots=outs)
        if not segment.loaded:
            yield once
            continue
        each = segment.in_slot().words * segment.loaded
        spare = room - (once.words - each)
        tiles = ceil_div(segment.head.planes, segment.in_planes)
        useful = max(2, tiles + (len(segment.operators) == 1) * tiles)
        yield replace(once, in_slots=max(1, min(useful, spare // each)))


def _bands(height: int) -> list[int]:
    """Rows of a band: all, a half, a third ... rounded up."""
    return sorted({ceil_div(height, number) for number in range(1, height + 1)}, reverse=True)


def _planes(head: UnitOperator, loaded: int) -> list[int]:
    if not loaded or not head.by_plane:
        return [head.planes]
    return [size for size in SIZES if size < head.planes] + [head.planes]


def _groups(geometry: Geometry, tail: UnitOperator) -> list[int]:
    most = tile_groups(geometry, tail)
    return [size for size in SIZES if size < most] + [most]


def segment_cycles(geometry: Geometry, rates: Rates, segment: Segment) -> float:
    """An estimate of what a segment takes, as if it began with empty slots."""
    bands = len(segment.bands)
    load, first_load = _load_cycles(rates, segment)
    store = _store_cycles(rates, segment)
    weights = _weight_cycles(geometry, rates, segment) * (1 if segment.resident else bands)
    memory = bands * (load + store) + weights
    computes = _compute_cycles(geometry, rates, segment)
    compute = sum(computes)
    late = _late_cycles(segment, load, computes[0] / bands, compute / bands)
    exposed = first_load + (bands - 1) * late
    if segment.head.by_plane and len(segment.operators) > 1:
        exposed += max(0.0, load - first_load - computes[0] / bands)
    if not segment.target_local:
        exposed += 0.5 * store / max(1, segment.tail.groups / segment.out_groups)
        if segment.out_slots == 1:
            exposed += bands * store
    return max(compute, memory) + exposed + TRAFFIC * memory


def _late_cycles(segment: Segment, load: float, head: float, band: float) -> float:
    """How much longer a band's input takes than what can be computed meanwhile.

    load: of the band's input; head: of the first operator for it; band: of all operators.
    """
    if not segment.loaded:
        return 0.0
    if not segment.head.by_plane:
        return max(0.0, load - (band - head)) if segment.in_slots == 1 else 0.0
    tiles = ceil_div(segment.head.planes, segment.in_planes)
    ahead = load * min(1.0, segment.in_slots / tiles)
    behind = load - ahead + max(0.0, ahead - (band - head))
    return max(0.0, behind - head)


def _compute_cycles(geometry: Geometry, rates: Rates, segment: Segment) -> list[float]:
    """Of every operator, in all bands."""
    rows = [0] * len(segment.operators)
    for band in segment.bands:
        for place, made in enumerate(segment.rows_made(band)):
            rows[place] += len(made)
    bands = len(segment.bands)
    cycles = []
    for place, operator in enumerate(segment.operators):
        tiles = sum(1 for _ in segment.tiles(geometry, place))
        result = max(operator.steps, geometry.result_cycles)
        results = rows[place] * operator.output_shape[1] * operator.groups
        overhead = operator.groups * geometry.parameter_entries + tiles * rates.command
        cycles.append(results * result + bands * overhead)
    return cycles


def _load_cycles(rates: Rates, segment: Segment) -> tuple[float, float]:
    """Of a band's input: all of it, and of the first slot."""
    if not segment.loaded:
        return 0.0, 0.0
    head = segment.head
    height, width, channels = head.input_shape
    rows = min(segment.in_slot().rows, height)
    if head.packed:
        counts = (width * channels // WORD_BYTES, rows, 1)
        block = rates.burst_break + block_cycles(rates, counts, (width * channels, 0))
        return block, block
    planes = min(segment.in_planes, head.planes)
    steps = (channels, width * channels)
    one = rates.burst_break + block_cycles(rates, (planes, width, rows), steps)
    one *= segment.loaded
    return one * head.planes / planes, one


def _store_cycles(rates: Rates, segment: Segment) -> float:
    """Of a band's results."""
    if segment.target_local:
        return 0.0
    _, width, channels = segment.tail.output_shape
    groups = min(segment.out_groups, segment.tail.groups)
    counts, steps = (groups, width, segment.band), (channels, width * channels)
    one = rates.burst_break + block_cycles(rates, counts, steps)
    return one * segment.tail.groups / groups


def _weight_cycles(geometry: Geometry, rates: Rates, segment: Segment) -> float:
    """Of the weights of all operators, once."""
    total = 0.0
    for place, operator in enumerate(segment.operators):
        tiles = sum(1 for _ in segment.tiles(geometry, place))
        entries = operator.entries(geometry, operator.groups)
        total += entries * geometry.entry_bytes / rates.bytes_per_cycle + tiles * rates.burst_break
    return total
