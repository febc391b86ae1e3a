"""The lanes against the meaning of the MAC instructions."""

from __future__ import annotations

import random
from itertools import pairwise

from migen import passive, run_simulation

from compiler_intrinsics.arithmetic import bytes_of, signed
from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.simd.mac_array import MacArray
from tests.rtl_ext.drive import put
from tests.support.simd_words import random_word

GEOMETRY = Geometry(rows=4)
STEPS = 300


AHEAD = ("row", "dw", "word")
"""What the array is told of a step in another way."""


class Meaning:
    """Accumulators and histories, in Python; `results` are those that were completed."""

    def __init__(self):
        self.accumulators = [0] * GEOMETRY.groups
        self.history = [[0, 0] for _ in range(GEOMETRY.rows)]
        self.results = []

    def step(self, entry, mac, up, shift, dw, last, clear, group, row, zero_point, word):
        if clear:
            self.accumulators = [0] * GEOMETRY.groups
        if mac and up:
            self.accumulators = [signed(value << 8, 32) for value in self.accumulators]
        columns = [bytes_of(column) for column in (*self.history[row], word, 0)]
        for lane in range(GEOMETRY.groups if mac else 0):
            taps = [column[lane] for column in columns] if dw else bytes_of(word)
            weights = [byte - zero_point for byte in bytes_of(entry >> (32 * lane))]
            total = sum(tap * weight for tap, weight in zip(taps, weights, strict=True))
            self.accumulators[lane] = signed(self.accumulators[lane] + total, 32)
        if shift:
            self.history[row] = [self.history[row][1], word]
        if last:
            self.results.append((group, self.accumulators))
            self.accumulators = [0] * GEOMETRY.groups


def random_step(rng, behind_last):
    """A step as the sequencer makes it: nothing is accumulated directly behind a last one."""
    kind = (
        "idle" if behind_last else rng.choice(("dot", "dot", "dw", "dw", "skip", "idle", "clear"))
    )
    dw = kind in ("dw", "skip")
    return {
        "mac": kind in ("dot", "dw"),
        "up": rng.random() < 0.3,
        "shift": dw,
        "dw": dw,
        "last": kind in ("dot", "dw") and rng.random() < 0.3,
        "clear": kind == "clear",
        "group": rng.randrange(GEOMETRY.param_groups),
        "row": rng.randrange(GEOMETRY.rows),
        "zero_point": rng.choice((0, rng.randrange(-128, 128))),
        "word": random_word(rng),
    }


def ahead(dut, step):
    """The array is told a cycle before."""
    yield dut.row.eq(step["row"])
    yield dut.look.eq(step["dw"])


def test_results_are_those_of_the_steps_whatever_lies_between_them():
    rng = random.Random(1)
    dut, meaning = MacArray(GEOMETRY), Meaning()
    found = []

    steps = [random_step(rng, False)]
    while len(steps) < STEPS:
        steps.append(random_step(rng, steps[-1]["last"]))

    def feed():
        yield from ahead(dut, steps[0])
        yield
        for step, following in pairwise([*steps, random_step(rng, True)]):
            entry = sum(random_word(rng) << (32 * lane) for lane in range(GEOMETRY.groups))
            meaning.step(entry, **step)
            kept = {name: value for name, value in step.items() if name not in AHEAD}
            dot, column = (0, step["word"]) if step["dw"] else (step["word"], 0)
            yield from put(dut.step, dot=dot, column=column, **kept)
            yield dut.entry.eq(entry)
            yield from ahead(dut, following)
            yield
        yield from put(dut.step, mac=0, shift=0, last=0, clear=0)
        for _ in range(dut.latency + 2):
            yield

    @passive
    def watch():
        while True:
            if (yield dut.complete):
                values = []
                for accumulator in dut.accumulators:
                    values.append((yield accumulator))
                found.append(((yield dut.group), values))
            yield

    run_simulation(dut, [feed(), watch()])
    assert len(found) > STEPS / 20
    assert found == meaning.results
