"""Pseudo-terminals for tests: one with a BIOS behind it, and a wire with faults between two."""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager

from tests.dwpw.serialport.fake_bios import Bios, Fault, clean

POLL = 0.02
CHUNK = 4096


def open_pair() -> tuple[int, int, str]:
    """Both ends of a raw pseudo-terminal and the name of the second."""
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    return master, slave, os.ttyname(slave)


def _bytes(end: int, seconds: float) -> bytes:
    ready, _, _ = select.select([end], [], [], seconds)
    try:
        return os.read(end, CHUNK) if ready else b""
    except BlockingIOError:  # the other side has thrown it away meanwhile
        return b""


@contextmanager
def bios_terminal(bios: Bios, patience: float = 0.1) -> Iterator[str]:
    """Name of a terminal at which `bios` starts when something is sent, or after `patience`."""
    master, slave, name = open_pair()
    ended = threading.Event()

    def serve() -> None:
        # Opening a port throws away what has come before.
        begun = _bytes(master, 10 * patience)
        os.write(master, bios.start())
        data = begun
        while not ended.is_set():
            answers = b"".join(bios.take(byte) for byte in data) if data else bios.silence()
            os.write(master, answers)
            data = _bytes(master, patience)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield name
    finally:
        ended.set()
        thread.join()
        os.close(master)
        os.close(slave)


@contextmanager
def faulty_wire(port: str, to: Fault = clean, back: Fault = clean) -> Iterator[str]:
    """Name of a terminal that stands for `port`, with faults (see FakeLine) on both ways."""
    near, slave, name = open_pair()
    far = os.open(port, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(far)
    # The one who opens the wire has it alone: a cut is then seen at once.
    os.close(slave)
    ended = threading.Event()

    def carry() -> None:
        counts = {near: 0, far: 0}
        while not ended.is_set():
            ready, _, _ = select.select([near, far], [], [], POLL)
            for end in ready:
                other, fault = (far, to) if end == near else (near, back)
                try:
                    data = os.read(end, CHUNK)
                except OSError:  # nobody has the wire open, yet or any more
                    ended.wait(POLL)
                    continue
                for byte in data:
                    arrives = fault(counts[end], byte)
                    counts[end] += 1
                    if arrives is None:
                        return
                    os.write(other, arrives)

    def carry_and_close() -> None:
        try:
            carry()
        finally:
            os.close(near)
            os.close(far)

    thread = threading.Thread(target=carry_and_close, daemon=True)
    thread.start()
    try:
        yield name
    finally:
        ended.set()
        thread.join()
