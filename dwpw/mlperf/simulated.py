"""The benchmark's firmware on the simulated SoC, its UART at a pseudo-terminal."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from dwpw.errors import UserError
from dwpw.mlperf.client import Device
from dwpw.mlperf.relay import Relay
from dwpw.serialport.line import SIMULATOR, SerialLine
from soc import memory_map
from soc.config import DEFAULT_BAUD
from soc.sim.simulate import Progress
from soc.sim.simulate import run as simulate
from soc.sim.simulator import Simulator

Session = Callable[[str, Callable[[], int]], None]
"""What is done with the device: given the simulator's terminal, and the cycles simulated so far."""


class _Over(Exception):
    """The session has ended; ends the simulator."""


@dataclass
class _Running:
    """What the threads of a session tell one another.

    over: the session is; ended: the simulator is.
    """

    cycles: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None


def run_session(simulator: Simulator, firmware: bytes, image: bytes, session: Session) -> None:
    """Start the firmware, wait until it is ready, and simulate until `session` returns."""
    running = _Running()

    def converse(terminal: str) -> None:
        try:
            with SerialLine(terminal, DEFAULT_BAUD) as line:
                Device(line, SIMULATOR.connect).wait_until_ready()
            session(terminal, lambda: running.cycles)
        except Exception as error:  # belongs to the caller's thread
            running.failure = error
        finally:
            running.over.set()
            # Only while its terminal is open does the simulator say how it goes on, and hear that
            # it is over.
            held = os.open(terminal, os.O_RDWR | os.O_NOCTTY)
            running.ended.wait()
            os.close(held)

    def on_terminal(terminal: str) -> None:
        threading.Thread(target=converse, args=(terminal,), daemon=True).start()

    def on_progress(progress: Progress) -> None:
        running.cycles = progress.cycles
        if running.over.is_set():
            raise _Over

    loads = [(memory_map.FIRMWARE_BASE, firmware), (memory_map.IMAGE_BASE, image)]
    try:
        status = simulate(
            simulator, loads, None, lambda _: None, on_progress, on_terminal=on_terminal
        )
        raise UserError(f"the simulated SoC has ended with status {status}")
    except _Over:
        if running.failure is not None:
            raise running.failure from None
    finally:
        running.ended.set()


def serve(on_terminal: Callable[[str], None]) -> Session:
    """A session for any number of runners; it has no end of its own.

    on_terminal: told the name of the terminal that they open.
    """

    def session(simulator: str, cycles: Callable[[], int]) -> None:
        relay = Relay(simulator, lambda: f"{cycles():,} cycles simulated")
        on_terminal(relay.name)
        relay.run()

    return session
