"""One run behind a serial line: what `dwpw load` and `dwpw compare --on` have in common."""

from __future__ import annotations

from rich.console import Console

from dwpw.cli.options import progress_console
from dwpw.cli.prepare import Prepared
from dwpw.cli.progress import build_steps
from dwpw.cli.upload import UploadDisplay
from dwpw.load.line import SerialLine, timing_of
from dwpw.load.runner import SerialRunner
from dwpw.load.target import Target, board_target, simulated_target
from dwpw.plan.image import require_fit
from dwpw.runlog import RunLog
from soc.config import SocConfig


def serial_target(board: str | None, config: SocConfig, console: Console) -> Target:
    """The board, or without one the simulated SoC with that configuration."""
    with build_steps(console) as step:
        return board_target(board, step) if board else simulated_target(config, step)


def run_on_port(prepared: Prepared, target: Target, port: str, baud: int | None) -> RunLog:
    """Upload the only job over `port`, run it, and give its log."""
    (job,) = prepared.jobs
    require_fit(job.plan, job.image, target.memory_bytes)
    display = UploadDisplay(progress_console(), len(job.plan.operators))
    with SerialLine(port, baud or target.baud) as line, display:
        runner = SerialRunner(
            line, timing_of(port), target.firmware, target.clock_hz, display.on_upload
        )
        return runner.run(job, display.observer)
