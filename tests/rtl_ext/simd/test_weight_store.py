"""The weight store against a list of entries."""

from __future__ import annotations

import random

from migen import run_simulation

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.layouts import entry_bits, parts_of_entry
from rtl_ext.simd.weight_store import WeightStore
from tests.rtl_ext.drive import put

GEOMETRY = Geometry(store_entries=16)
PART = entry_bits(GEOMETRY) // parts_of_entry(GEOMETRY)


def test_an_entry_comes_a_cycle_later_unless_a_part_is_written():
    rng = random.Random(1)
    dut = WeightStore(GEOMETRY)

    def program():
        entries = [0] * GEOMETRY.store_entries
        expected = None
        for _ in range(800):
            enable = rng.choice((0, 0, 1, 2))
            place, address = rng.randrange(16), rng.randrange(16)
            low, high = rng.getrandbits(32), rng.getrandbits(32)
            yield dut.address.eq(address)
            yield from put(dut.write, enable=enable, address=place, low=low, high=high)
            yield
            if expected is not None:
                assert (yield dut.data) == expected
            if enable:
                shift = PART * (enable - 1)
                entries[place] &= ~(((1 << PART) - 1) << shift)
                entries[place] |= (high << 32 | low) << shift
            expected = None if enable else entries[address]

    run_simulation(dut, program())
