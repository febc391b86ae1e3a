"""The custom-function port alone, shared by two units that only this test has."""

from __future__ import annotations

import random

import pytest
from migen import If, Module, Record, Signal, run_simulation

from rtl_ext.cfu_bus import WORD
from rtl_ext.cfu_port import CfuPort
from rtl_ext.top import Extension
from rtl_ext.unit_port import UNIT_PORT

ADD, TOTAL, XOR, FOREIGN = 1 << 3, 2 << 3, 127 << 3 | 7, 5
IDS = (ADD, TOTAL, XOR, FOREIGN)


class Totaliser(Module):
    """ADD adds its operands to a total, TOTAL answers with it; ready whenever `open` is high."""

    function_ids = frozenset({ADD, TOTAL})

    def __init__(self):
        self.port = port = Record(UNIT_PORT)
        self.open = Signal()
        total = Signal(WORD)
        self.comb += [
            port.ready.eq(self.open),
            If(port.function_id == TOTAL, port.answer.eq(total)),
        ]
        self.sync += If(
            port.valid & port.ready & (port.function_id == ADD), total.eq(total + port.a + port.b)
        )


class Mixer(Module):
    """XOR answers with a ^ b, and takes a second look: ready in the cycle behind `valid` only."""

    function_ids = frozenset({XOR})

    def __init__(self):
        self.port = port = Record(UNIT_PORT)
        self.sync += port.ready.eq(port.valid & ~port.ready)
        self.comb += port.answer.eq(port.a ^ port.b)


def meanings(commands: list[tuple[int, int, int]]) -> list[int]:
    total, answers = 0, []
    for code, a, b in commands:
        total += a + b if code == ADD else 0
        answers.append({TOTAL: total & 0xFFFFFFFF, XOR: a ^ b}.get(code, 0))
    return answers


def run(commands, seed=0, pause=0.0):
    """Answers to commands that stay offered until they are taken, and the cycles it took."""
    totaliser = Totaliser()
    dut = Extension([totaliser, Mixer()])
    cmd, rsp = dut.bus.cmd, dut.bus.rsp
    rng = random.Random(seed)
    answers = []
    cycles = [0]

    def cpu():
        taken, offered = 0, False
        while len(answers) < len(commands):
            cycles[0] += 1
            assert cycles[0] < 100 * len(commands), "the port hangs"
            ready = yield cmd.ready
            assert ready or offered, "VexRiscv then repeats a command that was taken"
            accepted = offered and ready
            if (yield rsp.valid) and (yield rsp.ready):
                answers.append((yield rsp.payload.outputs_0))
            taken += accepted
            offered = offered and not accepted
            if not offered and taken < len(commands) and rng.random() >= pause:
                code, a, b = commands[taken]
                yield cmd.payload.function_id.eq(code)
                yield cmd.payload.inputs_0.eq(a)
                yield cmd.payload.inputs_1.eq(b)
                offered = True
            yield cmd.valid.eq(offered)
            yield rsp.ready.eq(rng.random() >= pause)
            yield totaliser.open.eq(rng.random() >= pause)
            yield
            assert not accepted or (yield rsp.valid), "an answer comes in the next cycle"

    run_simulation(dut, cpu())
    return answers, cycles[0]


def random_commands(seed, count, codes=IDS):
    rng = random.Random(seed)
    return [(rng.choice(codes), rng.getrandbits(32), rng.getrandbits(32)) for _ in range(count)]


@pytest.mark.parametrize("pause", [0.0, 0.3, 0.7])
def test_each_command_reaches_its_unit_once_and_is_answered_in_order(pause):
    commands = random_commands(int(10 * pause), 300)
    assert run(commands, 1, pause)[0] == meanings(commands)


def test_a_unit_that_is_ready_gets_a_command_in_every_cycle():
    commands = random_commands(3, 100, (ADD, TOTAL, FOREIGN))
    answers, cycles = run(commands)
    assert answers == meanings(commands)
    assert cycles <= len(commands) + 3


def test_an_encoding_of_no_unit_is_answered_with_zero_and_changes_nothing():
    foreign = [(code, 3, 4) for code in range(1024) if code not in (ADD, TOTAL, XOR)]
    assert len(foreign) == 1021
    answers, _ = run([(ADD, 1, 2), *foreign, (TOTAL, 0, 0)])
    assert answers == [0] * 1022 + [3]


def test_a_port_without_units_answers_everything_with_zero():
    dut = CfuPort([])

    def cpu():
        yield dut.bus.rsp.ready.eq(1)
        yield dut.bus.cmd.valid.eq(1)
        yield
        yield
        for _ in range(5):
            assert (yield dut.bus.cmd.ready)
            assert (yield dut.bus.rsp.valid)
            assert (yield dut.bus.rsp.payload.outputs_0) == 0
            yield

    run_simulation(dut, cpu())


@pytest.mark.parametrize(
    ("owned", "words"),
    [
        ([{1, 9}, {8, 9}], "units 0 and 1 both own function id 9"),
        ([{1}, {1024}], "unit 1: function id 1024 does not fit 10 bits"),
    ],
)
def test_function_ids_that_cannot_be_routed_are_refused(owned, words):
    with pytest.raises(ValueError, match=words):
        CfuPort(owned)
