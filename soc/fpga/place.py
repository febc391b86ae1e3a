"""Runs nextpnr; a design that is too large becomes an error that names the resource."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from soc.errors import ToolError
from soc.fpga.report import overflow
from soc.toolchain import run

REPORT = "report.json"
LOG = "nextpnr.log"

OUTPUTS = ("--report", REPORT, "--log", LOG, "--quiet")


def place(subject: str, command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
    """Run nextpnr in `folder`, which gets REPORT and LOG; `subject` is "the SoC does not fit X"."""
    try:
        run([*command, *OUTPUTS], cwd=folder, env=environment)
    except ToolError as error:
        log = folder / LOG
        reason = overflow(log.read_text() if log.exists() else "")
        if reason is None:
            raise
        raise ToolError(f"{subject}: {reason}") from error
