"""MLPerf Tiny's serial protocol, compiled for this computer under the sanitizers."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.mlperf_device import (
    BUFFER_BYTES,
    STARTED,
    HostDevice,
    autoencoder,
    host_device,
    load_commands,
    results_in,
    tiny_model,
)

FEW = settings(max_examples=60)
"""Each example is a process."""


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> HostDevice:
    folder = tmp_path_factory.mktemp("device")
    return host_device(tiny_model(folder / "tiny.tflite"), "vww01", folder)


@pytest.fixture(scope="module")
def real_device(tmp_path_factory: pytest.TempPathFactory) -> HostDevice:
    folder = tmp_path_factory.mktemp("reals")
    return host_device(autoencoder(folder / "reals.tflite"), "ad01", folder)


def test_start_says_that_it_is_done_and_ready(device: HostDevice) -> None:
    assert device.hear(b"") == STARTED


@pytest.mark.parametrize(
    ("said", "answered"),
    {
        "name": ("name%", ["m-name-dut-[dwpw simd]"]),
        "profile": (
            "profile%",
            ["m-profile-[ULPMark for tinyML Firmware V0.0.1]", "m-model-[vww01]"],
        ),
        "time since reset": ("timestamp%", ["m-lap-us-0"]),
        "nothing": ("%", []),
        "spaces and ends of lines": (" \r\n name \t%", ["m-name-dut-[dwpw simd]"]),
        "an unknown command": ("nmae%", ["e-[Unknown command: nmae]"]),
        "control characters": ("na\x1b[1mme%", ["e-[Unknown command: na]"]),
        "more words": ("name it%", ["e-[Too many words behind: name]"]),
        "many words": ("a b c d e f%", ["e-[Too many words]"]),
        "a long command": ("db " + "0" * 78 + "%", ["e-[A command has at most 80 characters]"]),
        "db alone": ("db%", ["e-[db takes load, print, or hexadecimal digits]"]),
        "no size": ("db load%", ["e-[db load takes a number of bytes above 0]"]),
        "a size of nothing": ("db load 0%", ["e-[db load takes a number of bytes above 0]"]),
        "no number": ("db load -1%", ["e-[db load takes a number of bytes above 0]"]),
        "a size beyond 32 bits": (
            "db load 9999999999%",
            ["e-[db load takes a number of bytes above 0]"],
        ),
        "a size beyond the buffer": (
            f"db load {BUFFER_BYTES + 1}%",
            [f"e-[db load: the buffer has room for {BUFFER_BYTES} bytes]"],
        ),
        "a size": ("db load 60%", ["m-[Expecting 60 bytes]"]),
        "bytes before their number": ("db 00%", ["e-[db: say db load N first]"]),
        "nothing to print": ("db print%", ["e-[db print: no bytes there]"]),
        "inference without data": (
            "infer 1 0%",
            ["e-[infer: load the model's 60 bytes of input first]"],
        ),
        "no inferences": ("infer 0%", ["e-[infer: inferences have to be 1 to 1000000]"]),
        "too many warm-ups": (
            "infer 1 1000001%",
            ["e-[infer: warm-ups have to be 0 to 1000000]"],
        ),
        "results of nothing": (
            "results%",
            ["e-[results: nothing was inferred from this input]"],
        ),
    }.values(),
)
def test_command_has_its_answer(device: HostDevice, said: str, answered: list[str]) -> None:
    assert device.answer(said) == answered


def test_help_names_every_command(device: HostDevice) -> None:
    text = "\n".join(device.answer("help%"))
    for command in ("name", "profile", "timestamp", "db load", "db print", "infer", "results"):
        assert f"\n{command}" in text


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("db 0%", "e-[db: an odd number of hexadecimal digits]"),
        ("db 0g%", "e-[db: not a hexadecimal digit]"),
        ("db 00 11%", "e-[db takes one word of hexadecimal digits]"),
        ("db 0011223344%", "e-[db: more bytes than the 4 that were announced]"),
    ],
)
def test_wrong_bytes_change_nothing(device: HostDevice, said: str, answered: str) -> None:
    lines = device.answer(f"db load 4%db ab%{said}db CdEF01%db print%")
    assert lines[3:] == [answered, "m-ready", "m-load-done", "m-ready", "m-buffer-ab-cd-ef-01"]


def test_bytes_behind_the_last_are_an_error(device: HostDevice) -> None:
    lines = device.answer("db load 1%db 12%db 34%")
    assert lines[-1] == "e-[db: more bytes than the 1 that were announced]"


def test_print_shows_eight_bytes_a_line_from_an_offset(device: HostDevice) -> None:
    lines = device.answer("db load 12%db 000102030405060708090a0b%db print 10 1%")
    assert lines[-2:] == ["m-buffer-01-02-03-04-05-06-07-08", "m-buffer-09-0a"]


def test_inference_tells_its_times_and_the_results_of_the_golden_interpreter(
    device: HostDevice,
) -> None:
    lines = device.answer(load_commands(device.sample.content) + "infer 3 2%results%")
    told = lines[lines.index("m-load-done") + 2 :]
    assert told[:7] == [
        *("m-warmup-start-2", "m-warmup-done", "m-infer-start-3"),
        *("m-lap-us-0", "m-lap-us-0", "m-infer-done", told[6]),
    ]
    assert device.sample.agrees(results_in(told[6:7]))
    assert told[7:] == ["m-ready", told[6]]  # `results` repeats them


def test_default_is_one_inference_after_ten_for_warming_up(device: HostDevice) -> None:
    lines = device.answer(load_commands(device.sample.content) + "infer%")
    assert "m-warmup-start-10" in lines
    assert "m-infer-start-1" in lines


def test_new_input_forgets_the_results(device: HostDevice) -> None:
    said = load_commands(device.sample.content) + "infer%db load 60%results%infer%"
    assert device.answer(said)[-3:] == [
        "e-[results: nothing was inferred from this input]",
        "m-ready",
        "e-[infer: load the model's 60 bytes of input first]",
    ]


def test_request_for_the_boot_protocol_restarts_in_the_middle_of_a_command(
    device: HostDevice,
) -> None:
    lines = device.hear(b"db load 60%db 0011\nserialboot\ninfer 1 0%")
    assert lines == [
        *(*STARTED, "m-[Expecting 60 bytes]", "m-ready", *STARTED),
        *("e-[infer: load the model's 60 bytes of input first]", "m-ready"),
    ]


def test_reals_are_quantised_and_compared_with_the_output(real_device: HostDevice) -> None:
    lines = real_device.answer(load_commands(real_device.sample.content, size=24) + "infer 1 0%")
    (distance,) = results_in(lines)
    assert real_device.sample.agrees((distance,))
    assert distance > 0


@FEW
@given(
    st.lists(st.floats(width=32), min_size=12, max_size=12),
)
@example([float("nan")] * 12)
@example([3e38, -3e38] * 6)
def test_any_real_input_has_a_result(real_device: HostDevice, values: list[float]) -> None:
    content = np.array(values, np.float32).tobytes()
    (distance,) = results_in(real_device.answer(load_commands(content) + "infer 1 0%"))
    assert not distance < 0


WORDS = st.sampled_from([
    *("name", "profile", "timestamp", "help", "db", "load", "print", "infer", "results"),
    *("0", "1", "2", "60", "61", "200", "201", "-1", "4294967296", "00", "ff" * 31, "0f0", "xyz"),
])  # fmt: skip
COMMANDS = st.lists(WORDS, max_size=6).map(" ".join)
GARBAGE = st.binary(max_size=200).map(lambda data: data.replace(b"serialboot", b""))


@FEW
@given(st.lists(st.one_of(COMMANDS.map(str.encode), GARBAGE), max_size=12))
@example([b"db load 200", b"db " + b"ff" * 31, b"db print 999999999 999999999", b"infer 1 0"])
@example([b"db print 999999999 1"])
def test_device_is_ready_after_any_garbage_and_still_right(
    device: HostDevice, commands: list[bytes]
) -> None:
    # What may come as a part of a number of rounds is cut off: a million of them take a while.
    said = b"%".join(commands).replace(b"infer 4", b"infer x").replace(b"infer 6", b"infer x")
    lines = device.hear(said + b"%" + load_commands(device.sample.content).encode() + b"infer 1 0%")
    asked = said.count(b"%") + 1 + 1 + -(-len(device.sample.content) // 31) + 1
    assert lines.count("m-ready") == asked + 1
    assert device.sample.agrees(results_in([one for one in lines if "m-results" in one][-1:]))


@given(st.lists(st.floats(width=32, allow_infinity=False, allow_nan=False), max_size=200))
@example([0.0, -0.0, 0.5e-6, 1.5e-6, 0.9999995, 1e12, 999999995904.0, 3.4e38, 1e-45, -1e-45])
def test_reals_are_printed_with_six_decimals(device: HostDevice, values: list[float]) -> None:
    printed = print_reals(Path(device.command[0]), values)
    for value, text in zip(values, printed, strict=True):
        assert float(text) == pytest.approx(value, rel=1e-6, abs=0.500001e-6)
        assert len(text.partition("e")[0].partition(".")[2]) == 6


def test_reals_that_are_no_numbers_are_words(device: HostDevice) -> None:
    values = [float("inf"), float("-inf"), float("nan")]
    assert print_reals(Path(device.command[0]), values) == ["inf", "-inf", "nan"]


def print_reals(program: Path, values: list[float]) -> list[str]:
    data = struct.pack(f"<{len(values)}f", *values)
    done = subprocess.run([program, "reals"], input=data, capture_output=True, check=True)
    return done.stdout.decode().splitlines()
