"""`python -m compiler_intrinsics.simd WHAT`: what is generated from the instructions.

header: dwpw_intrinsics.h; isa: docs/isa.md; disassemble FILE: a listing with our mnemonics.
"""

from __future__ import annotations

import sys

from .. import disassembler, header, isa_page
from . import INSTRUCTION_SET
from .geometry import Geometry


def main(arguments: list[str]) -> int:
    """Exit status: 0, or 2 for arguments or a file that make no sense."""
    match arguments:
        case ["header"]:
            print(header.generate(INSTRUCTION_SET, Geometry()), end="")
        case ["isa"]:
            print(isa_page.generate(INSTRUCTION_SET, Geometry()), end="")
        case ["disassemble", file]:
            return disassembler.disassemble(file, INSTRUCTION_SET)
        case _:
            print(__doc__.strip(), file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
