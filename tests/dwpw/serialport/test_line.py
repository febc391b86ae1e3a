"""Real pseudo-terminals: opening, waiting, being cut off, and a whole upload with faults."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from dwpw.errors import UserError
from dwpw.serialport.line import BOARD, SIMULATOR, SerialLine, Timing, timing_of
from dwpw.serialport.protocol import Loader
from tests.dwpw.serialport.fake_bios import Bios, Fault, clean
from tests.dwpw.serialport.wire import bios_terminal, faulty_wire, open_pair

FAST = Timing(quiet=0.02, answer=1.0, listen=0.5, connect=5.0)
DATA = bytes(range(256)) * 8


def load(port: str) -> None:
    with SerialLine(port, 115200) as line:
        loader = Loader(line, FAST)
        loader.connect()
        loader.load(0x40000000, DATA, lambda _: None)
        loader.jump(0x40000000)


def test_port_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"ttyX: cannot be opened: no such file"):
        SerialLine(str(tmp_path / "ttyX"), 115200)


def test_file_is_no_port(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="file: cannot be opened"):
        SerialLine(str(tmp_path / "file"), 115200)


def test_port_is_not_shared() -> None:
    _, _, name = open_pair()
    with SerialLine(name, 115200), pytest.raises(UserError, match="cannot be opened: "):
        SerialLine(name, 115200)


def test_waiting_ends() -> None:
    _, _, name = open_pair()
    started = time.monotonic()
    with SerialLine(name, 115200) as line:
        assert line.read(0.05) == b""
    assert 0.04 < time.monotonic() - started < 5


def test_cut_connection_is_one_error() -> None:
    master, slave, name = open_pair()
    os.close(slave)
    with SerialLine(name, 115200) as line:
        os.close(master)
        with pytest.raises(UserError, match="the connection was cut; is the cable plugged in"):
            line.read(1)
        with pytest.raises(UserError, match="the connection was cut"):
            line.write(b"x")


def test_simulator_is_given_more_time_than_a_board() -> None:
    _, _, name = open_pair()
    assert timing_of(name) is SIMULATOR
    assert timing_of("/dev/ttyUSB0") is BOARD


@pytest.mark.parametrize(
    ("to", "back"),
    [
        (clean, clean),
        (lambda n, byte: b"" if n == 300 else bytes([byte]), clean),
        (lambda n, byte: bytes([byte ^ 4]) if n in (100, 700) else bytes([byte]), clean),
        (clean, lambda n, byte: b"" if n == 70 else bytes([byte])),
    ],
    ids=["no fault", "lost byte", "wrong CRC", "lost answer"],
)
def test_upload_through_a_faulty_wire_arrives_whole(to: Fault, back: Fault) -> None:
    bios = Bios()
    with bios_terminal(bios) as far, faulty_wire(far, to, back) as near:
        load(near)
    assert bytes(bios.memory[0x40000000 + i] for i in range(len(DATA))) == DATA
    assert bios.jumps == [0x40000000]


def test_wire_cut_in_the_middle_of_a_frame_is_one_error() -> None:
    bios = Bios()
    with (
        bios_terminal(bios) as far,
        faulty_wire(far, lambda n, byte: None if n == 400 else bytes([byte])) as near,
        pytest.raises(UserError, match="the connection was cut"),
    ):
        load(near)
    assert not bios.jumps
