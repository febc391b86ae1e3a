"""The firmware's runtime and kernels, compiled for this computer under the sanitizers.

    with HostFirmware(build_server()) as firmware:
        result = firmware.run(image, input_tensor)

One server process runs any number of images (`firmware/host/server.c` tells the protocol).
"""

from __future__ import annotations

import json
import signal
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from compiler_intrinsics import header as intrinsics
from dwpw.image import c_header
from dwpw.image.format import ErrorCode, Header
from dwpw.machine import BUILD_ROOT, FIRMWARE
from dwpw.plan.image import arena_offset
from dwpw.target.target import Target
from soc.cache import cached
from soc.objects import Compilation
from soc.toolchain import find_program, run
from tests.support.targets import TARGET

FLAGS = (
    *("-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O1", "-g", "-Wall", "-Wextra", "-Werror"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
)
SOC_ONLY = ("main.c", "memory.c")  # the entry, and what a C library has here
JOB = struct.Struct("<4I")
ANSWER = struct.Struct("<3I")


def host_sources(target: Target) -> list[Path]:
    """Every C file of the host build: all kernel sets, and the runtime but for SOC_ONLY."""
    runtime = [p for p in (FIRMWARE / "runtime").glob("*.c") if p.name not in SOC_ONLY]
    kernels = (path for one in target.kernel_sets for path in one.sources.glob("*.c"))
    host = (FIRMWARE / "host").glob("*.c")
    return sorted([*runtime, *kernels, *host])


def build_server(target: Target = TARGET) -> Path:
    """The compiled server, from the build cache when nothing has changed."""
    texts = {
        "dwpw_image.h": c_header.image_header(target.params),
        "dwpw_tables.c": c_header.tables_source(target.kernels),
        "dwpw_intrinsics.h": "".join(
            intrinsics.generate_host(unit.instruction_set, unit.geometry) for unit in target.units
        ),
    }

    def write(folder: Path) -> None:
        for name, text in texts.items():
            (folder / name).write_text(text)

    generated = cached(BUILD_ROOT, "host-generated", texts, write)
    compilation = Compilation(
        command=(find_program("gcc"), *FLAGS),
        folders=(*(FIRMWARE / name for name in ("include", "host", "runtime")), generated),
    )
    objects = compilation.objects(BUILD_ROOT, [*host_sources(target), *generated.glob("*.c")])

    def build(folder: Path) -> None:
        run([*compilation.command, *map(str, objects), "-o", str(folder / "server")])

    # An object's place tells what it was compiled from.
    return cached(BUILD_ROOT, "host", {"objects": [str(o) for o in objects]}, build) / "server"


@dataclass(frozen=True)
class HostRun:
    """What the firmware answered: its status, its run log, and the dumped tensors as one array."""

    status: int
    lines: tuple[dict, ...]
    dump: np.ndarray

    @property
    def error(self) -> ErrorCode | None:
        """Why the firmware refused the image."""
        return ErrorCode(self.status) if self.status else None

    @property
    def layers(self) -> tuple[dict, ...]:
        """The layer lines of the log."""
        return tuple(line for line in self.lines if line["dwpw"] == "layer")


class HostFirmware:
    """A running server; a context manager that ends it."""

    def __init__(self, server: Path) -> None:
        self._process = subprocess.Popen(
            [str(server)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def __enter__(self) -> HostFirmware:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, image: bytes, tensor: np.ndarray, memory_size: int | None = None) -> HostRun:
        """Run an image on an int8 tensor; `memory_size` defaults to what image and arena need."""
        header = Header.from_buffer_copy(image)
        arena = arena_offset(len(image))
        size = arena + header.arena_size if memory_size is None else memory_size
        data = tensor.astype(np.int8).tobytes()
        return self.run_raw(image, size, arena + header.input.offset, data)

    def run_raw(self, image: bytes, memory_size: int, input_offset: int, data: bytes) -> HostRun:
        """Run an image whose header may be wrong."""
        try:
            job = JOB.pack(len(image), memory_size, input_offset, len(data))
            self._process.stdin.write(job + image + data)
            self._process.stdin.flush()
            status, log_size, dump_size = ANSWER.unpack(self._read(ANSWER.size))
            log, dump = self._read(log_size), self._read(dump_size)
        except (BrokenPipeError, struct.error):
            report = self._process.stderr.read().decode()
            status = self._process.wait()
            hung = "; it ran out of time" if status == -signal.SIGALRM else ""
            pytest.fail(f"the firmware's server ended with {status}{hung}\n{report}")
        lines = tuple(json.loads(line) for line in log.decode().splitlines())
        return HostRun(status, lines, np.frombuffer(dump, np.int8))

    def _read(self, size: int) -> bytes:
        return self._process.stdout.read(size)
