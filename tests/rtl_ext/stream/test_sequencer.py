"""The steps of a command, in order, against loops of Python."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from migen import passive, run_simulation

from compiler_intrinsics.stream.commands import COMPUTE_COMMANDS, LOCAL_BITS, Status
from compiler_intrinsics.stream.geometry import Geometry
from rtl_ext.stream.sequencer import LOOPS, Sequencer
from tests.rtl_ext.drive import PAUSE, get, put

GEOMETRY = Geometry(activation_words=1024, weight_entries=256)
RESULT_DELAY = 5
"""Cycles from a result's last step to its end, in this test."""


def random_fields(rng: Random) -> dict[str, int]:
    """A command that stays inside."""
    fields = dict.fromkeys(COMPUTE_COMMANDS.by_mnemonic["dot"].fields, 0)
    fields |= {name: rng.choice((1, rng.randint(1, 3))) for name in LOOPS}
    for name in ("input_column", "input_row", "input1", "input2", "input_group"):
        fields[name] = rng.randrange(20)
    fields |= {"input": rng.randrange(4000), "output": rng.randrange(600)}
    fields |= {"output_row": rng.randrange(30), "output_group": rng.randrange(100)}
    fields |= {"weights": rng.randrange(40), "weights_group": rng.choice((0, 30, 45))}
    return fields | {"up": rng.getrandbits(1)}


def steps_of(mnemonic: str, fields: dict[str, int]):
    """(parameters, up, last, fresh, address, entry) of each, None for what does not count;
    and the places of the results."""
    along = GEOMETRY.taps if mnemonic == "dot" else 8 * GEOMETRY.banks
    steps, places = [], []
    for group in range(fields["groups"]):
        entry = fields["weights"] + group * fields["weights_group"]
        for number in range(GEOMETRY.parameter_entries):
            steps.append((1, None, 0, None, None, entry + number))
        results = product(range(fields["rows"]), range(fields["columns"]))
        for result, (row, column) in enumerate(results):
            taps = [*product(*(range(fields[f"taps{k}"]) for k in (2, 1, 0)))]
            for number, (tap2, tap1, tap0) in enumerate(taps):
                last = number == len(taps) - 1
                words = group * fields["input_group"] + row * fields["input_row"]
                words += tap2 * fields["input2"] + tap1 * fields["input1"]
                address = fields["input"] + 8 * words + column * fields["input_column"]
                up = int(fields["up"] and tap1 == tap0 == 0) if number else None
                at = entry + GEOMETRY.parameter_entries + number
                fresh = int(result == 0) if last else None
                steps.append((0, up, int(last), fresh, address + along * tap0, at))
            place = fields["output"] + group * fields["output_group"] + row * fields["output_row"]
            places.append((place + column) % (1 << LOCAL_BITS))
    return steps, places


class Bench:
    """A sequencer whose results end by themselves; all that it does is written down."""

    def __init__(self, rng: Random):
        self.dut = Sequencer(GEOMETRY)
        self.rng = rng
        self.steps, self.places, self.cycles, self.ends = [], [], [], []

    def start(self, mnemonic: str, **fields: int):
        command = self.dut.command
        while (yield command.busy):
            yield
        opcode = COMPUTE_COMMANDS.by_mnemonic[mnemonic].opcode
        yield from put(command, start=1, opcode=opcode, **fields)
        yield
        yield from put(command, start=0, opcode=9, **dict.fromkeys(fields, 1))
        yield

    def until_ended(self, commands: int):
        while len(self.ends) < commands:
            yield

    @passive
    def watch(self):
        dut = self.dut
        while True:
            step = yield from get(dut.step)
            if step.pop("valid"):
                self.steps.append(step)
            if (yield dut.push):
                self.places.append((yield dut.place))
            if (yield dut.command.done):
                self.ends.append(Status((yield dut.command.status)))
            yield

    @passive
    def finish_results(self):
        """`RESULT_DELAY` after its last step a result is written, its parameters are in use."""
        dut = self.dut
        ages, cycle, last = [], 0, None
        while True:
            yield dut.room.eq(self.rng.random() > PAUSE)
            if (yield dut.push):
                assert last is None or cycle - last >= GEOMETRY.result_cycles
                last = cycle
                ages.append(0)
            ages = [age + 1 for age in ages]
            done = bool(ages) and ages[0] > RESULT_DELAY
            ages = ages[1:] if done else ages
            yield dut.taken.eq(done)
            yield dut.empty.eq(not ages)
            cycle += 1
            yield


@pytest.mark.parametrize("seed", range(8))
def test_steps_places_and_parameters_come_in_order_and_one_per_result(seed):
    rng = Random(seed)
    bench = Bench(rng)
    commands = [(rng.choice(("dot", "depthwise")), random_fields(rng)) for _ in range(3)]

    def program():
        for mnemonic, fields in commands:
            yield from bench.start(mnemonic, **fields)
        yield from bench.until_ended(len(commands))

    run_simulation(bench.dut, [program(), bench.watch(), bench.finish_results()])
    expected = [steps_of(*command) for command in commands]
    names = ("parameters", "up", "last", "fresh", "address", "entry")
    wanted = [step for steps, _ in expected for step in steps]
    assert len(bench.steps) == len(wanted)
    for step, values in zip(bench.steps, wanted, strict=True):
        known = {name: v for name, v in zip(names, values, strict=True) if v is not None}
        assert {name: step[name] for name in known} == known
    assert bench.places == [place for _, places in expected for place in places]
    assert bench.ends == [Status.DONE] * len(commands)


@pytest.mark.parametrize("name", LOOPS)
def test_a_count_of_zero_takes_no_step(name):
    bench = Bench(Random(1))

    def program():
        yield from bench.start("dot", **random_fields(Random(2)) | {name: 0})
        yield from bench.until_ended(1)

    run_simulation(bench.dut, [program(), bench.watch(), bench.finish_results()])
    assert bench.ends == [Status.SIZE]
    assert bench.steps == bench.places == []


@pytest.mark.parametrize(
    ("behind", "steps", "results"),
    [({"weights": 254}, 2, 0), ({"output": 1023, "columns": 2}, 3 + 2, 1), ({"input": 8192}, 3, 0)],
)
def test_nothing_behind_the_end_of_a_memory_is_read_or_written(behind, steps, results):
    bench = Bench(Random(1))
    fields = dict.fromkeys(random_fields(Random(1)), 0) | dict.fromkeys(LOOPS, 1)
    fields |= {"taps0": 2} | behind

    def program():
        yield from bench.start("dot", **fields)
        yield from bench.until_ended(1)

    run_simulation(bench.dut, [program(), bench.watch(), bench.finish_results()])
    assert bench.ends == [Status.LOCAL]
    assert (len(bench.steps), len(bench.places)) == (steps, results)
