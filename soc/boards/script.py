"""The build script that LiteX writes into a project: which programs run with which arguments."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from soc.boards.project import NAME

ECP5_ROUTER = "nextpnr-ecp5"

PACKERS = {ECP5_ROUTER: "ecppack", "nextpnr-himbaechel": "gowin_pack"}
"""The place and route tools that we have -> the packer that follows each."""

SHELL_WORDS = ("set", "source", "if", "fi", "else", "then", "export", "cd")
"""First words of lines that start no tool."""


@dataclass(frozen=True)
class BuildScript:
    """Program -> arguments, in the order in which they run; none for a tool without a script."""

    commands: dict[str, list[str]]

    @property
    def router(self) -> str | None:
        """The place and route tool, if it is one of PACKERS."""
        return next((name for name in self.commands if name in PACKERS), None)


def read_script(gateware: Path) -> BuildScript:
    """The script in a project's folder."""
    path = gateware / f"build_{NAME}.sh"
    lines = path.read_text().splitlines() if path.exists() else []
    commands = [words for line in lines if (words := shlex.split(line, comments=True))]
    return BuildScript({words[0]: words[1:] for words in commands if words[0] not in SHELL_WORDS})
