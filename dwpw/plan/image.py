"""Plan to image: header, operator table, constants; the same plan always gives the same bytes."""

from __future__ import annotations

import ctypes
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from dwpw.errors import UserError
from dwpw.image.format import (
    ARENA_ALIGNMENT,
    MAGIC,
    NO_FLAGS,
    VERSION,
    Flag,
    Header,
    Operator,
    Span,
)
from dwpw.kernels.packing import PackedConstants
from dwpw.plan.arena import TENSOR_ALIGNMENT, aligned, peak
from dwpw.plan.planner import Place, Plan, PlannedOperator, PlannedStep

CONSTANT_ALIGNMENT = 32
"""Bytes; a D$ line: every constant may be read in words, and streams start on a fresh line."""

CONSTANTS = ("weights", "bias", "multiplier", "shift", "table")

CRC_START = Header.crc.offset + Header.crc.size
"""The CRC covers everything behind its own word."""


class _Pool:
    """Constants, one behind the other, from a given offset of the image."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.content = bytearray()

    def add(self, array: np.ndarray | None) -> Span:
        """Append an array's little-endian bytes; an absent one takes nothing."""
        if array is None:
            return Span(0, 0)
        data = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
        self.content.extend(bytes(-len(self.content) % CONSTANT_ALIGNMENT))
        offset = self.start + len(self.content)
        self.content.extend(data)
        return Span(offset, len(data))

    def add_places(self, places: Sequence[Place]) -> Span:
        """Append a Span record for each."""
        return self.add(np.array([(place.offset, place.size) for place in places], np.uint32))


def pack(plan: Plan, flags: Flag = NO_FLAGS) -> bytes:
    """The image's bytes; `flags` say what the firmware shall do besides running it."""
    table_offset = aligned(ctypes.sizeof(Header), CONSTANT_ALIGNMENT)
    table_end = table_offset + len(plan.operators) * ctypes.sizeof(Operator)
    kernels = tuple(plan.target.kernels)
    pool = _Pool(aligned(table_end, CONSTANT_ALIGNMENT))
    records = b"".join(
        bytes(record) for step in plan.steps for record in _records(step, kernels, pool)
    )
    ends = pool.add_places((*plan.inputs, *plan.outputs))
    inputs = Span(ends.offset, len(plan.inputs) * ctypes.sizeof(Span))
    size = aligned(pool.start + len(pool.content), CONSTANT_ALIGNMENT)
    header = Header(
        magic=MAGIC,
        version=VERSION,
        size=size,
        operator_count=len(plan.operators),
        operators=table_offset,
        arena_size=plan.arena_size,
        inputs=inputs,
        outputs=Span(inputs.offset + inputs.size, ends.size - inputs.size),
        flags=flags,
    )
    image = bytearray(size)
    image[table_offset:table_end] = records
    image[pool.start : pool.start + len(pool.content)] = pool.content
    image[: ctypes.sizeof(Header)] = bytes(header)
    header.crc = zlib.crc32(image[CRC_START:])
    image[: ctypes.sizeof(Header)] = bytes(header)
    return bytes(image)


def _span(place: Place) -> Span:
    return Span(place.offset, place.size)


def _records(step: PlannedStep, kernels: tuple[str, ...], pool: _Pool) -> Iterator[Operator]:
    """The operators of a step; the first one says how many they are."""
    for place, planned in enumerate(step.operators):
        constants = _relocated(step, planned.constants)
        record = _record(step.kernel, planned, constants, pool)
        record.kernel = kernels.index(step.kernel)
        record.step = 0 if place else len(step.operators)
        yield record


def _relocated(step: PlannedStep, constants: PackedConstants) -> PackedConstants:
    """The constants with the places of tensors added where they name them."""
    if not constants.relocations:
        return constants
    content = bytearray(np.ascontiguousarray(constants.weights).tobytes())
    for one in constants.relocations:
        place: Place = getattr(step.operators[one.operator], one.tensor)
        if not place.size or place.offset % TENSOR_ALIGNMENT:
            raise ValueError(
                f"kernel {step.kernel} names the {one.tensor} of operator {one.operator} of its"
                f" step, which lies at no multiple of {TENSOR_ALIGNMENT} in the arena: {place}"
            )
        word = slice(one.offset, one.offset + 4)
        address = int.from_bytes(content[word], "little") + place.offset
        content[word] = address.to_bytes(4, "little")
    return replace(constants, weights=np.frombuffer(bytes(content), np.uint8))


def _record(
    kernel: str, planned: PlannedOperator, constants: PackedConstants, pool: _Pool
) -> Operator:
    """An operator without its place in a step."""
    lowered = planned.lowered
    record = Operator(
        input=_span(planned.input),
        input2=_span(planned.input2),
        output=_span(planned.output),
        scratch=_span(planned.scratch),
        depth_multiplier=lowered.depth_multiplier,
        input_offset=lowered.input_offset,
        input2_offset=lowered.input2_offset,
        output_offset=lowered.output_offset,
        act_min=lowered.act_min,
        act_max=lowered.act_max,
    )
    record.in_h, record.in_w, record.in_c = lowered.input_shape
    record.out_h, record.out_w, record.out_c = lowered.output_shape
    record.kernel_h, record.kernel_w = lowered.kernel
    record.stride_h, record.stride_w = lowered.stride
    record.dilation_h, record.dilation_w = lowered.dilation
    record.pad_top, record.pad_left = lowered.pad
    record.param[:] = lowered.param
    for name in CONSTANTS:
        setattr(record, name, pool.add(getattr(constants, name)))
    if planned.operator.kind == "CONCATENATION":
        record.table = pool.add_places(planned.inputs)
    fields = {name for name, _ in Operator._fields_}
    for name, value in constants.overrides.items():
        if name not in fields:
            raise KeyError(f"kernel {kernel} overrides '{name}', which no record has")
        setattr(record, name, value)
    for position, value in constants.param.items():
        record.param[position] = value
    return record


def arena_offset(image_size: int) -> int:
    """Bytes from the image's start to the arena."""
    return aligned(image_size, ARENA_ALIGNMENT)


def memory_needed(plan: Plan, image: bytes) -> int:
    """Bytes that image and arena take."""
    return arena_offset(len(image)) + plan.arena_size


SMALLER_MODEL = "use a smaller model or a smaller input"


def require_fit(
    plan: Plan,
    image: bytes,
    memory_size: int,
    holder: str = "the SoC has",
    remedy: str = SMALLER_MODEL,
) -> None:
    """Refuse a model that is larger than the memory; names the operator at the arena's peak.

    holder: who has no more memory, in words; remedy: what the user can do.
    """
    needed = memory_needed(plan, image)
    if needed <= memory_size:
        return
    step, _ = peak(plan.buffers, len(plan.steps))
    operator = plan.steps[step].operators[0].operator
    raise UserError(
        f"{plan.graph.path}: needs {needed:,} bytes of memory ({len(image):,} image,"
        f" {plan.arena_size:,} arena, largest at {operator}), {holder} {memory_size:,};"
        f" {remedy}"
    )
