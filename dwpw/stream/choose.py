"""Which operators are a segment, how large its pieces are, and which tensors stay in the unit.

A walk over all ways to cut a step into segments; what a segment costs is estimated from the cycle
model: the compute engine's cycles, and what of the memory engine's they cannot hide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.rounding import ceil_div
from dwpw.stream.model import WORD_BYTES, Rates, block_cycles
from dwpw.stream.operators import UnitOperator
from dwpw.stream.place import planes_for
from dwpw.stream.segment import Segment, can_pair, stay_resident, tile_groups

TRAFFIC = 0.02
"""What a cycle of the memory engine costs though it is hidden: of two plans that take the compute
engine as long the one with less traffic is better."""

SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
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
    for place in range(len(operators)):
        for local in (False, True):
            way = ways.get((place, local))
            if way is None:
                continue
            for segment, cost in _segments(geometry, rates, operators, place, local):
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
) -> Iterator[tuple[Segment, float]]:
    """What may begin here: the cheapest of each kind."""
    for length in (1, 2):
        chosen = tuple(operators[place : place + length])
        if len(chosen) < length or (length == 2 and not can_pair(*chosen)):
            continue
        behind = operators[place + length] if place + length < len(operators) else None
        for target_local in (False, True):
            if target_local and (behind is None or behind.packed):
                continue
            source = planes_for(chosen[0]).words if source_local else 0
            target = planes_for(behind).words if target_local else 0
            room = geometry.activation_words - source - target
            best = _best(geometry, rates, place, chosen, source_local, target_local, room)
            if best is not None:
                yield best


def _best(
    geometry: Geometry,
    rates: Rates,
    place: int,
    operators: tuple[UnitOperator, ...],
    source_local: bool,
    target_local: bool,
    room: int,
) -> tuple[Segment, float] | None:
    """The cheapest sizes of a segment's pieces, of those that fit into `room` words."""
    if room < 0:
        return None
    found = None
    for segment in _sizes(geometry, place, operators, source_local, target_local, room):
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
    place: int,
    operators: tuple[UnitOperator, ...],
    source_local: bool,
    target_local: bool,
    room: int,
) -> Iterator[Segment]:
    """All sizes worth a try; not all of them fit."""
    head, tail = operators[0], operators[-1]
    loaded = head.inputs - source_local
    resident = stay_resident(geometry, operators)
    for band in _bands(tail.output_shape[0]):
        if source_local and loaded and band < tail.output_shape[0]:
            continue  # both inputs of a sum must have one layout
        for in_planes in _planes(head, loaded):
            for out_groups in (0,) if target_local else _groups(geometry, tail):
                made = Segment(
                    first=place,
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
        once = _replace(segment, out_slots=outs)
        if not segment.loaded:
            yield once
            continue
        each = segment.in_slot().words * segment.loaded
        spare = room - (once.words - each)
        tiles = ceil_div(segment.head.planes, segment.in_planes)
        useful = max(2, tiles + (len(segment.operators) == 1) * tiles)
        yield _replace(once, in_slots=max(1, min(useful, spare // each)))


def _replace(segment: Segment, **sizes: int) -> Segment:
    fields = {name: getattr(segment, name) for name in segment.__dataclass_fields__}
    return Segment(**{**fields, **sizes})


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
    load, first_load = _load_cycles(rates, segment)
    store = _store_cycles(rates, segment)
    bands = len(segment.bands)
    head = _compute_cycles(geometry, rates, segment, 0)
    compute = sum(
        _compute_cycles(geometry, rates, segment, place) for place in range(len(segment.operators))
    )
    weights = _weight_cycles(geometry, rates, segment) * (1 if segment.resident else bands)
    memory = bands * (load + store) + weights
    exposed = 0.0
    if segment.loaded:
        tiles = ceil_div(segment.head.planes, segment.in_planes)
        at_once = min(1.0, segment.in_slots / tiles) if segment.head.by_plane else 1.0
        if not segment.head.by_plane and segment.in_slots == 1:
            at_once = 0.0
        late = max(0.0, load - head) if len(segment.operators) > 1 else 0.0
        exposed = max(first_load, late)
        late = load * (1 - at_once) - (head if segment.head.by_plane else 0.0)
        exposed += (bands - 1) * max(0.0, late)
    if not segment.target_local:
        exposed += 0.5 * store / max(1, segment.tail.groups / segment.out_groups)
        if segment.out_slots == 1:
            exposed += bands * store
    return max(compute * bands, memory) + exposed + TRAFFIC * memory


def _compute_cycles(geometry: Geometry, rates: Rates, segment: Segment, place: int) -> float:
    """Of an operator in a band."""
    operator = segment.operators[place]
    results = segment.band * operator.output_shape[1]
    part = operator.output_shape[0] / (segment.band * len(segment.bands))
    tiles = sum(1 for _ in segment.tiles(geometry, place))
    group = part * results * max(operator.steps, geometry.result_cycles) + rates.group
    return operator.groups * group + tiles * rates.command


def _load_cycles(rates: Rates, segment: Segment) -> tuple[float, float]:
    """Of a band's input: all of it, and of the first slot."""
    if not segment.loaded:
        return 0.0, 0.0
    head = segment.head
    height, width, channels = head.input_shape
    rows = min(segment.in_rows, height)
    if head.packed:
        block = block_cycles(
            rates, (width * channels // WORD_BYTES, rows, 1), (width * channels, 0)
        )
        return block + rates.burst_break, block + rates.burst_break
    planes = min(segment.in_planes, head.planes)
    one = rates.burst_break + block_cycles(
        rates, (planes, width, rows), (channels, width * channels)
    )
    one *= segment.loaded
    return one * head.planes / planes, one


def _store_cycles(rates: Rates, segment: Segment) -> float:
    """Of a band's results."""
    if segment.target_local:
        return 0.0
    _, width, channels = segment.tail.output_shape
    groups = min(segment.out_groups, segment.tail.groups)
    one = rates.burst_break + block_cycles(
        rates, (groups, width, segment.band), (channels, width * channels)
    )
    return one * segment.tail.groups / groups


def _weight_cycles(geometry: Geometry, rates: Rates, segment: Segment) -> float:
    total = 0.0
    for place, operator in enumerate(segment.operators):
        tiles = sum(1 for _ in segment.tiles(geometry, place))
        entries = operator.entries(geometry, operator.groups)
        total += entries * geometry.entry_bytes / rates.bytes_per_cycle + tiles * rates.burst_break
    return total
