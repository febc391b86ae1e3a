"""The terminal in front of the simulator's: bytes pass, and a runner is not left waiting."""

from __future__ import annotations

import os
import threading
import tty
from collections.abc import Iterator

import pytest

from dwpw.mlperf.relay import Answers, Relay
from tests.support import mlperf_runner
from tests.support.mlperf_runner import NoResponse, Runner


@pytest.fixture
def device() -> Iterator[tuple[int, str]]:
    """The simulator's end of a terminal, and the name of the relay's."""
    master, slave = os.openpty()
    tty.setraw(slave)
    relay = Relay(os.ttyname(slave), lambda: "12 cycles simulated")
    thread = threading.Thread(target=relay.run, daemon=True)
    thread.start()
    yield master, relay.name
    relay.end()
    thread.join()
    os.close(master)
    os.close(slave)


def test_bytes_pass_both_ways(device: tuple[int, str]) -> None:
    master, name = device
    with Runner(name) as runner:
        runner.write(b"name%")
        assert os.read(master, 100) == b"name%"
        os.write(master, b"m-name-dut-[x]\r\nm-ready\r\n")
        assert runner.read_answer() == ["m-name-dut-[x]", "m-ready"]


def test_comment_comes_while_an_answer_is_owed(device: tuple[int, str]) -> None:
    master, name = device
    with Runner(name) as runner:
        runner.write(b"infer 1 0%")
        os.read(master, 100)
        assert runner.read_line() == "m-[12 cycles simulated]"
        os.write(master, b"m-infer-done\r\nm-ready\r\n")
        assert runner.read_answer()[-2:] == ["m-infer-done", "m-ready"]


@pytest.mark.parametrize(
    ("asked", "answered", "may"),
    [
        (b"", [], False),
        (b"name%", [], True),
        (b"name", [], False),
        (b"name%", [b"m-name"], False),
        (b"name%", [b"m-name\r\n"], True),
        (b"name%", [b"m-ready\r\n"], False),
        (b"name%", [b"m-re", b"ady\r", b"\n"], False),
        (b"name%name%", [b"m-ready\r\n"], True),
        (b"name%name%", [b"m-ready\r\nm-ready\r\n"], False),
    ],
)
def test_comment_goes_between_the_lines_of_an_answer_only(
    asked: bytes, answered: list[bytes], may: bool
) -> None:
    answers = Answers()
    answers.asked(asked)
    for part in answered:
        answers.answered(part)
    assert answers.may_comment is may


def test_runner_without_an_answer_gives_up(
    device: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit that the comments are for, a shorter one here."""
    _, name = device
    monkeypatch.setattr(mlperf_runner, "LINE_SECONDS", 0.3)
    with Runner(name) as runner, pytest.raises(NoResponse):
        runner.read_line()
