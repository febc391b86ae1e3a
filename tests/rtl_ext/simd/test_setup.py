"""Set-up instructions write what their meaning says, and wait for results under way."""

from __future__ import annotations

import random

from migen import passive, run_simulation

from compiler_intrinsics.arithmetic import signed
from compiler_intrinsics.simd.geometry import TABLE_WORDS, Geometry
from rtl_ext.simd.setup import SetUp
from tests.rtl_ext.drive import get
from tests.rtl_ext.simd.commands import SETUP, put_command, random_commands

GEOMETRY = Geometry(store_entries=8, param_groups=4)
WAITING = ("set_output", "ld_bias", "ld_scale", "ld_table")


class Written:
    """What reached the module's ports."""

    def __init__(self):
        self.store = [[0] * GEOMETRY.groups for _ in range(GEOMETRY.store_entries)]
        self.bias, self.multiplier, self.shift = ([0] * GEOMETRY.channels for _ in range(3))
        self.table = [0] * TABLE_WORDS
        self.weights = self.params = (0, 0)

    def watch(self, dut):
        store, scale = (yield from get(dut.store)), (yield from get(dut.scale))
        for part in range(2):
            if store["enable"] >> part & 1:
                entry = self.store[store["address"]]
                entry[2 * part : 2 * part + 2] = [store["low"], store["high"]]
        if scale["write_bias"]:
            self.bias[scale["channel"]] = scale["bias"]
        if scale["write_scale"]:
            self.multiplier[scale["channel"]] = scale["multiplier"]
            self.shift[scale["channel"]] = scale["shift"]
        self.zero_point = yield dut.zero_point
        table = yield from get(dut.table)
        if table["enable"]:
            self.table[table["place"]] = table["four"]
        for name in ("weights", "params"):
            bounds = yield from get(getattr(dut, name))
            if bounds["load"]:
                setattr(self, name, (bounds["first"], bounds["last"]))


def test_set_up_ends_in_what_its_meaning_leaves_behind():
    rng = random.Random(1)
    dut, written = SetUp(GEOMETRY), Written()
    commands, state = random_commands(rng, 600, SETUP, GEOMETRY)
    waits = []

    def program():
        for item, a, b in commands:
            yield from put_command(dut.command, item, a, b)
            yield dut.valid.eq(1)
            done = False
            while not done:
                drained = rng.random() < 0.5
                yield dut.drained.eq(drained)
                yield
                yield from written.watch(dut)
                done = yield dut.done
                assert done == (drained or item.mnemonic not in WAITING), item.mnemonic
                waits.append(not done)
            yield dut.valid.eq(0)
            yield
            yield from written.watch(dut)
            assert not (yield dut.done)

    run_simulation(dut, program())
    assert any(waits)
    assert written.store == state.store
    assert written.bias == state.bias
    assert written.multiplier == state.multiplier
    assert written.shift == state.shift
    assert written.table == state.table
    assert written.zero_point == state.weight_zero_point
    assert written.weights == (state.weights.first, state.weights.last)
    assert written.params == (state.params.first, state.params.last)


def test_the_output_stage_is_set_to_signed_bytes():
    rng = random.Random(1)
    dut = SetUp(GEOMETRY)
    (item,) = (item for item in SETUP if item.mnemonic == "set_output")

    def program():
        yield dut.drained.eq(1)
        yield dut.valid.eq(1)
        for _ in range(30):
            a, b = rng.getrandbits(32), rng.getrandbits(32)
            yield from put_command(dut.command, item, a, b)
            yield
            yield
            assert (yield from get(dut.output)) == {
                "zero_point": signed(a, 8),
                "act_min": signed(b, 8),
                "act_max": signed(b >> 8, 8),
                "through_table": b >> 16 & 1,
            }

    run_simulation(dut, program())


def test_a_shift_of_minus_32_is_clamped_as_its_meaning_clamps_it():
    dut = SetUp(GEOMETRY)
    (item,) = (item for item in SETUP if item.mnemonic == "ld_scale")

    @passive
    def drained():
        yield dut.drained.eq(1)
        yield

    def program():
        yield dut.valid.eq(1)
        for shift in range(-32, 32):
            yield from put_command(dut.command, item, 1, shift & 0xFFFFFFFF)
            yield
            assert (yield dut.scale.shift) == max(shift, -31)

    run_simulation(dut, [program(), drained()])
