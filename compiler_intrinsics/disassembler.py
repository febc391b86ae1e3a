"""Names our instructions in a disassembly, where objdump can only print their bytes.

`python -m compiler_intrinsics.simd disassemble firmware.elf` disassembles a file;
with `-` it filters a listing from standard input.
"""

from __future__ import annotations

import re
import subprocess
import sys

from .encoding import PREFIX, decode
from .instruction_set import InstructionSet

OBJDUMP = "riscv64-unknown-elf-objdump"
UNKNOWN_WORD = re.compile(r"(?P<head>^.*?)\.(?:4byte|insn\s+4,|word)\s*(?P<word>0x[0-9a-f]+)\s*$")

REGISTER_NAMES = (
    *("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1"),
    *(f"a{number}" for number in range(8)),
    *(f"s{number}" for number in range(2, 12)),
    *("t3", "t4", "t5", "t6"),
)


def assembly(word: int, *instruction_sets: InstructionSet) -> str | None:
    """`dwpw.dot2 a0,a1` for a word that is in one of the sets, else None."""
    instruction = decode(word, *instruction_sets)
    if instruction is None:
        return None
    record = instruction.record
    numbers = [instruction.rd] if record.returns else []
    numbers += [instruction.rs1, instruction.rs2][: len(record.operands)]
    operands = ",".join(REGISTER_NAMES[number] for number in numbers)
    return f"{PREFIX}{record.mnemonic}\t{operands}".rstrip()


def annotate(line: str, *instruction_sets: InstructionSet) -> str:
    """A line of objdump's output, with our mnemonic in the place of a word it did not know."""
    match = UNKNOWN_WORD.match(line)
    text = assembly(int(match["word"], 16), *instruction_sets) if match else None
    return match["head"] + text if text else line


def disassemble(file: str, *instruction_sets: InstructionSet) -> int:
    """Print the listing of an ELF file, or of standard input ("-"); returns the exit status."""
    if file == "-":
        listing = sys.stdin.read()
    else:
        try:
            done = subprocess.run([OBJDUMP, "-d", file], check=True, capture_output=True, text=True)
        except FileNotFoundError:
            print(
                f"{OBJDUMP} is missing: apt-get install binutils-riscv64-unknown-elf",
                file=sys.stderr,
            )
            return 2
        except subprocess.CalledProcessError as error:
            print(error.stderr.strip(), file=sys.stderr)
            return 2
        listing = done.stdout
    for line in listing.splitlines():
        print(annotate(line, *instruction_sets))
    return 0
