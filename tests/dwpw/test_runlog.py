"""Reading the lines of a run."""

from __future__ import annotations

import zlib

import pytest

from dwpw.errors import UserError
from dwpw.image.format import VERSION
from dwpw.runlog import LogLine, RunLayer, RunLog, parse_event, parse_line, parse_run_log

START = f'{{"dwpw":"start","version":{VERSION},"clock_hz":60000000,"operators":2}}'
LAYERS = [
    '{"dwpw":"layer","index":0,"kernel":"simd/conv","cycles":123,"instructions":99,'
    '"crcs":["1a2b3c4d"]}',
    '{"dwpw":"layer","index":1,"kernel":"simd/dw_pw","cycles":7,"instructions":5,'
    '"crcs":["00000000","ffffffff"]}',
]
END = '{"dwpw":"end","cycles":130,"instructions":104,"output":[-60,60]}'
CRC = f"{zlib.crc32(bytes([256 - 60, 60])):08x}"
WHOLE = f'{{"dwpw":"whole","cycles":130,"instructions":104,"crcs":["{CRC}"]}}'


def lines(*texts: str) -> list[LogLine]:
    return [parse_line(text) for text in texts]


def test_a_whole_log_becomes_layers_totals_and_output() -> None:
    log = parse_run_log(lines("hello", START, LAYERS[0], "", LAYERS[1], END, "bye"), 2)
    assert log.clock_hz == 60_000_000
    assert log.layers[0] == RunLayer(0, "simd/conv", 123, 99, (0x1A2B3C4D,))
    assert (log.cycles, log.instructions, log.output) == (130, 104, (-60, 60))


def test_a_layer_that_stored_several_tensors_has_a_checksum_of_each() -> None:
    log = parse_run_log(lines(START, *LAYERS, END), 2)
    assert log.layers[1].crcs == (0, 0xFFFFFFFF)


def test_counters_come_behind_the_layers_that_they_belong_to() -> None:
    counters = '{"dwpw":"counters","index":1,"load_miss":17,"branches":3}'
    log = parse_run_log(lines(START, *LAYERS, counters, END), 2)
    assert log.layers[0].counters == {}
    assert log.layers[1].counters == {"load_miss": 17, "branches": 3}


def test_an_inference_measured_as_a_whole_has_no_layers() -> None:
    log = parse_run_log(lines(START, WHOLE, END), 2, outputs=[2])
    assert log == RunLog(60_000_000, (), 130, 104, (-60, 60))


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
    "a digit lost": (
        [START, LAYERS[0].replace("123", "12"), LAYERS[1], END],
        "the run log is damaged: its layers sum up to 19 cycles and 104 instructions, its end says"
        " 130 and 104; load again, at a lower baud rate if it happens often",
    ),
    "a whole inference instead of layers": (
        [START, WHOLE, END],
        "the run log is incomplete: 0 of 2 layers arrived",
    ),
    "counters of no layer": (
        [START, LAYERS[0], '{"dwpw":"counters","index":1}'],
        "the run log is damaged: counters of layer 1, which did not run",
    ),
    "another version": (
        [START.replace(f'"version":{VERSION}', '"version":9')],
        f"the firmware is of version 9, this dwpw of version {VERSION}; build the firmware again",
    ),
    "a kernel that failed": (
        [
            START,
            '{"dwpw":"error","code":11,"name":"KERNEL_FAILED","operator":3,"kernel":'
            '"stream/program","status":"ADDRESS","engine":"MEMORY","command":17}',
        ],
        "the firmware stopped with error 11 (KERNEL_FAILED): operator 3 (stream/program) of the"
        " image ended with ADDRESS at command 17 of engine MEMORY",
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

REFUSED_WHOLE = {
    "layers instead": (
        [START, *LAYERS, END],
        "the run log is incomplete: it has no count of the whole inference",
    ),
    "layers besides": (
        [START, *LAYERS, WHOLE, END],
        "the run log is incomplete: it has no count of the whole inference",
    ),
    "a digit lost": (
        [START, WHOLE, END.replace("130", "13")],
        "the run log is damaged: the inference took 130 cycles and 104 instructions, its end says"
        " 13 and 104; load again, at a lower baud rate if it happens often",
    ),
    "a digit of the output lost": (
        [START, WHOLE, END.replace("-60,", "-6,")],
        f"the run log is damaged: its output does not have the checksum {CRC} that was computed;"
        " load again, at a lower baud rate if it happens often",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_run_without_a_result_is_refused(name: str) -> None:
    texts, message = REFUSED[name]
    with pytest.raises(UserError) as caught:
        parse_run_log(lines(*texts), 2)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", REFUSED_WHOLE)
def test_a_whole_run_without_a_result_is_refused(name: str) -> None:
    texts, message = REFUSED_WHOLE[name]
    with pytest.raises(UserError) as caught:
        parse_run_log(lines(*texts), 2, outputs=[2])
    assert str(caught.value) == message
