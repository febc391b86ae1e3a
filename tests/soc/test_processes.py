"""No child outlives the command that started it, whichever signal ends that."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from soc.errors import ToolError
from soc.processes import child
from tests.support.marked_process import MarkedProcess

ENDINGS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]

# Two threads, each waiting for a program that has started another one, and a cache entry that is
# being built meanwhile.
COMMAND = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from soc.cache import cached
from soc.processes import end_children_on_signals
from soc.scratch import scratch_folder
from soc.toolchain import run

def build(folder):
    with scratch_folder("threads-"), ThreadPoolExecutor(2) as pool:
        list(pool.map(run, 4 * [["sh", "-c", sys.argv[2]]]))

end_children_on_signals()
cached(Path(sys.argv[1]), "thing", {}, build)
"""

OBEDIENT = "sleep 600 & sleep 600 & wait"
STUBBORN = "trap '' TERM HUP INT; sleep 600 & sleep 600 & wait"


def building(folder: Path, shell: str) -> MarkedProcess:
    """A process with two shells and their four children at work."""
    (folder / "tmp").mkdir()
    command = [sys.executable, "-c", COMMAND, str(folder / "build"), shell]
    return MarkedProcess(command, TMPDIR=str(folder / "tmp"))


@pytest.mark.parametrize(
    ("shell", "ending"),
    [
        *(pytest.param(OBEDIENT, one, id=f"obedient-{one.name}") for one in ENDINGS),
        # Who does not listen is waited for.
        pytest.param(STUBBORN, ENDINGS[0], id=f"stubborn-{ENDINGS[0].name}"),
        *(
            pytest.param(STUBBORN, one, id=f"stubborn-{one.name}", marks=pytest.mark.full)
            for one in ENDINGS[1:]
        ),
    ],
)
def test_a_signal_ends_what_threads_have_started_and_removes_folders(
    ending: signal.Signals, shell: str, tmp_path: Path
) -> None:
    with building(tmp_path, shell) as running:
        running.wait_for(lambda: len(running.children()) == 6)
        running.process.send_signal(ending)
        status, printed = running.end()
        assert status != 0
        assert "KeyboardInterrupt" in printed
        assert running.children_left() == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert [path.name for path in (tmp_path / "build").iterdir() if path.is_dir()] == []


def test_a_second_signal_does_not_stop_the_cleaning_up(tmp_path: Path) -> None:
    with building(tmp_path, STUBBORN) as running:
        running.wait_for(lambda: len(running.children()) == 6)
        running.process.send_signal(signal.SIGINT)
        running.process.send_signal(signal.SIGTERM)
        running.end()
        assert running.children_left() == []
    assert list((tmp_path / "tmp").iterdir()) == []


INTERRUPTED_WHILE_STARTING = """
import os, signal, subprocess, sys
from soc.processes import child, end_children_on_signals

class Slow(subprocess.Popen):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        os.kill(os.getpid(), int(sys.argv[1]))
        print("started")

end_children_on_signals()
subprocess.Popen = Slow
with child(["sleep", "600"]):
    print("never")
"""


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda one: one.name)
def test_a_signal_between_the_start_of_a_child_and_the_knowledge_of_it_loses_none(
    ending: signal.Signals,
) -> None:
    command = [sys.executable, "-c", INTERRUPTED_WHILE_STARTING, str(int(ending))]
    with MarkedProcess(command) as running:
        status, printed = running.end()
        assert running.children_left() == []
    assert status != 0
    assert "KeyboardInterrupt" in printed
    assert "never" not in printed


def test_a_child_has_ended_when_its_block_is_left_by_an_error() -> None:
    with pytest.raises(ZeroDivisionError), child(["sleep", "600"]) as process:
        raise ZeroDivisionError
    assert process.poll() is not None


def test_a_program_may_be_sent_bytes_and_answer_with_bytes() -> None:
    with child(["cat"], stdin=subprocess.PIPE, text=False) as process:
        process.stdin.write(b"\xff\0")
        process.stdin.close()
        assert process.stdout.read() == b"\xff\0"


def test_a_program_that_cannot_be_started_is_named() -> None:
    with pytest.raises(ToolError) as caught, child(["/none/such"]):
        pass
    assert str(caught.value) == "/none/such: cannot be started: No such file or directory"


THREAD_INTERRUPTED = """
import signal, threading, time
from soc.processes import end_children_on_signals

def interrupt_this_thread():
    time.sleep(0.3)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

end_children_on_signals()
threading.Thread(target=interrupt_this_thread, daemon=True).start()
lock = threading.Lock()
lock.acquire()
lock.acquire()
"""


def test_a_signal_that_another_thread_gets_ends_a_main_thread_that_waits_for_a_lock() -> None:
    with MarkedProcess([sys.executable, "-c", THREAD_INTERRUPTED]) as running:
        status, printed = running.end()
    assert status != 0
    assert "KeyboardInterrupt" in printed
