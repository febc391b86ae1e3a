"""Signals to a real `dwpw`: nothing that it has started or written stays behind."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.marked_process import MarkedProcess

ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]

COMPILER = """#!/bin/sh
if [ "$1" = --version ]; then echo "a compiler that never ends"; exit; fi
while [ $# -gt 0 ]; do if [ "$1" = -o ]; then echo "$2" >"$OUTPUT_NAME"; fi; shift; done
sleep 600 &
wait
"""


def dwpw(*arguments: object, **environment: str) -> MarkedProcess:
    return MarkedProcess([sys.executable, "-m", "dwpw", *map(str, arguments)], **environment)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda one: one.name)
def test_a_signal_ends_a_compiler_and_removes_what_it_was_to_build(
    ending: signal.Signals, tmp_path: Path
) -> None:
    name = tmp_path / "output"
    for program in ("riscv64-unknown-elf-gcc", "riscv64-unknown-elf-objcopy"):
        (tmp_path / program).write_text(COMPILER)
        (tmp_path / program).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    with dwpw("build", "--memory", "ideal", PATH=path, OUTPUT_NAME=str(name)) as running:
        running.wait_for(lambda: name.exists() and name.read_text().endswith("\n"))
        running.process.send_signal(ending)
        status, printed = running.end()
        assert running.children_left() == []
    assert status == 128 + ending
    assert printed.endswith("interrupted\n")
    workplace = Path(name.read_text().strip()).parent
    assert workplace.parent.is_dir()
    assert not workplace.exists()


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda one: one.name)
def test_a_signal_ends_all_simulators_and_removes_their_folders(
    ending: signal.Signals, repository: Path, tmp_path: Path
) -> None:
    model = repository / "models" / "fashion_mobilenet_v1_025_96.tflite"
    command = ("compare", model, "--memory", "ideal", "--kernels", "reference,scalar")

    def simulating() -> bool:
        commands = (Path(f"/proc/{child}/cmdline") for child in running.children())
        return any(b"dwpw-sim-" in path.read_bytes() for path in commands if path.exists())

    with dwpw(*command, TMPDIR=str(tmp_path)) as running:
        running.wait_for(simulating)
        running.process.send_signal(ending)
        status, printed = running.end()
        assert running.children_left() == []
    assert status == 128 + ending
    assert printed.endswith("interrupted\n")
    assert list(tmp_path.iterdir()) == []
