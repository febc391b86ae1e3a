"""The extension's meaning in C, called from Python."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

from compiler_intrinsics.header import generate_host

SOURCE = Path(__file__).parents[2] / "firmware" / "host" / "extension.c"


def load_emulator(directory: Path):
    """Compiles `firmware/host/extension.c`; returns `execute(function_id, a, b) -> int`."""
    (directory / "dwpw_intrinsics.h").write_text(generate_host())
    library = directory / "extension.so"
    subprocess.run(
        ["gcc", "-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", f"-I{directory}"]
        + ["-fsanitize=undefined", "-fno-sanitize-recover=all"]
        + ["-o", library, SOURCE],
        check=True,
    )
    function = ctypes.CDLL(library).dwpw_emulate
    function.argtypes = [ctypes.c_uint32] * 3
    function.restype = ctypes.c_uint32
    return function
