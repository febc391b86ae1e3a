"""A runner that looks for USB ids finds the terminal, and nothing of it is changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RUNNER = """\
import sys
from helper import NAME
from serial.tools import list_ports

found = [p for p in list_ports.comports(True) if p.vid]
port = next(p for p in found if (p.vid, p.pid) == (0x0483, 0x374B))
print(NAME, __name__, port.device, port.description, sys.argv[1:])
"""


def run(repository: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dwpw.mlperf.present", *map(str, arguments)]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def test_terminal_is_listed_with_the_ids_of_the_reference_board(
    repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text(RUNNER)
    (tmp_path / "helper.py").write_text("NAME = 'runner'\n")
    done = run(repository, "/dev/pts/77", tmp_path / "main.py", "--mode", "a")
    assert done.stdout == ("runner __main__ /dev/pts/77 dwpw mlperf --pty ['--mode', 'a']\n"), (
        done.stderr
    )


def test_missing_program_is_a_line_of_usage(repository: Path) -> None:
    done = run(repository, "/dev/pts/77")
    assert done.returncode == 1
    assert done.stderr == "usage: python -m dwpw.mlperf.present PORT main.py [ARGUMENT...]\n"
