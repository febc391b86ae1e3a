"""One run behind a serial line: what `dwpw load` and `dwpw compare --on` have in common."""

from __future__ import annotations

from rich.console import Console

from dwpw.cli.options import progress_console
from dwpw.cli.prepare import Prepared
from dwpw.cli.progress import build_steps
from dwpw.cli.upload import UploadDisplay
from dwpw.load.endpoint import Endpoint, board_endpoint, simulated_endpoint
from dwpw.load.line import SerialLine, timing_of
from dwpw.load.runner import SerialRunner
from dwpw.plan.image import require_fit
from dwpw.runlog import RunLog
from dwpw.target.target import Target


def find_endpoint(board: str | None, target: Target, console: Console) -> Endpoint:
    """The board with that target, or without one its simulated SoC."""
    with build_steps(console) as step:
        return board_endpoint(board, target, step) if board else simulated_endpoint(target, step)


def run_on_port(prepared: Prepared, endpoint: Endpoint, port: str, baud: int | None) -> RunLog:
    """Upload the only job over `port`, run it, and give its log."""
    (job,) = prepared.jobs
    require_fit(job.plan, job.image, endpoint.memory_bytes)
    display = UploadDisplay(progress_console(), len(job.plan.operators))
    with SerialLine(port, baud or endpoint.baud) as line, display:
        runner = SerialRunner(
            line, timing_of(port), endpoint.firmware, endpoint.target.clock_hz, display.on_upload
        )
        return runner.run(job, display.observer)
