"""What the header's functions assemble to is what the spec says."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace

import pytest

from compiler_intrinsics import disassembler, isa_page
from compiler_intrinsics.encoding import decode, encode
from compiler_intrinsics.header import generate
from compiler_intrinsics.instruction_set import Instruction
from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import Geometry
from compiler_intrinsics.stream.spec import INSTRUCTION_SET as STREAM

RISCV = "riscv64-unknown-elf-"
INSTRUCTIONS = INSTRUCTION_SET.instructions
FLAGS = ["-march=rv32im", "-mabi=ilp32", "-O2", "-std=c11", "-ffreestanding"]


def call(instruction: Instruction) -> str:
    """A C function whose only custom instruction is `instruction`, operands in a0 and a1."""
    parameters = ", ".join(f"uint32_t {one.name}" for one in instruction.operands) or "void"
    arguments = ", ".join(one.name for one in instruction.operands)
    result = "uint32_t" if instruction.returns else "void"
    give = "return " if instruction.returns else ""
    name = instruction.mnemonic
    return f"{result} call_{name}({parameters}) {{ {give}dwpw_{name}({arguments}); }}\n"


@pytest.fixture(scope="module")
def listing(tmp_path_factory) -> dict[str, list[str]]:
    """objdump's lines for each function."""
    folder = tmp_path_factory.mktemp("header")
    (folder / "dwpw_intrinsics.h").write_text(generate(INSTRUCTION_SET, Geometry()))
    source = folder / "calls.c"
    source.write_text('#include "dwpw_intrinsics.h"\n' + "".join(map(call, INSTRUCTIONS)))
    subprocess.run(
        [RISCV + "gcc", *FLAGS, "-c", source, "-o", folder / "calls.o"], check=True, cwd=folder
    )
    text = subprocess.run(
        [RISCV + "objdump", "-d", folder / "calls.o"], check=True, capture_output=True, text=True
    ).stdout
    functions: dict[str, list[str]] = {}
    for line in text.splitlines():
        if start := re.match(r"[0-9a-f]+ <call_(\w+)>:", line):
            current = functions.setdefault(start[1], [])
        elif re.match(r"\s+[0-9a-f]+:", line):
            current.append(line)
    return functions


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda item: item.mnemonic)
def test_header_assembles_to_the_spec(listing, instruction):
    word = int(listing[instruction.mnemonic][0].split()[1], 16)
    decoded = decode(word, INSTRUCTION_SET)
    assert decoded.record is instruction
    sources = [10, 11][: len(instruction.operands)] + [0] * (2 - len(instruction.operands))
    assert [decoded.rs1, decoded.rs2] == sources
    assert decoded.rd == (10 if instruction.returns else 0)
    assert word == encode(INSTRUCTION_SET, instruction.mnemonic, decoded.rd, *sources)


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda item: item.mnemonic)
def test_disassembler_names_the_instruction(listing, instruction):
    line = disassembler.annotate(listing[instruction.mnemonic][0], INSTRUCTION_SET)
    registers = ["a0"] if instruction.returns else []
    registers += ["a0", "a1"][: len(instruction.operands)]
    assert line.split()[2:] == [f"dwpw.{instruction.mnemonic}", ",".join(registers)]


def test_disassembler_leaves_other_lines_alone():
    for line in ("   0:\t00b50533          \tadd\ta0,a0,a1", "  4:\t1 .4byte\t0xffffffff", ""):
        assert disassembler.annotate(line, INSTRUCTION_SET) == line


def test_headers_of_two_units_stand_in_one_file(tmp_path):
    (first, *_) = INSTRUCTIONS
    own = replace(first, mnemonic="own", funct3=7, funct7=0)
    other = replace(
        INSTRUCTION_SET, name="other", instructions=(own,), constants=lambda _: {"OTHER_SIZE": 3}
    )
    text = generate(INSTRUCTION_SET, Geometry()) + generate(other, Geometry())
    source = tmp_path / "both.c"
    source.write_text(f"{text}\n{call(first)}{call(own)}int size(void) {{ return OTHER_SIZE; }}\n")
    subprocess.run([RISCV + "gcc", *FLAGS, "-c", source, "-o", tmp_path / "both.o"], check=True)


def test_header_without_an_instruction_calls_its_substitute():
    text = generate(INSTRUCTION_SET, Geometry(), without=("dot2",))
    body = text.split("void dwpw_dot2(")[1].split("}")[0]
    assert body.count("dwpw_dot1(") == 2
    assert "__asm__" not in body


def test_header_without_rep_tells_kernels_that_no_patch_is_remembered():
    text = generate(INSTRUCTION_SET, Geometry(), without=("rep",))
    assert "DWPW_PATCH_WORDS = 0," in text
    assert f"DWPW_PATCH_WORDS = {Geometry().patch_words}," in generate(INSTRUCTION_SET, Geometry())


@pytest.mark.parametrize("mnemonic", ["pop", "dot9"])
def test_what_nothing_works_without_cannot_be_left_out(mnemonic):
    optional = [item.mnemonic for item in INSTRUCTIONS if item.optional]
    assert {"rep", "dot2"} < set(optional)
    words = f"'{mnemonic}' cannot be left out of 'simd' (what can: {', '.join(optional)})"
    with pytest.raises(ValueError, match=re.escape(words)):
        generate(INSTRUCTION_SET, Geometry(), without=(mnemonic,))


@pytest.mark.parametrize(
    ("instructions", "name"), [(INSTRUCTION_SET, "isa.md"), (STREAM, "stream-commands.md")]
)
def test_reference_page_is_up_to_date(repository, instructions, name):
    page = (repository / "docs" / name).read_text()
    expected = isa_page.generate(instructions, instructions.geometry())
    unit = instructions.name
    assert page == expected, f"run: python -m compiler_intrinsics.{unit} isa > docs/{name}"
