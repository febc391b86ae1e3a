"""A program goes over the serial line and through LiteX's BIOS into the simulated SoC, as onto a
board. What `dwpw load` makes of it, with whole models, is in `tests/dwpw/serialport`."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from dwpw.serialport.line import SIMULATOR, SerialLine
from dwpw.serialport.protocol import Loader
from soc import memory_map
from soc.config import DEFAULT_BAUD
from tests.dwpw.serialport.wire import faulty_wire
from tests.soc.conftest import Bench
from tests.support.terminal_process import terminal_of

WRONG = 1500
"""Number of the byte that gets a wrong bit on its way: in the middle of the data."""

PATIENCE = 60.0
"""Seconds until the program must have said what it has found."""


def flip(number: int, byte: int) -> bytes:
    return bytes([byte ^ (16 if number == WRONG else 0)])


def weighted_sum(words: np.ndarray) -> int:
    """What `programs/preload.c` computes of its data."""
    total = 0
    for word in words.tolist():
        total = (total * 31 + word) % 2**32
    return total


def test_the_bios_starts_a_program_on_all_of_its_data_in_spite_of_a_wrong_crc(
    sdram_bench: Bench, repository: Path
) -> None:
    words = np.random.default_rng(0).integers(0, 2**32, 400, dtype=np.uint32)
    words[0] = len(words)
    found = f"{weighted_sum(words):08x}".encode()
    brought: list[int] = []
    with (
        terminal_of(repository, "sim", "--pty") as port,
        faulty_wire(port, flip) as wire,
        SerialLine(wire, DEFAULT_BAUD) as line,
    ):
        loader = Loader(line, SIMULATOR)
        loader.connect()
        program = sdram_bench.compile("preload")
        loader.load(memory_map.FIRMWARE_BASE, program, brought.append)
        loader.load(memory_map.IMAGE_BASE, words.tobytes(), brought.append)
        said = loader.jump(memory_map.FIRMWARE_BASE)
        end = time.monotonic() + PATIENCE
        while found not in said and time.monotonic() < end:
            said += line.read(end - time.monotonic())
    assert sum(brought) == len(program) + words.nbytes
    assert found in said
