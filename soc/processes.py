"""Child processes that end when we are told to end.

A command calls `end_children_on_signals()` first.  From then on every child leads a process group
of its own, so that a compiler that make has started ends with make, whichever thread waits for it.
Ctrl-C, SIGTERM and SIGHUP ask all groups to end, kill what is still there after GRACE_SECONDS, and
unwind the main thread; threads unwind because their children are gone, and start no others.

A process that has not called it (a test, or `python -m soc.libc`, which is a child itself) leaves
its children in its own group: who ends that group ends them too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from soc.errors import ToolError

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

GRACE_SECONDS = 2.0
"""For compilers to remove their temporary files."""


class _Children:
    """State of this process: whether groups are used, who runs, which signal ended us."""

    def __init__(self) -> None:
        self.own_groups = False
        self.running: set[subprocess.Popen] = set()
        self.being_started = False  # by the main thread: not yet among those that run
        self.ended_by: int | None = None

    def send(self, number: int) -> None:
        """Signal every group that is there."""
        for process in tuple(self.running):
            _signal(process, number)


_children = _Children()


def end_children_on_signals() -> None:
    """Take charge of the signals that end a command; to be called in the main thread."""
    _children.own_groups = True
    for number in ENDING_SIGNALS:
        # `nohup` has SIGHUP ignored, and shells SIGINT of what runs in the background.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)
    signal.signal(signal.SIGALRM, lambda _number, _frame: _children.send(signal.SIGKILL))
    _wake_main_thread_on_signals()


def _wake_main_thread_on_signals() -> None:
    """Have handlers run at once, whichever thread the system has chosen for a signal.

    Python runs them in the main thread.  When that one waits for a lock, and another thread is
    interrupted in its place, it would not notice before the lock is free.
    """
    noticed, written = os.pipe()
    os.set_blocking(written, False)
    signal.set_wakeup_fd(written, warn_on_full_buffer=False)
    signal.signal(signal.SIGURG, lambda _number, _frame: None)
    main_thread = threading.main_thread().ident

    def watch() -> None:
        while numbers := os.read(noticed, 64):
            if {signal.SIGALRM, *ENDING_SIGNALS} & set(numbers):
                signal.pthread_kill(main_thread, signal.SIGURG)

    threading.Thread(target=watch, daemon=True).start()


def ended_by() -> int | None:
    """The signal that is ending this process, None as long as none has come."""
    return _children.ended_by


def _end(number: int, _frame: FrameType | None) -> None:
    if _children.ended_by is not None:  # impatience: what cleans up is left alone
        _children.send(signal.SIGKILL)
        return
    _children.ended_by = number
    _children.send(signal.SIGTERM)
    signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)
    if not _children.being_started:
        raise KeyboardInterrupt


@contextlib.contextmanager
def child(
    command: Sequence[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = subprocess.PIPE,
    stderr: int | None = subprocess.PIPE,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    text: bool = True,
) -> Iterator[subprocess.Popen]:
    """Start a program that reads nothing and prints text, unless asked for something else; when the
    block ends, it has ended too.

    stdin, stdout, stderr: as `subprocess.Popen` takes them; None is where our own goes.
    text: whether the pipes are for text or for bytes.

    ToolError when it cannot be started, or when we are ending.
    """
    process = _started(
        command,
        cwd=cwd,
        env=env,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        **({"encoding": "utf-8", "errors": "replace"} if text else {}),
        process_group=0 if _children.own_groups else None,
    )
    try:
        _stop_waiting()
        if _children.ended_by is not None:
            raise ToolError(f"{Path(command[0]).name} was not run: we are ending")
        yield process
    finally:
        _end_one(process)
        _children.running.discard(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                # What it did not want to read any more.
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def _started(command: Sequence[str], **options: object) -> subprocess.Popen:
    """A program that runs and is known to run; `_stop_waiting` must follow."""
    if threading.current_thread() is threading.main_thread():
        _children.being_started = True
    try:
        process = subprocess.Popen(command, **options)
    except OSError as error:
        _stop_waiting()
        raise ToolError(f"{command[0]}: cannot be started: {error.strerror or error}") from error
    _children.running.add(process)
    return process


def _stop_waiting() -> None:
    """Let signals unwind the main thread again; unwinds it when one has come meanwhile."""
    if threading.current_thread() is threading.main_thread() and _children.being_started:
        _children.being_started = False
        if _children.ended_by is not None:
            raise KeyboardInterrupt


def _end_one(process: subprocess.Popen) -> None:
    """Until it has ended; does nothing when it has."""
    if process.poll() is not None:
        return
    _signal(process, signal.SIGTERM)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen, number: int) -> None:
    """To its group, which is there as long as somebody in it is."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if _children.own_groups:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
