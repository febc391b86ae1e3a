"""Commands for C: the generated decoder finds what the encoder has written."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import numpy as np
import pytest

from compiler_intrinsics.command_header import read_fields
from compiler_intrinsics.command_set import OPCODE, CommandSet
from compiler_intrinsics.header import generate
from compiler_intrinsics.stream.commands import COMPUTE_COMMANDS, MEMORY_COMMANDS, Status
from compiler_intrinsics.stream.spec import INSTRUCTION_SET

WRAPPER = """
#include "dwpw_intrinsics.h"
struct dwpw_stream_{name} decoded(const uint64_t *words);
struct dwpw_stream_{name} decoded(const uint64_t *words)
{{
    return dwpw_stream_{name}_decode(words);
}}
const char *status(uint32_t value);
const char *status(uint32_t value) {{ return dwpw_stream_status_name(value); }}
"""


def library(folder: Path, name: str) -> ctypes.CDLL:
    """The generated header, compiled for this computer: decoders need no unit."""
    text = generate(INSTRUCTION_SET, INSTRUCTION_SET.geometry())
    (folder / "dwpw_intrinsics.h").write_text(text.split("/* Programs may read")[0] + "#endif\n")
    (folder / "wrapper.c").write_text(WRAPPER.format(name=name))
    command = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([*command, "wrapper.c", "-o", f"{name}.so"], check=True, cwd=folder)
    return ctypes.CDLL(str(folder / f"{name}.so"))


@pytest.mark.parametrize("commands", [MEMORY_COMMANDS, COMPUTE_COMMANDS], ids=lambda one: one.name)
def test_c_decodes_what_was_encoded(commands: CommandSet, tmp_path: Path) -> None:
    fields = [place.field for place in read_fields(commands)]
    kinds = [(one.name, ctypes.c_int32 if one.signed else ctypes.c_uint32) for one in fields]
    layout = [(OPCODE, ctypes.c_uint32), *kinds]
    structure = type("Command", (ctypes.Structure,), {"_fields_": layout})
    decode = library(tmp_path, commands.name).decoded
    decode.restype = structure
    rng = np.random.default_rng(0)
    for command in commands.commands:
        for _ in range(20):
            legal = {name: commands.places[name].field.values for name in command.fields}
            values = {name: int(rng.integers(one[0], one[-1] + 1)) for name, one in legal.items()}
            content = commands.encode(command.mnemonic, **values)
            found = decode(ctypes.c_char_p(content))
            assert found.opcode == command.opcode
            assert {name: getattr(found, name) for name in values} == values


def test_statuses_have_their_names(tmp_path: Path) -> None:
    status = library(tmp_path, "memory").status
    status.restype = ctypes.c_char_p
    assert [status(one).decode() for one in Status] == [one.name for one in Status]
    assert status(99) == b"?"
