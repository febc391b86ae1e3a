"""The host's side of LiteX's serial boot protocol.

The BIOS asks for a program with a magic line; after the reply it takes frames, each of which it
answers with one character:

    length of the payload (1 byte), CRC-16 (2), command (1), payload (1..255)

The CRC is that of XMODEM, over command and payload; numbers are big endian.  The BIOS gives up a
frame whose bytes do not all come within a quarter of a second, and otherwise waits for ever.
"""

from __future__ import annotations

import binascii
import time
from collections.abc import Callable
from enum import IntEnum

from dwpw.errors import UserError
from dwpw.serialport.line import Line, Timing

REQUEST = b"sL5DdSMmkekro\n"
REPLY = b"z6IHG7cYDID6o\n"

ADDRESS_BYTES = 4
DATA_BYTES = 248
"""Of a load frame: the most that fits, in whole words, because the BIOS copies words faster."""

ATTEMPTS = 8
"""Of a frame that arrives damaged."""
SILENT_ATTEMPTS = 3
"""Of a frame that is not answered at all."""


class Command(IntEnum):
    """What a frame asks for; PROBE is none that the BIOS knows, so that it only says so."""

    ABORT = 0
    LOAD = 1
    JUMP = 2
    PROBE = 0x7F


TAKEN, BAD_CRC, UNKNOWN, INCOMPLETE = b"K", b"C", b"U", b"E"
FAULTS = {
    b"": "no answer",
    BAD_CRC: "a wrong CRC",
    UNKNOWN: "an unknown command",
    INCOMPLETE: "missing bytes",
}
"""Answer (none is b"") -> what it says about a frame."""


def frame(command: Command, payload: bytes) -> bytes:
    """One frame; an empty payload would be waited for until the time is up."""
    if not 1 <= len(payload) <= 255:
        raise ValueError(f"a payload of {len(payload)} bytes")
    body = bytes([command]) + payload
    return bytes([len(payload)]) + binascii.crc_hqx(body, 0).to_bytes(2, "big") + body


ATTENTION = frame(Command.ABORT, b"\0") + b"\nserialboot\n"
"""Makes a BIOS ask again, whether it takes frames or has a prompt; anything else ignores it."""


class Loader:
    """Uploads programs over a line and starts them."""

    def __init__(self, line: Line, timing: Timing) -> None:
        self._line = line
        self._timing = timing

    def connect(self) -> None:
        """Reach the state in which frames are taken; `UserError` when the BIOS does not answer.

        Where the BIOS stands is not known: it may be starting, asking, at its prompt, or in the
        middle of an upload that was cut off.
        """
        deadline = time.monotonic() + self._timing.connect
        heard = self._listen(deadline)
        while True:
            if REQUEST in heard:
                self._line.write(REPLY)
                if self._takes_frames():
                    return
            if time.monotonic() >= deadline:
                raise UserError(_no_bios(self._line.name, heard))
            self._line.write(ATTENTION)
            heard = self._listen(deadline)

    def load(self, address: int, data: bytes, on_bytes: Callable[[int], None]) -> None:
        """Write `data` to memory; `on_bytes` is told how many bytes each frame has brought."""
        for offset in range(0, len(data), DATA_BYTES):
            part = data[offset : offset + DATA_BYTES]
            target = (address + offset).to_bytes(ADDRESS_BYTES, "big")
            self._send(frame(Command.LOAD, target + part), address + offset)
            on_bytes(len(part))

    def jump(self, address: int) -> bytes:
        """Start the program at `address`; what the line has said since."""
        data = frame(Command.JUMP, address.to_bytes(ADDRESS_BYTES, "big"))
        silent = 0
        for _ in range(ATTEMPTS):
            self._line.write(data)
            heard = self._line.read(self._timing.answer)
            # Anything but a complaint says that the program runs, also when its answer was lost.
            if heard and heard not in (BAD_CRC, UNKNOWN, INCOMPLETE):
                return heard
            silent += not heard
            if silent == SILENT_ATTEMPTS:
                break
        raise UserError(
            f"{self._line.name}: the program was uploaded, but the board does not start it:"
            f" {FAULTS[heard]}"
        )

    def _send(self, data: bytes, address: int) -> None:
        """One frame, until it is taken."""
        silent = 0
        for attempt in range(ATTEMPTS):
            # A single damaged byte costs a repetition. After two failures the other side may be
            # in the middle of a frame: it has to notice that nothing more comes.
            if attempt >= 2:
                self._line.read(self._timing.answer)
            self._discard()
            self._line.write(data)
            answer = self._line.read(self._timing.answer)[:1]
            if answer == TAKEN:
                return
            silent = silent + 1 if not answer else 0
            if silent == SILENT_ATTEMPTS:
                break
        raise UserError(
            f"{self._line.name}: the upload stopped at 0x{address:08x}: the board reports"
            f" {FAULTS.get(answer, f'{answer!r}')} after {attempt + 1} attempts; is the line noisy,"
            " or too fast (--baud)?"
        )

    def _takes_frames(self) -> bool:
        """Whether the BIOS has heard the reply; a request may be an old one, left in a buffer."""
        while self._line.read(self._timing.quiet):
            pass
        self._line.write(frame(Command.PROBE, b"\0"))
        return self._line.read(self._timing.answer)[:1] == UNKNOWN

    def _listen(self, deadline: float) -> bytes:
        """What comes until the request for a program is complete, or until it is time to ask."""
        heard = b""
        end = min(deadline, time.monotonic() + self._timing.listen)
        while REQUEST not in heard and (left := end - time.monotonic()) > 0:
            part = self._line.read(left)
            heard += part
            # An upload that was cut off has just been given up: now a frame will be understood.
            if part == INCOMPLETE:
                break
        return heard

    def _discard(self) -> None:
        """Forget answers that come late."""
        while self._line.read(0):
            pass


def _no_bios(port: str, heard: bytes) -> str:
    said = heard.decode("ascii", "replace").split("\n")
    last = next((text.strip() for text in reversed(said) if text.strip()), "")
    what = f"it says {last[-60:]!r}" if last else "it says nothing"
    return (
        f"{port}: no board asks for a program there ({what}); is the bitstream loaded"
        " (`dwpw load --board`), and is this its serial port, at this baud rate?"
    )
