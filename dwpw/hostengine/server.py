"""The compiled firmware as a process: images in, log lines and tensors out.

`firmware/host/server.c` and `answer.h` tell the protocol.
"""

from __future__ import annotations

import signal
import struct
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from soc.processes import child

JOB = struct.Struct("<3I")
INPUT = struct.Struct("<2I")
PART = struct.Struct("<2I")


class AnswerPart(IntEnum):
    """What a part of an answer is; generated for C (`dwpw.hostengine.compiled`)."""

    UART = 0  # text, a line at a time
    DUMP = 1  # a tensor
    STATUS = 2  # the end


@dataclass(frozen=True)
class HostJob:
    """What the server is sent.

    memory_size: bytes for the image and the arena behind it.
    inputs: bytes, each with the place in that memory where they go.
    """

    image: bytes
    memory_size: int
    inputs: tuple[tuple[int, bytes], ...]


class ServerEnded(Exception):
    """The server has ended instead of answering; the text says of what.

    report: everything that it has printed for people.
    """

    def __init__(self, status: int, report: str) -> None:
        self.report = report
        cause = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        if status == -signal.SIGALRM:
            cause += ", out of time"
        lines = report.strip().splitlines()
        super().__init__(f"{cause} ({lines[-1].strip()})" if lines else cause)


class HostServer:
    """A running server; a context manager that ends it.

    seconds: what a job may take, 0 is as long as it likes.
    """

    def __init__(self, program: Path, seconds: int = 0) -> None:
        self._command = [str(program), str(seconds)]
        self._stack = ExitStack()

    def __enter__(self) -> HostServer:
        started = child(self._command, stdin=subprocess.PIPE, text=False)
        self._process = self._stack.enter_context(started)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(
        self,
        job: HostJob,
        on_line: Callable[[str], None],
        on_dump: Callable[[bytes], None] = lambda _: None,
    ) -> int:
        """The firmware's status; 0 unless it has refused the image.

        on_line, on_dump: told about every line of the UART and every dumped tensor as they come.
        """
        pieces: list[str] = []  # of a line: an output of millions of values comes in as many
        try:
            self._send(job)
            while True:
                kind, size = PART.unpack(self._read(PART.size))
                if kind == AnswerPart.STATUS:
                    return size
                content = self._read(size)
                if kind == AnswerPart.DUMP:
                    on_dump(content)
                else:
                    pieces.append(content.decode(errors="replace"))
                    if content.endswith(b"\n"):
                        on_line("".join(pieces).removesuffix("\n"))
                        pieces.clear()
        except (BrokenPipeError, EOFError) as error:
            report = self._process.stderr.read().decode(errors="replace")
            raise ServerEnded(self._process.wait(), report) from error

    def _send(self, job: HostJob) -> None:
        self._process.stdin.write(JOB.pack(len(job.image), job.memory_size, len(job.inputs)))
        self._process.stdin.write(job.image)
        for offset, content in job.inputs:
            self._process.stdin.write(INPUT.pack(offset, len(content)))
            self._process.stdin.write(content)
        self._process.stdin.flush()

    def _read(self, size: int) -> bytes:
        content = self._process.stdout.read(size)
        if len(content) < size:
            raise EOFError
        return content
