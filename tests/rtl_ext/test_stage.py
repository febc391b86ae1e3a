"""What the stages of a pipeline are made of."""

from __future__ import annotations

from migen import Module, Record, Signal, run_simulation

from rtl_ext.stage import around, stage

LAYOUT = [("value", (8, True)), ("last", 1)]


def test_data_has_no_reset_but_what_says_that_it_is_there_has():
    registers = stage(LAYOUT, "s1")
    assert registers.value.reset_less
    assert not registers.last.reset_less


def test_what_both_stages_have_goes_on_unchanged_unless_it_is_computed():
    dut = Module()
    dut.sink = Record([*LAYOUT, ("only_here", 1)])
    dut.out = stage([*LAYOUT, ("only_there", 1)], "out")
    dut.sync += [dut.out.eq(dut.sink), dut.out.value.eq(dut.sink.value + 1)]

    def check():
        yield dut.sink.value.eq(-5)
        yield dut.sink.last.eq(1)
        yield
        yield
        assert (yield dut.out.value) == -4
        assert (yield dut.out.last) == 1
        assert (yield dut.out.only_there) == 0

    run_simulation(dut, check())


def test_a_counter_goes_around_from_last_to_first():
    dut = Module()
    position = Signal(3, reset=2)
    dut.sync += position.eq(around(position, last=4, first=1))
    seen = []

    def watch():
        for _ in range(8):
            seen.append((yield position))
            yield

    run_simulation(dut, watch())
    assert seen == [2, 3, 4, 1, 2, 3, 4, 1]
