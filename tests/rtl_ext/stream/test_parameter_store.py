"""Parameters of a group, as they lie in the weight memory."""

from __future__ import annotations

import numpy as np
import pytest
from migen import run_simulation

from compiler_intrinsics.stream.geometry import GROUPS, TAPS, Geometry
from rtl_ext.stream.parameter_store import ParameterStore
from tests.support.stream_programs import parameter_block


@pytest.mark.parametrize("taps", TAPS)
def test_a_group_is_used_from_take_on_whatever_is_loaded_meanwhile(taps):
    rng = np.random.default_rng(taps)
    geometry = Geometry(taps=taps)
    dut = ParameterStore(geometry)

    def load(block):
        for entry in block.reshape(-1, geometry.entry_bytes):
            yield dut.entry.eq(int.from_bytes(entry.tobytes(), "little"))
            yield dut.load.eq(1)
            yield
            yield dut.load.eq(0)
            yield dut.entry.eq(0x55)
            yield

    def program():
        before = None
        for shift in (-32, -31, -1, 0, 1, 31):
            bias = rng.integers(-(1 << 31), 1 << 31, GROUPS)
            multiplier = rng.integers(0, 1 << 31, GROUPS)
            shifts = np.roll([shift, -7, -32, 5, 0, 30, -16, 1], shift)
            yield from load(parameter_block(geometry, bias, multiplier, shifts))
            if before:
                yield from compare(*before)
            yield dut.take.eq(1)
            yield
            yield dut.take.eq(0)
            yield
            before = bias.tolist(), multiplier.tolist(), np.maximum(shifts, -31).tolist()
            yield from compare(*before)

    def compare(bias, multiplier, shift):
        for number, channel in enumerate(dut.channels):
            assert (yield channel.bias) == bias[number]
            assert (yield channel.multiplier) == multiplier[number]
            assert (yield channel.shift) == shift[number]

    run_simulation(dut, program())
