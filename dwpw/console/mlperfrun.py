"""What `dwpw mlperf` does with the benchmark's firmware: simulate it, or load it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import click

from dwpw.console.options import progress_console
from dwpw.console.progress import PlainLines, build_steps
from dwpw.console.serialrun import find_endpoint
from dwpw.errors import UserError
from dwpw.machine import SERIAL_PLATFORM, Program, build_firmware
from dwpw.mlperf.benchmark import Settings
from dwpw.mlperf.client import Device, Lap
from dwpw.mlperf.firmware import mlperf_program
from dwpw.mlperf.sample import Sample, random_sample
from dwpw.mlperf.simulated import Session, run_session, serve
from dwpw.paths import BUILD_ROOT
from dwpw.plan.image import require_fit
from dwpw.plan.planner import Plan
from dwpw.serialport.line import Line, SerialLine, timing_of
from dwpw.serialport.protocol import Loader
from dwpw.target.target import Target
from soc import memory_map
from soc.boards.entry import Board
from soc.boards.find import find_board
from soc.config import DEFAULT_BAUD
from soc.sim.simulator import build_simulator

ANSWER_SECONDS = 3600.0
"""For `infer`, of which nothing comes until it is over; a simulator takes its time."""


@dataclass(frozen=True)
class DeviceUnderTest:
    """What is put on a SoC.

    infer: inferences to measure here; None leaves that to a runner.
    """

    plan: Plan
    image: bytes
    settings: Settings
    infer: int | None

    @property
    def program(self) -> Program:
        """Its firmware."""
        return mlperf_program(self.settings)


def simulate_device(device: DeviceUnderTest, board: str | None) -> None:
    """Until the user ends it, or the measurement is over."""
    target = replace(device.plan.target, clock_hz=_clock(device.plan.target, board))
    with build_steps(progress_console()) as step:
        simulator = build_simulator(target.soc_config(), BUILD_ROOT, step)
        firmware = build_firmware(
            simulator, target, step, platform=SERIAL_PLATFORM, program=device.program
        )
        step("starting the firmware")
    run_session(simulator, firmware.read_bytes(), device.image, _session(device, target))


def load_device(device: DeviceUnderTest, board: str | None, port: str, baud: int | None) -> None:
    """Upload over LiteX's boot protocol, and start."""
    endpoint = find_endpoint(board, device.plan.target, progress_console(), device.program)
    require_fit(device.plan, device.image, endpoint.memory_bytes)
    rate = baud or endpoint.baud
    with SerialLine(port, rate) as line:
        _upload(line, endpoint.firmware, device.image)
        Device(line, timing_of(port).connect).wait_until_ready()
        if device.infer is not None:
            _measure(device, line, f"{endpoint.name} at {endpoint.target.clock_hz / 1e6:g} MHz")
            return
    click.echo(f"ready: {device.settings.model_id} at {port}, {rate} baud")


def _clock(target: Target, board: str | None) -> int:
    """Of the simulated SoC."""
    if board is None:
        return target.clock_hz
    entry = find_board(board)
    if not isinstance(entry, Board):
        raise UserError(
            f"{board}: its clock is known to litex_boards only: leave out --board, or --pty"
        )
    return entry.clock_hz


def _session(device: DeviceUnderTest, target: Target) -> Session:
    """What happens at the simulated SoC."""
    if device.infer is None:
        return serve(lambda name: _announce(device, name))

    def measure(terminal: str, _cycles: Callable[[], int]) -> None:
        with SerialLine(terminal, DEFAULT_BAUD) as line:
            _measure(device, line, f"the simulated SoC at {target.clock_hz / 1e6:g} MHz")

    return measure


def _announce(device: DeviceUnderTest, name: str) -> None:
    click.echo(f"terminal: {name}")
    click.echo(
        f"answers as {device.settings.model_id}; start the benchmark's runner on that port;"
        " here Ctrl-C ends it",
        err=True,
    )


def _upload(line: Line, firmware: bytes, image: bytes) -> None:
    lines = PlainLines(progress_console())
    total, sent = len(firmware) + len(image), 0

    def on_bytes(brought: int) -> None:
        nonlocal sent
        sent += brought
        lines.say_now_and_then(f"uploading: {sent:,} of {total:,} bytes")

    loader = Loader(line, timing_of(line.name))
    loader.connect()
    loader.load(memory_map.FIRMWARE_BASE, firmware, on_bytes)
    loader.load(memory_map.IMAGE_BASE, image, on_bytes)
    loader.jump(memory_map.FIRMWARE_BASE)


def _measure(device: DeviceUnderTest, line: Line, where: str) -> None:
    """Load an input, run, check the answer, and print what a runner would."""
    graph = device.plan.graph
    sample = random_sample(graph, device.settings)
    lines = PlainLines(progress_console())
    lines.say(f"loading {len(sample.content):,} bytes of input")
    client = Device(line, ANSWER_SECONDS)
    client.load(sample.content)
    lines.say(f"{device.infer} inferences")
    lap = client.infer(device.infer, warm_ups=1)
    print_lap(graph.path.name, device, sample, lap, where)


def print_lap(model: str, device: DeviceUnderTest, sample: Sample, lap: Lap, where: str) -> None:
    """A number only where the answer is right."""
    if not sample.agrees(lap.results):
        raise UserError(
            f"{model}: the device answers {lap.results[:4]}..., where TFLite computes"
            f" {sample.results[:4]}...: no throughput is told of a wrong result"
        )
    click.echo(
        f"{model} as {device.settings.model_id}, kernels {device.plan.kernel_set.name}, {where}:"
    )
    click.echo(
        f"  {lap.inferences} inferences in {lap.microseconds:,} us:"
        f" {lap.per_second:.3f} inferences per second; the results are TFLite's"
    )
