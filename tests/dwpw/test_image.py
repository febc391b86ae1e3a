"""The packed image, read back through the format's own structures."""

from __future__ import annotations

import ctypes
import zlib
from dataclasses import replace

import numpy as np
import pytest

from dwpw.errors import UserError
from dwpw.image.format import (
    MAGIC,
    VERSION,
    AddParam,
    Flag,
    Header,
    MeanParam,
    Operator,
    PadParam,
    Span,
    spans_at,
)
from dwpw.kernels.packing import PackedConstants
from dwpw.model import Graph
from dwpw.plan.image import CONSTANT_ALIGNMENT, CONSTANTS, CRC_START, pack, require_fit
from dwpw.plan.planner import Plan, plan
from tests.support.targets import REFERENCE, TARGET

PAD, CONV, DEPTHWISE, ADD, POINTWISE, POOL, MEAN, RESHAPE, DENSE, SOFTMAX = range(10)


def records(image: bytes) -> list[Operator]:
    """The operator table."""
    header = Header.from_buffer_copy(image)
    step = ctypes.sizeof(Operator)
    return [
        Operator.from_buffer_copy(image, header.operators + step * i)
        for i in range(header.operator_count)
    ]


@pytest.fixture
def planned(graph: Graph) -> Plan:
    return plan(graph, TARGET, REFERENCE)


def test_the_header_describes_the_image(planned: Plan) -> None:
    image = pack(planned)
    header = Header.from_buffer_copy(image)
    assert (header.magic, header.version) == (MAGIC, VERSION)
    assert header.size == len(image)
    assert header.crc == zlib.crc32(image[CRC_START:])
    assert header.operator_count == 10
    assert header.arena_size == planned.arena_size
    (place,), (span,) = planned.inputs, spans_at(image, header.inputs)
    assert (span.offset, span.size) == (place.offset, 8 * 8 * 3)
    (output,) = planned.outputs
    assert Span.from_buffer_copy(image, header.outputs.offset).offset == output.offset
    assert (header.outputs.size, output.size) == (8, 5)
    assert header.flags == 0


def test_the_dump_flag_is_set_on_request_only(planned: Plan) -> None:
    assert Header.from_buffer_copy(pack(planned, Flag.DUMP_TENSORS)).flags == Flag.DUMP_TENSORS


def test_the_same_plan_gives_the_same_bytes(graph: Graph) -> None:
    assert pack(plan(graph, TARGET, REFERENCE)) == pack(plan(graph, TARGET, REFERENCE))


def test_records_hold_shapes_windows_and_offsets(planned: Plan) -> None:
    conv = records(pack(planned))[CONV]
    assert list(TARGET.kernels)[conv.kernel] == "reference/conv"
    assert conv.step == 1
    assert (conv.in_h, conv.in_w, conv.in_c) == (9, 9, 4)
    assert (conv.out_h, conv.out_w, conv.out_c) == (4, 4, 4)
    assert (conv.kernel_h, conv.kernel_w, conv.stride_h, conv.stride_w) == (3, 3, 2, 2)
    assert (conv.pad_top, conv.pad_left) == (0, 0)
    assert conv.input_offset == 128  # minus the input's zero point
    assert conv.output_offset == 3
    assert (conv.act_min, conv.act_max) == (3, 3 + 120)  # RELU6 at scale 0.05


def test_parameters_of_single_operators_stand_where_the_firmware_looks(planned: Plan) -> None:
    table = records(pack(planned))
    assert table[ADD].param[AddParam.LEFT_SHIFT] == 20
    assert table[ADD].input2_offset == -3
    assert table[PAD].param[PadParam.PAD_VALUE] == -128
    assert table[MEAN].param[MeanParam.MULTIPLIER] > 0


def test_every_constant_is_found_again_at_its_aligned_span(planned: Plan) -> None:
    image = pack(planned)
    for operator, record in zip(planned.operators, records(image), strict=True):
        for name in CONSTANTS:
            span, array = getattr(record, name), getattr(operator.constants, name)
            if array is None:
                assert span.size == 0
                continue
            assert span.offset % CONSTANT_ALIGNMENT == 0
            stored = np.frombuffer(image, array.dtype, array.size, span.offset)
            assert np.array_equal(stored.reshape(array.shape), array)


def test_spans_of_constants_do_not_overlap(planned: Plan) -> None:
    spans = sorted(
        (span.offset, span.offset + span.size)
        for record in records(pack(planned))
        for span in (getattr(record, name) for name in CONSTANTS)
        if span.size
    )
    assert all(end <= start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))


def with_constants(planned: Plan, constants: PackedConstants) -> Plan:
    """The plan with other constants for its convolution."""
    steps = list(planned.steps)
    (conv,) = steps[CONV].operators
    steps[CONV] = replace(steps[CONV], operators=(replace(conv, constants=constants),))
    return replace(planned, steps=tuple(steps))


def test_a_packer_may_override_fields_and_parameters(planned: Plan) -> None:
    constants = PackedConstants(overrides={"input_offset": 0}, param={3: -7})
    conv = records(pack(with_constants(planned, constants)))[CONV]
    assert conv.input_offset == 0
    assert list(conv.param) == [0, 0, 0, -7, 0, 0, 0, 0]


def test_a_packer_cannot_override_what_no_record_has(planned: Plan) -> None:
    constants = PackedConstants(overrides={"in_offset": 0})
    with pytest.raises(KeyError, match="kernel reference/conv overrides 'in_offset'"):
        pack(with_constants(planned, constants))


def test_a_model_larger_than_the_memory_is_refused_with_its_largest_operator(
    planned: Plan,
) -> None:
    image = pack(planned)
    require_fit(planned, image, 1 << 20)
    with pytest.raises(UserError) as caught:
        require_fit(planned, image, 1000)
    arena = planned.arena_size
    assert str(caught.value).startswith(f"{planned.graph.path}: needs ")
    assert f"({len(image):,} image, {arena:,} arena, largest at operator 0 (PAD 'layer0'))" in str(
        caught.value
    )
    assert str(caught.value).endswith("the SoC has 1,000; use a smaller model or a smaller input")
