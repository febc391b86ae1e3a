"""One run behind a serial line: what `dwpw load` and `dwpw compare --on` have in common."""

from __future__ import annotations

from rich.console import Console

from dwpw.console.options import progress_console
from dwpw.console.prepare import Prepared
from dwpw.console.progress import build_steps
from dwpw.console.upload import UploadDisplay
from dwpw.jobs import whole_run
from dwpw.machine import Program
from dwpw.plan.image import require_fit
from dwpw.runlog import Measurement
from dwpw.serialport.endpoint import Endpoint, board_endpoint, simulated_endpoint
from dwpw.serialport.line import SerialLine, timing_of
from dwpw.serialport.runner import SerialRunner
from dwpw.target.target import Target


def find_endpoint(
    board: str | None, target: Target, console: Console, program: Program | None = None
) -> Endpoint:
    """The board with that target, or without one its simulated SoC."""
    with build_steps(console) as step:
        if board is None:
            return simulated_endpoint(target, step, program)
        return board_endpoint(board, target, step, program)


def measure_on_port(
    prepared: Prepared, endpoint: Endpoint, port: str, baud: int | None
) -> Measurement:
    """Upload and run the only job over `port`, then the same inference measured as a whole."""
    (job,) = prepared.jobs
    require_fit(job.plan, job.image, endpoint.memory_bytes)
    clock_hz = endpoint.target.clock_hz
    logs = []
    with SerialLine(port, baud or endpoint.baud) as line:
        # The upload is repeated, because the BIOS between the two runs tests the memory.
        for run in (job, whole_run(job)):
            display = UploadDisplay(progress_console(), run)
            runner = SerialRunner(
                line, timing_of(port), endpoint.firmware, clock_hz, display.on_upload
            )
            with display:
                logs.append(runner.run(run, display.observer))
    return Measurement(*logs)
