"""The extension against the meaning of its instructions, with random stalls on both sides."""

from __future__ import annotations

import random

import numpy as np
import pytest

from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import GROUPS, Geometry
from compiler_intrinsics.simd.state import State
from tests.support.random_program import random_program, setup_program
from tests.support.verilated_extension import RESET, encoded, verilate

BY_FUNCTION_ID = INSTRUCTION_SET.by_function_id
BY_MNEMONIC = INSTRUCTION_SET.by_mnemonic


@pytest.fixture(scope="module")
def extension():
    return verilate(Geometry())


@pytest.mark.parametrize("pause_percent", [0, 20, 80])
@pytest.mark.parametrize("seed", [1, 2])
def test_random_programs_answer_as_the_spec_says(extension, seed, pause_percent):
    program, expected = random_program(INSTRUCTION_SET, Geometry(), seed, 20_000)
    assert extension.answers(program, pause_percent, seed) == expected


def answers_after_setup(extension, words):
    """Answers to `words` once the whole state has been written."""
    head = encoded(setup_program(INSTRUCTION_SET, random.Random(0), State()))
    return extension.answers_to_words(head + words, 0)[len(head) :]


def test_reset_ends_what_is_under_way(extension):
    """In every cycle behind instructions of every kind, in one run with many resets."""
    before, _ = random_program(INSTRUCTION_SET, Geometry(), 1, 4000)
    after, expected = random_program(INSTRUCTION_SET, Geometry(), 2, 2000)
    head, tail = np.array(encoded(before), np.uint32), np.array(encoded(after), np.uint32)
    parts, cases, answers = [], [], 0
    for last in ("ld_bias", "dot2_last", "dw2", "rep"):
        ends = [at for at, (item, a, _) in enumerate(before, 1) if item.mnemonic == last and a > 1]
        for delay in range(40):
            end = ends[-1 - delay % 4]
            parts += [head[:end], [(RESET, delay, 0)], tail]
            answers += end
            cases.append((f"{last} and {delay} cycles", slice(answers, answers + len(tail))))
            answers += len(tail)
    given = np.array(extension.answers_to_words(np.concatenate(parts), 0), np.uint32)
    assert len(given) == answers
    assert not [case for case, at in cases if (given[at] != np.array(expected, np.uint32)).any()]


def test_pop_without_a_result_answers_zero(extension):
    pop = BY_MNEMONIC["pop"].function_id
    assert answers_after_setup(extension, [(pop, 0, 0)] * 3) == [0, 0, 0]


def test_foreign_encodings_answer_zero_and_change_nothing(extension):
    foreign = [(code, 7, 9) for code in range(1024) if code not in BY_FUNCTION_ID]
    one = [(BY_MNEMONIC[name].function_id, 3, 4) for name in ("dot1", "dot2_last", "pop")]
    plain = answers_after_setup(extension, one)
    among_foreign = answers_after_setup(extension, foreign + one[:1] + foreign + one[1:])
    assert among_foreign[: len(foreign)] == [0] * len(foreign)
    assert among_foreign[-1] == plain[-1] != 0


def test_program_that_never_reads_is_not_hung(extension):
    """Beyond the results and the queue the oldest results give way; the last ones survive."""
    last = BY_MNEMONIC["dot1_last"].function_id
    pop = BY_MNEMONIC["pop"].function_id
    many = 100
    words = [(last, value, 0) for value in range(many)]
    answers = answers_after_setup(extension, words + [(pop, 0, 0)] * (many + 1))
    program, state = setup_program(INSTRUCTION_SET, random.Random(0), State()), State()
    for item, a, b in program:
        item.execute(state, a, b)
    expected = []
    for value in range(many):
        BY_MNEMONIC["dot1_last"].execute(state, value)
        expected.append(BY_MNEMONIC["pop"].execute(state))
    read = answers[many:]
    survivors = read.index(0)
    assert Geometry().results <= survivors <= Geometry().results + Geometry().queue + 1
    assert read[:survivors] == expected[-survivors:]
    assert not any(read[survivors:])


def single_result(accumulator_words, bias, multiplier, shift):
    """A program whose one result has `bias` and scale of channel 0, and weights of 1."""
    code = {name: item.function_id for name, item in BY_MNEMONIC.items()}
    words = [(code["seek"], 0, 0), (code["set_weights"], 0, 0), (code["set_params"], 0, 0)]
    words += [(code["ld_weights"], 0x01010101, 0x01010101)] * 2
    words += [(code["ld_bias"], bias & 0xFFFFFFFF, 0)]
    words += [(code["ld_scale"], multiplier, shift & 0xFFFFFFFF)]
    words += [(code["set_output"], 0, 0x7F80)]
    words += [(code["dot1"], word, 0) for word in accumulator_words[:-1]]
    words += [(code["dot1_last"], accumulator_words[-1], 0), (code["pop"], 0, 0)]
    return words


@pytest.mark.parametrize("shift", range(-32, 32))
def test_every_shift_rounds_as_the_spec_says(extension, shift):
    rng = random.Random(shift)
    accumulators = [0, 1, -1, 2**31 - 1, -(2**31), 2**30, -(2**30)]
    accumulators += [rng.randrange(-(2**31), 2**31) >> rng.randrange(31) for _ in range(60)]
    words, expected = [], []
    for bias in accumulators:
        multiplier = rng.choice((0, 2**30, 2**31 - 1, rng.randrange(2**30, 2**31)))
        program = single_result([0], bias, multiplier, shift)
        words += program
        state = State()
        for code, a, b in program:
            answer = BY_FUNCTION_ID[code].execute(state, a, b)
        expected.append(answer & 0xFF)
    answers = answers_after_setup(extension, words)
    per_program = len(words) // len(accumulators)
    assert [answer & 0xFF for answer in answers[per_program - 1 :: per_program]] == expected


def test_extreme_products_accumulate_exactly(extension):
    """-128 x -128 in all lanes, 512 words: 2**25 in each accumulator, scaled back to 64."""
    code = {name: item.function_id for name, item in BY_MNEMONIC.items()}
    words = [(code["seek"], 0, 0), (code["set_weights"], 0, 0), (code["set_params"], 0, 0)]
    words += [(code["ld_weights"], 0x80808080, 0x80808080)] * 2
    for _channel in range(GROUPS):
        words += [(code["ld_bias"], 0, 0), (code["ld_scale"], 2**30, -18 & 0xFFFFFFFF)]
    words += [(code["set_output"], 0, 0x7F80)]
    words += [(code["dot2"], 0x80808080, 0x80808080)] * 255
    words += [(code["dot2_last"], 0x80808080, 0x80808080), (code["pop"], 0, 0)]
    assert answers_after_setup(extension, words)[-1] == 0x40404040
