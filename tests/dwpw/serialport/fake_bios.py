"""The other side of the serial line in Python: LiteX's BIOS as the boot protocol describes it.

Time is a clock of the test's own, which only waiting moves, so that a test of minutes of silence
takes none.
"""

from __future__ import annotations

import binascii
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from dwpw.errors import UserError
from dwpw.serialport.line import Timing

TIMING = Timing(quiet=0.05, answer=1.0, listen=0.7, connect=15.0)
FRAME_SECONDS = 0.25
REQUEST = b"sL5DdSMmkekro\n"
REPLY = b"z6IHG7cYDID6o\n"
PROMPT = b"\nlitex> "

Fault = Callable[[int, int], "bytes | None"]
"""Number and value of a byte on its way -> what arrives; None cuts the connection."""


def clean(_number: int, byte: int) -> bytes:
    """A line that changes nothing."""
    return bytes([byte])


@dataclass
class Bios:
    """State "asking" waits for the reply, "frames" for frames, "prompt" for a command, "running"
    for nothing.  `memory` holds what was loaded; `program` is told the address of a jump and gives
    what it prints."""

    program: Callable[[int], bytes] = lambda _: b""
    state: str = "asking"
    memory: dict[int, int] = field(default_factory=dict)
    jumps: list[int] = field(default_factory=list)
    _received: bytes = b""

    def start(self) -> bytes:
        """What it prints from reset on."""
        return b"\x1b[1mLiteX\x1b[0m garbage \xff\x00 sL5D\n" + self._ask()

    def _ask(self) -> bytes:
        self.state, self._received = "asking", b""
        return b"Booting from serial...\n" + REQUEST

    def take(self, byte: int) -> bytes:
        """One byte arrives; what is sent in answer."""
        self._received += bytes([byte])
        return getattr(self, f"_in_{self.state}")()

    def silence(self) -> bytes:
        """A quarter of a second without the end of what was begun."""
        if self.state == "asking":
            self.state, self._received = "prompt", b""
            return b"Timeout\nNo boot medium found\n" + PROMPT
        if self.state == "frames" and self._received:
            self._received = b""
            return b"E"
        return b""

    def _in_running(self) -> bytes:
        return b""

    def _in_asking(self) -> bytes:
        if self._received.endswith(REPLY):
            self.state, self._received = "frames", b""
        return b""

    def _in_prompt(self) -> bytes:
        if not self._received.endswith(b"\n"):
            return self._received[-1:]  # its echo
        command, self._received = self._received.strip(), b""
        if command == b"serialboot":
            return b"\n" + self._ask()
        return (b"\nCommand not found" if command else b"") + PROMPT

    def _in_frames(self) -> bytes:
        length = self._received[0]
        if len(self._received) < max(length, 1) + 4:
            return b""
        data, self._received = self._received, b""
        body = data[3:]
        if binascii.crc_hqx(body, 0) != int.from_bytes(data[1:3], "big"):
            return b"C"
        return self._execute(body[0], body[1:])

    def _execute(self, command: int, payload: bytes) -> bytes:
        address = int.from_bytes(payload[:4], "big")
        if command == 0:
            self.state = "prompt"
            return b"KNo boot medium found\n" + PROMPT
        if command == 1:
            self.memory.update(enumerate(payload[4:], address))
            return b"K"
        if command == 2:
            self.jumps.append(address)
            self.state = "running"
            return b"KExecuting booted program\n" + self.program(address)
        return b"U"


class FakeLine:
    """A Line with a Bios at its end and faults on the way to it (`to`) and back (`back`)."""

    name = "/dev/fake"

    def __init__(self, bios: Bios, to: Fault = clean, back: Fault = clean) -> None:
        self.bios = bios
        self.now = 0.0
        self._to, self._back = to, back
        self._sent = self._heard = 0
        self._waiting: deque[bytes] = deque()
        self._answer(bios.start())

    def monotonic(self) -> float:
        """The test's clock."""
        return self.now

    def read(self, seconds: float) -> bytes:
        """What has come, else what comes when the BIOS loses patience, else nothing."""
        if not self._waiting and seconds >= FRAME_SECONDS:
            self.now += FRAME_SECONDS
            seconds -= FRAME_SECONDS
            self._answer(self.bios.silence())
        if not self._waiting:
            self.now += seconds
            return b""
        return self._waiting.popleft()

    def write(self, data: bytes) -> None:
        for byte in data:
            for arrived in self._pass(self._to, self._sent, byte):
                self._answer(self.bios.take(arrived))
            self._sent += 1

    def _answer(self, data: bytes) -> None:
        arrived = b""
        for byte in data:
            arrived += self._pass(self._back, self._heard, byte)
            self._heard += 1
        if arrived:
            self._waiting.append(arrived)

    def _pass(self, fault: Fault, number: int, byte: int) -> bytes:
        arrived = fault(number, byte)
        if arrived is None:
            raise UserError(f"{self.name}: the connection was cut")
        return arrived


class DeadLine(FakeLine):
    """A line at whose end is nothing."""

    def __init__(self) -> None:
        super().__init__(Bios())
        self._waiting.clear()
        self.bios.state = "running"
