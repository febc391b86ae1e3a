"""Which port is a board's, and what is said when that is not clear."""

from __future__ import annotations

import pytest

from dwpw.errors import UserError
from dwpw.serialport import ports
from dwpw.serialport.ports import Port, choose_port, wait_for_port
from soc.boards.catalogue import BY_NAME
from soc.boards.entry import SerialBridge

FTDI = SerialBridge(0x0403, 0x6015)
ULX3S = Port("/dev/ttyUSB1", 0x0403, 0x6015, 0, "ULX3S FPGA 85K")
OTHER = Port("/dev/ttyUSB0", 0x10C4, 0xEA60, 0, "CP2102")
JTAG = Port("/dev/ttyUSB2", 0x0403, 0x6010, 0, "ECPIX-5")
UART = Port("/dev/ttyUSB3", 0x0403, 0x6010, 1, "ECPIX-5")


def test_only_port_is_taken_whatever_it_is() -> None:
    assert choose_port([OTHER], FTDI, "ulx3s") == "/dev/ttyUSB0"
    assert choose_port([OTHER], None, "orangecrab") == "/dev/ttyUSB0"


def test_port_with_the_boards_chip_is_preferred() -> None:
    assert choose_port([OTHER, ULX3S, JTAG], FTDI, "ulx3s") == "/dev/ttyUSB1"


def test_second_port_of_a_chip_is_told_from_the_first() -> None:
    assert choose_port([JTAG, UART], BY_NAME["ecpix5"].bridge, "ecpix5") == "/dev/ttyUSB3"


def test_no_port_is_one_line() -> None:
    with pytest.raises(UserError, match=r"no serial port .*ttyUSB\*.* is ulx3s plugged in\?"):
        choose_port([], FTDI, "ulx3s")


@pytest.mark.parametrize("bridge", [FTDI, None])
def test_several_ports_are_listed(bridge: SerialBridge | None) -> None:
    with pytest.raises(UserError) as caught:
        choose_port([OTHER, JTAG], bridge, "a board")
    assert str(caught.value) == (
        "several serial ports could be a board's: /dev/ttyUSB0 (10c4:ea60 CP2102), /dev/ttyUSB2"
        " (0403:6010 ECPIX-5); choose one with --port"
    )


def test_port_that_comes_back_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = iter([[OTHER], [OTHER], [OTHER, ULX3S], [OTHER, ULX3S]])
    monkeypatch.setattr(ports, "system_ports", lambda: next(seen))
    monkeypatch.setattr(ports, "LOOK_SECONDS", 0)
    assert wait_for_port(FTDI, "ulx3s") == "/dev/ttyUSB1"


def test_waiting_for_a_port_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "system_ports", list)
    monkeypatch.setattr(ports, "APPEAR_SECONDS", 0.05)
    monkeypatch.setattr(ports, "LOOK_SECONDS", 0.01)
    with pytest.raises(UserError, match="no serial port"):
        wait_for_port(FTDI, "ulx3s")
