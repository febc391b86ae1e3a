"""A flush of the L2: SDRAM has what the CPU stored, and the L2 has nothing."""

from __future__ import annotations

import random

import pytest

from tests.soc.l2.bench import (
    CLEARING,
    LINE,
    LINE_WORDS,
    MEMORY,
    SIZE,
    TIMEOUT,
    filled_sdram,
    places,
    simulate,
    words_of,
)

PLACES = SIZE // LINE


def flush(cpu):
    """Ask for one, and wait."""
    yield cpu.dut.flush.eq(1)
    for _ in range(TIMEOUT):
        yield
        cpu.cycles += 1
        if (yield cpu.dut.flushed):
            yield cpu.dut.flush.eq(0)
            return
    raise AssertionError("the flush does not end")


@pytest.mark.parametrize("width", [16, 32, 64, 128])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.full)])
def test_others_may_read_and_write_sdram_between_two_flushes(width, seed):
    rng = random.Random(seed)
    sdram = filled_sdram(width, seed)
    expected = words_of(sdram.bytes)

    def use(cpu, place):
        for _ in range(rng.randrange(12)):
            word = next(place)
            if rng.random() < 0.5:
                assert (yield from cpu.load(word)) == expected[word]
            else:
                expected[word] = rng.getrandbits(32)
                yield from cpu.store(word, expected[word])
            yield from cpu.wait(rng.choice((0, 0, 1, 30)))

    def program(cpu):
        place = places(rng)
        for _ in range(25):
            yield from use(cpu, place)
            yield from flush(cpu)
            yield from cpu.wait(12)  # data move behind their commands
            assert words_of(sdram.bytes) == expected
            for _ in range(rng.randrange(8)):
                word = next(place)
                expected[word] = rng.getrandbits(32)
                sdram.bytes[4 * word : 4 * word + 4] = expected[word].to_bytes(4, "little")

    simulate(sdram, program)


def test_a_flush_of_clean_lines_takes_a_cycle_for_each():
    sdram = filled_sdram()

    def program(cpu):
        yield from cpu.burst(0)
        yield from cpu.wait(60)
        cpu.cycles = 0
        yield from flush(cpu)

    # One to begin, and one to end.
    assert simulate(sdram, program).cycles == 1 + PLACES + 1
    assert sdram.writes == []


def test_a_flush_writes_what_was_written_and_no_more():
    sdram = filled_sdram()
    before = words_of(sdram.bytes)

    def program(cpu):
        yield from cpu.burst(2 * LINE_WORDS)
        yield from cpu.store(LINE_WORDS + 3, 7)
        yield from flush(cpu)
        yield from cpu.wait(12)

    simulate(sdram, program)
    transfers = LINE * 8 // sdram.width
    assert sdram.writes == list(range(transfers, 2 * transfers))
    assert words_of(sdram.bytes)[LINE_WORDS + 3] == 7
    assert sum(a != b for a, b in zip(before, words_of(sdram.bytes), strict=True)) == 1


def test_a_line_that_is_fetched_ahead_is_forgotten_too():
    sdram = filled_sdram()

    def program(cpu):
        yield from cpu.load(0)
        yield from cpu.wait(3)  # the next line is on its way
        yield from flush(cpu)
        sdram.bytes[LINE : LINE + 4] = (99).to_bytes(4, "little")
        assert (yield from cpu.load(LINE_WORDS)) == 99

    simulate(sdram, program)


@pytest.mark.parametrize("write", [False, True])
def test_the_cpu_waits_for_the_end_of_a_flush(write):
    sdram = filled_sdram()
    seen = []

    def program(cpu):
        yield from cpu.store(0, 5)
        yield cpu.dut.flush.eq(1)
        yield from cpu.wait(3)
        bus = cpu.dut.bus
        for signal, value in ((bus.cyc, 1), (bus.stb, 1), (bus.we, write), (bus.sel, 15)):
            yield signal.eq(value)
        for _ in range(TIMEOUT):
            yield
            seen.append(((yield cpu.dut.flushed), (yield bus.ack)))
            if seen[-1][0]:
                yield cpu.dut.flush.eq(0)
            if seen[-1][1]:
                break

    simulate(sdram, program)
    flushed, acknowledged = (
        next(n for n, pair in enumerate(seen) if pair[which]) for which in (0, 1)
    )
    assert flushed < acknowledged


@pytest.mark.parametrize("pause", range(1, 60, 4))
def test_reset_in_the_middle_of_a_flush_forgets_all_lines(pause):
    sdram = filled_sdram()

    def program(cpu):
        for line in range(PLACES):
            yield from cpu.store(line * LINE_WORDS, line)
        yield cpu.dut.flush.eq(1)
        yield from cpu.wait(pause)
        sdram.in_reset = True
        yield cpu.dut.flush.eq(0)
        yield cpu.dut.reset.eq(1)
        yield from cpu.wait(2)
        sdram.in_reset = False
        yield cpu.dut.reset.eq(0)
        yield from cpu.wait(CLEARING)
        expected = words_of(sdram.bytes)
        for word in range(0, MEMORY // 4, LINE_WORDS):
            assert (yield from cpu.burst(word)) == expected[word : word + LINE_WORDS]
        yield from flush(cpu)

    simulate(sdram, program)
