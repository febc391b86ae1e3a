"""Our L2's bench runs in Verilator; generators see there what Migen's own simulator shows them."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator

import pytest
from migen import If, Module, Signal, passive, run_simulation

from tests.support.compiled_simulation import run_compiled

CYCLES = 200


class Mixed(Module):
    """Registers and what follows from them at once, signed, narrow and wide."""

    def __init__(self) -> None:
        self.value = Signal((9, True), reset=-3)
        self.enable = Signal(reset=1)
        self.wide = Signal(100)
        self.total = Signal((16, True))
        self.mixed = Signal(100)

        # # #

        count = Signal(100, reset=7)
        self.sync += [
            count.eq(count + 0x1_0000_0001),
            If(self.enable, self.total.eq(self.total + self.value)),
        ]
        self.comb += self.mixed.eq(self.wide ^ count)
        self.ports = [self.value, self.enable, self.wide, self.total, self.mixed]


def seen(run: Callable[[Mixed, list[Generator]], None]) -> list[tuple[int, ...]]:
    """What one generator reads while another assigns at random."""
    dut, rng = Mixed(), random.Random(1)
    found: list[tuple[int, ...]] = []

    @passive
    def assign() -> Generator:
        while True:
            yield dut.value.eq(rng.randrange(-256, 256))
            yield dut.enable.eq(rng.random() < 0.5)
            yield dut.wide.eq(rng.getrandbits(100))
            yield

    def watch() -> Generator:
        for _ in range(CYCLES):
            values = []
            for port in dut.ports:
                values.append((yield port))
            found.append(tuple(values))
            yield

    run(dut, [assign(), watch()])
    return found


def test_both_simulators_show_the_same_in_every_cycle() -> None:
    compiled = seen(lambda dut, programs: run_compiled(dut, dut.ports, programs))
    assert len(compiled) == CYCLES
    assert compiled == seen(run_simulation)


def test_an_assertion_of_a_generator_goes_through() -> None:
    dut = Mixed()

    def program() -> Generator:
        yield
        assert (yield dut.total) == 1234

    with pytest.raises(AssertionError):
        run_compiled(dut, dut.ports, [program()])
