"""The simulator's UART as a pseudo-terminal."""

from __future__ import annotations

import os
import select
import subprocess
import threading
import time

from soc import memory_map
from soc.sim.simulate import Progress, run
from soc.sim.status import STATUS_SETUP_ERROR
from tests.soc.conftest import Bench

SECONDS = 120
"""No simulation here takes longer, on a machine however busy."""


MOST_CYCLES = 300_000_000
"""The simulated clock runs on while this process waits for its turn on a busy machine."""


class Dialogue:
    """A program that opens the terminal late, sends bytes and collects what comes back."""

    def __init__(self, data: bytes, idle: float = 0) -> None:
        self.heard = b""
        self._data = data
        self._idle = idle
        self._thread: threading.Thread | None = None

    def start(self, name: str) -> None:
        self._thread = threading.Thread(target=self._talk, args=(name,), daemon=True)
        self._thread.start()

    def join(self) -> None:
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()

    def _talk(self, name: str) -> None:
        time.sleep(self._idle)
        terminal = os.open(name, os.O_RDWR | os.O_NOCTTY)
        os.write(terminal, self._data)
        while len(self.heard) < len(self._data):
            ready, _, _ = select.select([terminal], [], [], SECONDS)
            assert ready
            heard = os.read(terminal, 4096)
            assert heard, f"the simulator has gone after {len(self.heard)} bytes"
            self.heard += heard
        os.write(terminal, b"\0")
        # A terminal that is closed at once loses what was written: the simulator closes it first.
        assert select.select([terminal], [], [], SECONDS)[0]
        os.close(terminal)


def echo(bench: Bench, dialogue: Dialogue) -> list[Progress]:
    reports: list[Progress] = []
    firmware = [(memory_map.FIRMWARE_BASE, bench.compile("echo"))]
    code = run(
        bench.simulator,
        firmware,
        MOST_CYCLES,
        lambda _: None,
        reports.append,
        on_terminal=dialogue.start,
    )
    assert code == 0, f"{len(dialogue.heard)} bytes came back"
    dialogue.join()
    return reports


def test_every_byte_goes_in_and_out_unchanged_and_none_is_lost(sdram_bench: Bench) -> None:
    # Far more than the UART's FIFO holds, and every value that a terminal could meddle with.
    data = bytes(range(1, 256)) * 8
    dialogue = Dialogue(data)
    echo(sdram_bench, dialogue)
    assert dialogue.heard == bytes((byte + 1) % 256 for byte in data)


def test_clock_stands_still_until_a_program_opens_the_terminal(sdram_bench: Bench) -> None:
    dialogue = Dialogue(b"a", idle=2)
    reports = echo(sdram_bench, dialogue)
    assert dialogue.heard == b"b"
    # A second of simulation, and not two.
    assert reports[-1].cycles < 1_000_000


def test_what_a_program_sends_last_is_heard_after_the_end_of_its_run(sdram_bench: Bench) -> None:
    heard = [b""]

    def listen(name: str) -> None:
        terminal = os.open(name, os.O_RDWR | os.O_NOCTTY)
        time.sleep(1)  # the run has long come to its end
        while len(heard[0]) < len("00000001\n00000000\n"):
            ready, _, _ = select.select([terminal], [], [], SECONDS)
            assert ready
            heard[0] += os.read(terminal, 4096)
        os.close(terminal)

    threads: list[threading.Thread] = []

    def start(name: str) -> None:
        threads.append(threading.Thread(target=listen, args=(name,), daemon=True))
        threads[0].start()

    image = (1).to_bytes(4, "little")
    loads = [
        (memory_map.FIRMWARE_BASE, sdram_bench.compile("preload")),
        (memory_map.IMAGE_BASE, image),
    ]
    assert run(sdram_bench.simulator, loads, MOST_CYCLES, lambda _: None, on_terminal=start) == 0
    threads[0].join(SECONDS)
    assert heard[0] == b"00000001\n00000000\n"


def test_uart_has_two_places_to_go_to(sdram_bench: Bench) -> None:
    done = subprocess.run(
        [str(sdram_bench.simulator.binary), "--uart", "printer"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == STATUS_SETUP_ERROR
    assert "--uart needs stdout or pty, not printer" in done.stderr


def test_simulator_ends_with_the_program_that_started_it(sdram_bench: Bench) -> None:
    # A shell that ends leaves the simulator, which nobody talks to, without its parent.
    command = f"'{sdram_bench.simulator.binary}' --uart pty & sleep 0.5"
    shell = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=True, timeout=SECONDS
    )
    assert "is gone" in shell.stderr
