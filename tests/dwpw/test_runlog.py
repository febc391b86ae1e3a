"""Reading the lines of a run."""

from __future__ import annotations

import pytest

from dwpw.errors import UserError
from dwpw.runlog import RunLayer, parse_event, parse_run_log

START = '{"dwpw":"start","version":1,"clock_hz":60000000,"operators":2}'
LAYERS = [
    '{"dwpw":"layer","index":0,"kernel":"simd/conv","cycles":123,"instructions":99,'
    '"crc":"1a2b3c4d"}',
    '{"dwpw":"layer","index":1,"kernel":"simd/mean","cycles":7,"instructions":5,"crc":"00000000"}',
]
END = '{"dwpw":"end","cycles":130,"instructions":104,"output":[-60,60]}'


def test_a_whole_log_becomes_layers_totals_and_output() -> None:
    log = parse_run_log(["hello", START, LAYERS[0], "", LAYERS[1], END, "bye"], 2)
    assert log.clock_hz == 60_000_000
    assert log.layers[0] == RunLayer(0, "simd/conv", 123, 99, 0x1A2B3C4D)
    assert (log.cycles, log.instructions, log.output) == (130, 104, (-60, 60))


def test_counters_come_behind_the_layers_that_they_belong_to() -> None:
    counters = '{"dwpw":"counters","index":1,"load_miss":17,"branches":3}'
    log = parse_run_log([START, *LAYERS, counters, END], 2)
    assert log.layers[0].counters == {}
    assert log.layers[1].counters == {"load_miss": 17, "branches": 3}


@pytest.mark.parametrize("line", ["hello", "", '{"dwpw":"lay', '{"other":1}', "{}"])
def test_text_for_humans_is_no_event(line: str) -> None:
    assert parse_event(line) is None


REFUSED = {
    "no end": (
        [START, LAYERS[0]],
        f"the run ended before its result; its last line was: {LAYERS[0]}",
    ),
    "nothing": ([], "the run ended before its result; its last line was: (none)"),
    "a layer lost": ([START, LAYERS[1], END], "the run log is incomplete: 1 of 2 layers arrived"),
    "counters of no layer": (
        [START, LAYERS[0], '{"dwpw":"counters","index":1}'],
        "the run log is damaged: counters of layer 1, which did not run",
    ),
    "another version": (
        [START.replace('"version":1', '"version":9')],
        "the firmware speaks run log version 9, this dwpw 1; build the firmware again",
    ),
    "an error": (
        ['{"dwpw":"error","code":4,"name":"BAD_CRC"}'],
        "the firmware stopped with error 4 (BAD_CRC)",
    ),
    "an operator refused": (
        [
            '{"dwpw":"error","code":9,"name":"BAD_PARAMETER","operator":3,'
            '"kernel":"simd/conv_rows","what":"scratch"}'
        ],
        "the firmware stopped with error 9 (BAD_PARAMETER): operator 3 (simd/conv_rows) of the"
        " image has a wrong 'scratch'",
    ),
    "a kernel refused": (
        ['{"dwpw":"error","code":6,"name":"BAD_KERNEL","operator":0,"what":"kernel"}'],
        "the firmware stopped with error 6 (BAD_KERNEL): operator 0 of the image has a wrong"
        " 'kernel'",
    ),
    "a trap": (
        [START, '{"dwpw":"error","code":10,"name":"TRAP","mcause":2,"mepc":"40000100"}'],
        "the firmware stopped with error 10 (TRAP): mcause 2, mepc 40000100",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_run_without_a_result_is_refused(name: str) -> None:
    lines, message = REFUSED[name]
    with pytest.raises(UserError) as caught:
        parse_run_log(lines, 2)
    assert str(caught.value) == message
