"""The boot protocol against a BIOS in Python, with every fault of a line, from every state."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwpw.errors import UserError
from dwpw.serialport import protocol
from dwpw.serialport.protocol import ATTENTION, DATA_BYTES, Command, Loader, frame
from tests.dwpw.serialport.fake_bios import TIMING, Bios, DeadLine, FakeLine, Fault

ADDRESS = 0x4000_0000
DATA = bytes(range(256)) * 4
START = len(b"z6IHG7cYDID6o\n") + len(frame(Command.PROBE, b"\0"))
"""Bytes to the BIOS before the first load frame."""
FRAME = DATA_BYTES + 8


def upload(line: FakeLine, monkeypatch: pytest.MonkeyPatch, data: bytes = DATA) -> list[int]:
    """Connect, load and jump; how many bytes each frame brought."""
    monkeypatch.setattr(protocol.time, "monotonic", line.monotonic)
    brought: list[int] = []
    loader = Loader(line, TIMING)
    loader.connect()
    loader.load(ADDRESS, data, brought.append)
    loader.jump(ADDRESS)
    return brought


def require_loaded(bios: Bios, data: bytes = DATA) -> None:
    assert bytes(bios.memory[ADDRESS + i] for i in range(len(data))) == data
    assert len(bios.memory) == len(data)
    assert bios.jumps == [ADDRESS]


def at(number: int, arrives: bytes | None) -> Fault:
    """A fault of the byte with that number."""
    return lambda n, byte: arrives if n == number else bytes([byte])


@pytest.mark.parametrize("size", [1, 3, DATA_BYTES - 1, DATA_BYTES, DATA_BYTES + 1, 1024])
def test_program_arrives_whole_and_is_started(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    bios = Bios()
    brought = upload(FakeLine(bios), monkeypatch, DATA[:size])
    require_loaded(bios, DATA[:size])
    assert sum(brought) == size


@given(st.sampled_from(list(Command)), st.binary(min_size=1, max_size=255))
def test_frame_is_what_litex_sends(command: Command, payload: bytes) -> None:
    from litex.tools.litex_term import SFLFrame  # its import prints

    theirs = SFLFrame()
    theirs.cmd, theirs.payload = bytes([command]), payload
    assert frame(command, payload) == theirs.encode()


def test_payload_must_fit_its_length_byte() -> None:
    for size in (0, 256):
        with pytest.raises(ValueError, match=f"a payload of {size} bytes"):
            frame(Command.LOAD, bytes(size))


def test_attention_aborts_nothing_but_an_upload() -> None:
    # Q and ESC would make a BIOS that is asking give up; TAB would complete a command.
    assert not set(ATTENTION) & set(b"Q\x1b\t")


@pytest.mark.parametrize("state", ["asking", "prompt", "frames"])
def test_connects_to_a_bios_in_any_state(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    bios = Bios()
    line = FakeLine(bios)
    line._waiting.clear()  # its request came before the port was opened
    bios.state = state
    upload(line, monkeypatch)
    require_loaded(bios)


@pytest.mark.parametrize("begun", [1, 3, 4, 20, FRAME - 1])
def test_connects_in_the_middle_of_a_frame_of_an_upload_that_was_cut(
    monkeypatch: pytest.MonkeyPatch, begun: int
) -> None:
    bios = Bios()
    line = FakeLine(bios)
    line._waiting.clear()
    bios.state = "frames"
    line.write(frame(Command.LOAD, bytes(4 + DATA_BYTES))[:begun])
    upload(line, monkeypatch)
    require_loaded(bios)


def test_old_request_in_a_buffer_is_not_taken_for_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bios = Bios()
    line = FakeLine(bios)
    bios.state = "prompt"
    upload(line, monkeypatch)
    require_loaded(bios)


@pytest.mark.parametrize("position", [0, 1, 2, 3, 4, 9, FRAME - 1, FRAME, FRAME + 5])
@pytest.mark.parametrize("arrives", [b"", b"\0", b"\xff", b"xyz"], ids=["lost", "00", "ff", "more"])
def test_damaged_byte_on_the_way_costs_a_repetition(
    monkeypatch: pytest.MonkeyPatch, position: int, arrives: bytes
) -> None:
    bios = Bios()
    line = FakeLine(bios, to=at(START + position, arrives))
    upload(line, monkeypatch)
    require_loaded(bios)
    assert line.now < 10


@pytest.mark.parametrize("arrives", [b"", b"C", b"\xff"], ids=["lost", "changed", "noise"])
@pytest.mark.parametrize("answer", [0, 1, 3])
def test_damaged_answer_costs_a_repetition(
    monkeypatch: pytest.MonkeyPatch, arrives: bytes, answer: int
) -> None:
    bios = Bios()
    first = len(bios.start()) + 1  # behind it comes the answer to the probe
    upload(FakeLine(bios, back=at(first + answer, arrives)), monkeypatch)
    require_loaded(bios)


@given(
    st.dictionaries(
        st.integers(0, 3 * FRAME), st.sampled_from([b"", b"\0", b"K", b"\xff\xff"]), max_size=4
    ),
    st.dictionaries(st.integers(60, 120), st.sampled_from([b"", b"C", b"E"]), max_size=2),
)
def test_a_few_faults_anywhere_never_leave_a_wrong_program(
    to: dict[int, bytes], back: dict[int, bytes]
) -> None:
    bios = Bios()

    def fault(faults: dict[int, bytes]) -> Fault:
        return lambda number, byte: faults.get(number, bytes([byte]))

    line = FakeLine(bios, fault(to), fault(back))
    with pytest.MonkeyPatch.context() as patch:
        try:
            upload(line, patch)
        except UserError:
            assert not bios.jumps
        else:
            require_loaded(bios)
    assert line.now < 120


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (lambda number, byte: bytes([byte ^ (number == START + 50 or number > START + 60)]),
         "(missing bytes|a wrong CRC) after 8 attempts"),
        (lambda number, byte: bytes([byte]) if number < START + 50 else b"",
         "no answer after 4 attempts"),
    ],
    ids=["noise", "broken wire"],
)  # fmt: skip
def test_line_that_stays_bad_is_one_error(
    monkeypatch: pytest.MonkeyPatch, to: Fault, reason: str
) -> None:
    line = FakeLine(Bios(), to=to)
    with pytest.raises(UserError, match=rf"^/dev/fake: the upload stopped at 0x4000.*{reason}"):
        upload(line, monkeypatch)
    assert line.now < 30


@pytest.mark.parametrize("number", [5, START + 3, START + 200])
def test_cut_connection_is_one_error(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    with pytest.raises(UserError, match="the connection was cut"):
        upload(FakeLine(Bios(), to=at(number, None)), monkeypatch)


def test_board_that_never_answers_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    line = DeadLine()
    with pytest.raises(UserError, match=r"no board asks for a program there \(it says nothing\)"):
        upload(line, monkeypatch)
    assert line.now <= TIMING.connect + TIMING.answer


def test_something_else_at_the_port_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    line = DeadLine()
    line._waiting.append(b"login:\r\nBusyBox v1.36\r\n")
    chatter: Callable[[], bytes] = lambda: b"BusyBox v1.36\r\n"  # noqa: E731
    monkeypatch.setattr(line.bios, "silence", chatter)
    with pytest.raises(UserError, match="it says 'BusyBox v1.36'"):
        upload(line, monkeypatch)


def test_program_that_does_not_start_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    bios = Bios()
    line = FakeLine(bios)
    monkeypatch.setattr(protocol.time, "monotonic", line.monotonic)
    loader = Loader(line, TIMING)
    loader.connect()
    line._to = lambda _number, _byte: b""
    with pytest.raises(UserError, match="the board does not start it: no answer"):
        loader.jump(ADDRESS)
