"""Instructions per second into the library that `dwpw renode` writes, called from a C loop.

    python -m tests.dwpw.renode.call_rate [TARGET]

The instructions are those of a random program: every one of the unit's, as loops have them.
"""

from __future__ import annotations

import struct
import sys
import tempfile
from pathlib import Path

from dwpw.renode.library import build_library
from dwpw.target.registry import DEFAULT_TARGET, find_target
from soc.toolchain import find_program, run
from tests.support.random_program import random_program

LENGTH = 50_000


def call_rate(target: str = DEFAULT_TARGET) -> str:
    """What the C loop prints."""
    wanted = find_target(target)
    library = build_library(wanted)
    (unit,) = wanted.units
    program, _ = random_program(unit.instruction_set, unit.geometry, 0, LENGTH)
    calls = b"".join(struct.pack("<3I", item.function_id, a, b) for item, a, b in program)
    with tempfile.TemporaryDirectory() as folder:
        binary, file = Path(folder) / "call_rate", Path(folder) / "calls"
        file.write_bytes(calls)
        source = Path(__file__).with_suffix(".c")
        flags = ("-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O2", "-Wall", "-Wextra")
        run([find_program("gcc"), *flags, str(source), "-o", str(binary)])
        return run([str(binary), str(library), str(file)])


if __name__ == "__main__":
    print(call_rate(*sys.argv[1:]), end="")
