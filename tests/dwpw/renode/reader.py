"""Reads the little of Renode's two languages that `dwpw renode` writes, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

ENTRY = re.compile(r"^(\w+): ([\w.]+) @ sysbus(?: (0x[0-9a-f]+))?$")
PROPERTY = re.compile(r"^    (\w+): (0x[0-9a-f]+|\d+)$")
CONNECTION = re.compile(r"^    -> (\w+)@(\d+)$")

COMMANDS = (
    r'mach create "dwpw"',
    r"machine LoadPlatformDescription (\S+)",
    r'machine PyDevFromFile (\S+) (0x[0-9a-f]+) (0x[0-9a-f]+) False "sim_control"',
    r"include (\S+)",
    r"sysbus.cpu InstallDwpwUnits (\S+)",
    r"sysbus SilenceRange <(0x[0-9a-f]+) (0x[0-9a-f]+)>",
    r"sysbus LoadBinary (\S+) (0x[0-9a-f]+)",
    r"sysbus.uart CreateFileBackend (\S+) true",
    r"cpu PC (0x[0-9a-f]+)",
    r"start",
    r"python",
    r"pause",
    r"quit",
)
"""Of the monitor; all were seen to work in a real one."""


@dataclass(frozen=True)
class Entry:
    """An entry of a platform: its type, where it lies, its numbers, and the CPU's interrupt."""

    kind: str
    address: int | None
    numbers: dict[str, int] = field(default_factory=dict)
    interrupt: int | None = None


def read_repl(text: str) -> dict[str, Entry]:
    """The entries by name; ValueError for a line that is none of the language."""
    found: dict[str, Entry] = {}
    name = ""
    for line in text.splitlines():
        if not line or line.startswith("//"):
            continue
        if match := ENTRY.match(line):
            name = match[1]
            found[name] = Entry(match[2], int(match[3], 16) if match[3] else None)
        elif match := PROPERTY.match(line):
            found[name].numbers[match[1]] = int(match[2], 0)
        elif match := CONNECTION.match(line):
            entry = found[name]
            found[name] = Entry(entry.kind, entry.address, entry.numbers, int(match[2]))
        else:
            raise ValueError(f"no line of a platform: {line}")
    return found


@dataclass(frozen=True)
class Script:
    """What a script does.

    commands: each with its arguments, in order; python: the block that follows `python`.
    """

    commands: list[tuple[str, ...]]
    python: str

    def arguments(self, start: str) -> list[tuple[str, ...]]:
        """Of every command that starts so."""
        return [words[1:] for words in self.commands if words[0].startswith(start)]


def read_resc(text: str) -> Script:
    """ValueError for a line that no monitor was seen to take."""
    outside, python, behind = text.split('"""')
    lines = [*outside.splitlines(), *behind.splitlines()]
    return Script([_command(line) for line in lines if line and line[0] != "#"], python)


def _command(line: str) -> tuple[str, ...]:
    for pattern in COMMANDS:
        if match := re.fullmatch(pattern, line):
            return (line, *match.groups())
    raise ValueError(f"no command of the monitor: {line}")


def in_folder(name: str, folder: Path) -> Path:
    """A file that a script names."""
    start, _, file = name.partition("/")
    if start != "$ORIGIN" or not file:
        raise ValueError(f"not relative to the script: {name}")
    return folder / file
