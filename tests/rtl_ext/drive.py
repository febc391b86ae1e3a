"""Drives Migen modules with random data, and pauses in between."""

from __future__ import annotations

import random
from collections.abc import Iterable

from migen import Module, Record, passive, run_simulation

PAUSE = 0.3
"""Share of cycles in which nothing, or junk, is offered."""

LONGEST_PIPELINE = 32
"""Cycles in which the last value leaves."""


def put(record: Record, **values: int):
    """Set fields from the next clock edge on; to be used with `yield from`."""
    for name, value in values.items():
        yield getattr(record, name).eq(value)


def get(record: Record):
    """Name -> value of all fields of a flat record; to be used with `yield from`."""
    values = {}
    for name, *_ in record.layout:
        values[name] = yield getattr(record, name)
    return values


def junk(record: Record, rng: random.Random) -> dict[str, int]:
    """Random values for all fields but `last`."""
    return {
        name: rng.getrandbits(len(getattr(record, name)))
        for name, *_ in record.layout
        if name != "last"
    }


def through(dut: Module, inputs: Iterable[dict[str, int]], rng: random.Random) -> list[dict]:
    """What leaves `dut.source` for `inputs` of `dut.sink`: `last` marks what counts, junk lies
    between."""
    outputs = []

    def feed():
        for values in inputs:
            while rng.random() < PAUSE:
                yield from put(dut.sink, last=0, **junk(dut.sink, rng))
                yield
            yield from put(dut.sink, last=1, **values)
            yield
        for _ in range(LONGEST_PIPELINE):
            yield from put(dut.sink, last=0, **junk(dut.sink, rng))
            yield

    @passive
    def watch():
        while True:
            found = yield from get(dut.source)
            if found.pop("last"):
                outputs.append(found)
            yield

    run_simulation(dut, [feed(), watch()])
    return outputs


def int32(rng: random.Random) -> int:
    """Any int32: of any size, and the corners now and then."""
    if rng.random() < 0.1:
        return rng.choice((0, 1, -1, 2**31 - 1, -(2**31), 2**30, -(2**30)))
    return rng.randrange(-(2**31), 2**31) >> rng.randrange(32)
