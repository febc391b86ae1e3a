"""Examines the machine: programs, headers and Python packages against what the project pins."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from dwpw.paths import FILES

COMMAND_SECONDS = 20
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for.

    found, wanted: versions, empty when absent or when any will do.
    needed: whether nothing works without it; remedy: the command that installs it.
    """

    name: str
    found: str
    wanted: str
    satisfied: bool
    needed: bool
    purpose: str
    remedy: str


@dataclass(frozen=True)
class Probe:
    """A command that succeeds when a thing is there; `package` is Debian's name."""

    name: str
    package: str
    purpose: str
    needed: bool
    command: tuple[str, ...]


SYSTEM_PACKAGES = FILES / "scripts" / "system_packages.txt"
"""What `make` installs and the doctor looks for."""

REQUIREMENT = re.compile(r"([A-Za-z0-9_.-]+)==([^\s;]+)")


def examine() -> list[Finding]:
    """Everything, in the order in which a build needs it."""
    return [_python(), *(_probe(probe) for probe in system_probes()), *_packages()]


def system_probes() -> list[Probe]:
    """The records of SYSTEM_PACKAGES."""
    lines = SYSTEM_PACKAGES.read_text().splitlines()
    return [_parse_probe(line) for line in lines if line and not line.startswith("#")]


def _parse_probe(line: str) -> Probe:
    name, package, purpose, needed_for, command = (field.strip() for field in line.split("|"))
    return Probe(name, package, purpose, needed_for == "all", tuple(shlex.split(command)))


def _python() -> Finding:
    return Finding(
        name="python",
        found=".".join(map(str, sys.version_info[:3])),
        wanted=f"{'.'.join(map(str, OLDEST_PYTHON))} or newer",
        satisfied=sys.version_info >= OLDEST_PYTHON,
        needed=True,
        purpose="everything",
        remedy=_apt("python3-venv"),
    )


def _apt(*packages: str) -> str:
    return f"sudo apt-get install {' '.join(packages)}"


def _probe(probe: Probe) -> Finding:
    output = _output(probe.command)
    return Finding(
        name=probe.name,
        found="" if output is None else _first_version(output),
        wanted="",
        satisfied=output is not None,
        needed=probe.needed,
        purpose=probe.purpose,
        remedy=_apt(probe.package),
    )


def _output(command: Sequence[str]) -> str | None:
    """What a command prints, None when it is missing or fails."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _first_version(text: str) -> str:
    """The last dotted number of the first line, where GNU programs have their version."""
    lines = text.strip().splitlines()
    numbers = re.findall(r"\d+(?:\.\d+)+", lines[0]) if lines else []
    return numbers[-1] if numbers else "present"


def _packages() -> list[Finding]:
    """Python packages against the pins of pyproject.toml."""
    project = tomllib.loads((FILES / "pyproject.toml").read_text())["project"]
    findings = [_package(line, "") for line in project["dependencies"]]
    for extra, lines in project.get("optional-dependencies", {}).items():
        findings += [_package(line, extra) for line in lines]
    return findings


def _package(requirement: str, extra: str) -> Finding:
    match = REQUIREMENT.match(requirement)
    name, wanted = match.groups() if match else (requirement, "")
    try:
        found = version(name)
    except PackageNotFoundError:
        found = ""
    return Finding(
        name=name,
        found=found,
        wanted=wanted,
        satisfied=bool(found) and wanted in ("", found),
        needed=not extra,
        purpose=f"extra {extra}" if extra else "dwpw",
        remedy=f"make setup    (or: {sys.executable} -m pip install '{requirement}')",
    )
