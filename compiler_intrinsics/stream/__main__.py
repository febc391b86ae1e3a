"""`python -m compiler_intrinsics.stream header | isa | disassemble FILE`."""

import sys

from ..generate import main
from .spec import INSTRUCTION_SET

if __name__ == "__main__":
    sys.exit(main(INSTRUCTION_SET, sys.argv[1:]))
