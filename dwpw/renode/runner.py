"""Runs in an installed Renode."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from dwpw.errors import UserError
from dwpw.jobs import cycle_limit, read_log
from dwpw.renode.export import RenodeRun
from dwpw.runlog import RunLog, parse_line
from soc.processes import child

PROGRAM = "renode"
VARIABLE = "RENODE"
OPTIONS = ("--disable-xwt", "--console", "--plain")

START_SECONDS = 60
SLOWEST_RATE = 5_000_000
"""Instructions per second; Renode has been seen to do ten times as many."""

COMPLAINTS = ("[ERROR]", "There was an error", "Fatal error", "Unhandled exception")
"""What the lines have in them that say why Renode did not do as it was told."""


def find_renode(given: str | None) -> str:
    """The program: `--renode`, the variable RENODE, or from the PATH; `UserError` without any."""
    wanted = given or os.environ.get(VARIABLE) or PROGRAM
    found = shutil.which(wanted)
    if found is None:
        raise UserError(
            f"{wanted}: Renode is not installed: get it from renode.io, or say where it is with"
            f" --renode PATH or {VARIABLE}=PATH"
        )
    return str(Path(found).absolute())


def run_in_renode(program: str, folder: Path, run: RenodeRun) -> RunLog:
    """The log of a run, from the UART's file in the folder; `UserError` unless it is complete.

    Renode's exit status is 0 whatever happens, so the log alone decides.
    """
    uart = folder / run.uart
    uart.unlink(missing_ok=True)  # Renode would move it away
    seconds = START_SECONDS + cycle_limit(run.job.plan.graph) // SLOWEST_RATE
    printed, ending = _start([program, *OPTIONS, run.script], folder, seconds)
    lines = uart.read_text(errors="replace").splitlines() if uart.is_file() else []
    try:
        if not any(line.strip() for line in lines):
            raise UserError("the UART printed nothing")
        return read_log(run.job, [parse_line(line) for line in lines])
    except UserError as error:
        raise UserError(f"{run.script}: {error}; Renode {ending}{_said(printed)}") from error


def _start(command: Sequence[str], folder: Path, seconds: int) -> tuple[str, str]:
    """What Renode has printed, and how it ended."""
    with child(command, cwd=folder, stderr=subprocess.STDOUT) as process:
        try:
            printed, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            printed, _ = process.communicate()
            return printed, f"was ended after {seconds} s"
        return printed, f"ended with exit status {process.returncode}"


def _said(printed: str) -> str:
    """The first complaint, or the last line, of what Renode has printed."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    complaints = [line for line in lines if any(word in line for word in COMPLAINTS)]
    said = (complaints or lines[-1:] or [""])[0]
    return f": {said}" if said else ""
