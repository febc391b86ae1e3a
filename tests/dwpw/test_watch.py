"""`dwpw compare --watch`: a save starts a run, whose result is held against the one before."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from dwpw.cli import cli
from dwpw.watch import Watched
from soc.paths import REPOSITORY
from tests.support.marked_process import MarkedProcess

WATCHER = """
import json, sys
from pathlib import Path
from dwpw.cli import cli
from dwpw.watch import Watched, watch
from soc.processes import end_children_on_signals

end_children_on_signals()
command, folder, result = json.loads(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
say = lambda text: print(text, flush=True)
watch(command, Watched((folder,), (folder / "model.tflite",)), say, result)
"""

FAKE_COMPARISON = """
import json, sys, time
from pathlib import Path

json_file = Path(sys.argv[sys.argv.index("--json") + 1])
source = Path(sys.argv[1]).read_text()
since = None
if "--since" in sys.argv:
    since = json.loads(Path(sys.argv[sys.argv.index("--since") + 1]).read_text())["cycles"]
if source == "hangs":
    print("hanging", flush=True)
    time.sleep(1000)
if source == "broken":
    sys.exit("error: does not compile")
cycles, exact = source.split()
json_file.write_text(json.dumps({"cycles": cycles, "runs": [{"exact": exact == "exact"}]}))
print(f"ran {cycles} since {since}", flush=True)
"""
"""In place of `dwpw compare`: its source says how many cycles there are, and whether exactly."""


def logged(command: list[str], log: Path) -> MarkedProcess:
    """The running command, which writes all that it says to a file: that can be read meanwhile."""
    log.touch()
    return MarkedProcess(
        ["sh", "-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', "sh", str(log), *command]
    )


class Watching:
    """A running watcher with its source; `said` is everything printed so far."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "sources" / "kernel.c"
        self.source.parent.mkdir()
        self.source.write_text("100 exact")
        self.result = folder / "result.json"
        (folder / "fake.py").write_text(FAKE_COMPARISON)
        command = [sys.executable, str(folder / "fake.py"), str(self.source)]
        self._log = folder / "log"
        watcher = [sys.executable, "-c", WATCHER, json.dumps(command), str(self.source.parent)]
        self.running = logged([*watcher, str(self.result)], self._log)

    @property
    def said(self) -> str:
        return self._log.read_text()

    def wait_for(self, text: str, times: int = 1) -> None:
        """Until it has said so, so many times."""
        self.running.wait_for(lambda: self.said.count(text) >= times)

    def save(self, text: str) -> None:
        """As editors do: a new file takes the old one's place."""
        new = self.source.with_suffix(".c~")
        new.write_text(text)
        new.replace(self.source)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    """A watcher whose first run has ended."""
    watching = Watching(tmp_path)
    with watching.running:
        watching.wait_for("waiting for a source to be saved")
        yield watching


def test_a_save_starts_a_run_that_is_held_against_the_one_before(watching):
    assert "ran 100 since None" in watching.said
    watching.save("90 exact")
    watching.wait_for("ran 90 since 100")
    assert "saved: kernel.c" in watching.said
    watching.wait_for("waiting for a source to be saved", times=2)
    watching.save("95 exact")
    watching.wait_for("ran 95 since 90")


def test_each_result_goes_to_the_file_that_was_asked_for(watching):
    assert json.loads(watching.result.read_text())["cycles"] == "100"
    watching.save("90 exact")
    watching.wait_for("waiting for a source to be saved", times=2)
    assert json.loads(watching.result.read_text())["cycles"] == "90"


def test_an_error_is_shown_and_the_next_save_is_held_against_the_run_before_it(watching):
    watching.save("broken")
    watching.wait_for("error: does not compile")
    watching.wait_for("waiting for a source to be saved", times=2)
    watching.save("80 exact")
    watching.wait_for("ran 80 since 100")


def test_nothing_is_held_against_a_run_whose_tensors_differ(watching):
    watching.save("70 differs")
    watching.wait_for("ran 70 since 100")
    watching.wait_for("waiting for a source to be saved", times=2)
    watching.save("60 exact")
    watching.wait_for("ran 60 since 100")


def test_a_save_ends_a_run_that_is_under_way(watching):
    watching.save("hangs")
    watching.wait_for("hanging")
    watching.save("50 exact")
    watching.wait_for("ran 50 since 100")
    assert len(watching.running.children()) <= 1


def test_files_that_are_no_sources_start_nothing(watching):
    (watching.source.parent / "notes.txt").write_text("90 exact")
    (watching.source.parent / "kernel.o").write_text("90 exact")
    watching.save("40 exact")
    watching.wait_for("ran 40 since 100")
    assert watching.said.count("saved: ") == 1


def test_ctrl_c_ends_it_with_the_run_that_is_under_way(watching):
    watching.save("hangs")
    watching.wait_for("hanging")
    watching.running.process.send_signal(signal.SIGINT)
    watching.running.end()
    assert watching.running.children_left() == []
    assert "waiting for a source to be saved" in watching.said


def test_the_command_itself_watches_the_model_too(model_path: Path, tmp_path: Path):
    log, result = tmp_path / "log", tmp_path / "result.json"
    command = (
        f"{sys.executable} -m dwpw compare --watch {model_path} --kernels simd --json {result}"
    )
    with MarkedProcess(["sh", "-c", f"exec {command} >{log} 2>&1"]) as running:
        running.wait_for(lambda: "waiting for a source" in log.read_text())
        assert json.loads(result.read_text())["runs"][0]["exact"]
        model_path.write_bytes(model_path.read_bytes())
        running.wait_for(lambda: "since then" in log.read_text())
        running.process.send_signal(signal.SIGINT)
        status, _ = running.end()
    assert status == 128 + signal.SIGINT
    assert "saved: every.tflite" in log.read_text()
    assert "simd since then: not a cycle more or less, in any layer." in log.read_text()
    assert "Traceback" not in log.read_text()


def test_watching_a_board_is_refused(model_path: Path):
    result = CliRunner().invoke(cli, ["compare", str(model_path), "--on", "x", "--watch"])
    assert result.exit_code == 2
    assert "--watch and --since are about simulated runs, without --on" in result.output


def test_sources_of_every_room_and_the_model_are_watched(tmp_path: Path):
    model = tmp_path / "model.tflite"
    watched = Watched.of([tmp_path / "unit"], [model])
    seen = [
        REPOSITORY / "firmware" / "kernels" / "simd" / "average.c",
        REPOSITORY / "rtl_ext" / "top.py",
        tmp_path / "unit" / "own.py",
        model,
    ]
    unseen = [REPOSITORY / "build" / "x.c", REPOSITORY / "rtl_ext" / "__pycache__" / "top.pyc"]
    unseen += [tmp_path / "other.tflite", tmp_path / "other" / "a.py"]
    changes = {(1, str(path)) for path in [*seen, *unseen]}
    assert watched.saved(changes) == sorted(seen)
    assert tmp_path in watched.roots
