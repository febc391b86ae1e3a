"""The parameters of all channels against three lists."""

from __future__ import annotations

import random

from migen import run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.scale_store import ScaleStore
from tests.rtl_ext.drive import get, int32, put

GEOMETRY = Geometry(param_groups=4)


def test_a_channel_keeps_its_parameters_and_the_bias_is_written_alone():
    rng = random.Random(1)
    dut = ScaleStore(GEOMETRY)

    def program():
        kept = [[0, 0, 0] for _ in range(GEOMETRY.channels)]
        for _ in range(500):
            bias, multiplier, shift = int32(rng), rng.getrandbits(31), rng.randrange(-31, 32)
            kind, channel = rng.choice(("bias", "scale", "none")), rng.randrange(GEOMETRY.channels)
            yield from put(
                dut.write, channel=channel, bias=bias, multiplier=multiplier, shift=shift
            )
            yield from put(dut.write, write_bias=kind == "bias", write_scale=kind == "scale")
            yield
            yield from put(dut.write, write_bias=0, write_scale=0)
            if kind == "bias":
                kept[channel][0] = bias
            elif kind == "scale":
                kept[channel][1:] = multiplier, shift
            channel, read = rng.randrange(GEOMETRY.channels), rng.random() < 0.8
            yield dut.channel.eq(channel)
            yield dut.read.eq(read)
            yield
            yield
            found = yield from get(dut.source)
            assert [*found.values()] == (kept[channel] if read else [0, 0, 0])

    run_simulation(dut, program())
