"""What is generated from a unit's instructions, as `python -m compiler_intrinsics.UNIT WHAT`."""

from __future__ import annotations

import sys

from . import disassembler, header, isa_page
from .instruction_set import InstructionSet

USAGE = """\
`python -m compiler_intrinsics.{name} WHAT`: what is generated from the instructions.

header: dwpw_intrinsics.h; isa: the reference page; disassemble FILE: a listing with our mnemonics.
"""


def main(instruction_set: InstructionSet, arguments: list[str]) -> int:
    """Exit status: 0, or 2 for arguments or a file that make no sense."""
    geometry = instruction_set.geometry()
    match arguments:
        case ["header"]:
            print(header.generate(instruction_set, geometry), end="")
        case ["isa"]:
            print(isa_page.generate(instruction_set, geometry), end="")
        case ["disassemble", file]:
            return disassembler.disassemble(file, instruction_set)
        case _:
            print(USAGE.format(name=instruction_set.name).strip(), file=sys.stderr)
            return 2
    return 0
