"""Which serial port a board is behind."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from dwpw.errors import UserError
from soc.boards.entry import SerialBridge

DEVICES = ("/dev/ttyUSB", "/dev/ttyACM")

APPEAR_SECONDS = 5.0
"""A port whose chip has just programmed the board comes back after a moment."""
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Port:
    """A serial port of this machine; ids are None where it is no USB device."""

    name: str
    vendor: int | None
    product: int | None
    interface: int
    description: str


def system_ports() -> list[Port]:
    """The ports that a board can be behind."""
    from serial.tools.list_ports import comports

    return [
        Port(one.device, one.vid, one.pid, _interface(one.location), one.description or "")
        for one in sorted(comports(), key=lambda one: one.device)
        if one.device.startswith(DEVICES)
    ]


def _interface(location: str | None) -> int:
    """The last number of "1-2:1.1"."""
    digits = (location or "").rpartition(".")[2] if ":" in (location or "") else ""
    return int(digits) if digits.isdigit() else 0


def choose_port(ports: Sequence[Port], bridge: SerialBridge | None, board: str) -> str:
    """The only port, or the only one with the board's chip; `UserError` when there is none such."""
    fitting = [one for one in ports if bridge is not None and _fits(one, bridge)]
    found = fitting or list(ports)
    if len(found) == 1:
        return found[0].name
    if not found:
        raise UserError(
            f"no serial port is there ({', '.join(f'{one}*' for one in DEVICES)}); is {board}"
            " plugged in? (--port names another port)"
        )
    listed = ", ".join(f"{one.name} ({_ids(one)}{one.description})" for one in found)
    raise UserError(f"several serial ports could be {board}'s: {listed}; choose one with --port")


def wait_for_port(bridge: SerialBridge | None, board: str) -> str:
    """The board's port, as soon as it is there: until then another one could be the only one."""
    deadline = time.monotonic() + APPEAR_SECONDS
    while not _there(system_ports(), bridge) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return choose_port(system_ports(), bridge, board)


def _there(ports: Sequence[Port], bridge: SerialBridge | None) -> bool:
    return any(bridge is None or _fits(one, bridge) for one in ports)


def _fits(port: Port, bridge: SerialBridge) -> bool:
    ids = (port.vendor, port.product, port.interface)
    return ids == (bridge.vendor, bridge.product, bridge.interface)


def _ids(port: Port) -> str:
    return "" if port.vendor is None else f"{port.vendor:04x}:{port.product:04x} "
