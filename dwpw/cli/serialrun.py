"""One run behind a serial line: what `dwpw load` and `dwpw compare --on` have in common."""

from __future__ import annotations

from rich.console import Console

from dwpw.cli.options import progress_console
from dwpw.cli.prepare import Prepared
from dwpw.cli.progress import build_steps
from dwpw.cli.upload import UploadDisplay
from dwpw.image.pack import require_fit
from dwpw.load.line import SerialLine, timing_of
from dwpw.load.runner import SerialRunner
from dwpw.load.target import Target, board_target, simulated_target
from dwpw.run import whole_run
from dwpw.runlog import Measurement
from soc.config import SocConfig


def serial_target(board: str | None, config: SocConfig, console: Console) -> Target:
    """The board, or without one the simulated SoC with that configuration."""
    with build_steps(console) as step:
        return board_target(board, step) if board else simulated_target(config, step)


def measure_on_port(prepared: Prepared, target: Target, port: str, baud: int | None) -> Measurement:
    """Upload and run the only job over `port`, then the same inference measured as a whole."""
    (job,) = prepared.jobs
    require_fit(job.plan, job.image, target.memory_bytes)
    logs = []
    with SerialLine(port, baud or target.baud) as line:
        # The upload is repeated, because the BIOS between the two runs tests the memory.
        for run in (job, whole_run(job)):
            display = UploadDisplay(progress_console(), run)
            runner = SerialRunner(
                line, timing_of(port), target.firmware, target.clock_hz, display.on_upload
            )
            with display:
                logs.append(runner.run(run, display.observer))
    return Measurement(*logs)
