"""The status of a real `dwpw` when the system refuses something: 2 and one line, never 1.

1 says that a tensor differs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dwpw.machine import build_machine
from soc.cache import cached
from soc.errors import ToolError
from soc.scratch import scratch_folder
from tests.support.targets import TARGET

DWPW = f"{sys.executable} -m dwpw"


def shell(text: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["bash", "-c", text], env=os.environ | environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_a_full_temporary_folder_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ToolError) as caught, scratch_folder("dwpw-", {"/dev/full": b"x"}):
        pass
    assert str(caught.value) == (
        f"{tmp_path}: temporary files cannot be written: No space left on device;"
        " free some room there, or name another folder: TMPDIR=FOLDER dwpw ..."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_full_build_folder_is_named(tmp_path: Path) -> None:
    def build(_: Path) -> None:
        Path("/dev/full").write_bytes(b"x")

    with pytest.raises(ToolError) as caught:
        cached(tmp_path, "thing", {}, build)
    assert str(caught.value) == f"{tmp_path}: cannot be built into: No space left on device"


def test_results_that_do_not_fit_where_they_go_end_with_2() -> None:
    done = shell(f"{DWPW} --version >/dev/full")
    assert done.returncode == 2


@pytest.mark.parametrize("command", ["doctor", "compare --help"])
def test_output_on_a_full_disk_ends_with_2_and_one_line(command: str) -> None:
    done = shell(f"{DWPW} {command} >/dev/full")
    assert done.returncode == 2
    assert done.stderr.startswith("error: No space left on device; free some room")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_has_seen_enough_ends_the_command_as_it_ends_others() -> None:
    done = shell(f"{DWPW} doctor | true; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, done.stderr) == (128 + 13, "")


def test_a_run_without_room_for_its_files_ends_with_2_and_one_line(repository: Path) -> None:
    model = repository / "models" / "fashion_mobilenet_v1_025_96.tflite"
    build_machine(TARGET.with_memory("ideal"), print)
    limit = "ulimit -f 100"  # KB that any file may grow to: less than the image has
    done = shell(f"{limit}; {DWPW} sim {model} --memory ideal --kernels simd")
    assert done.returncode == 2, done.stderr
    assert "temporary files cannot be written: File too large" in done.stderr
    assert done.stderr.count("\n") == 1
