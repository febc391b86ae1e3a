"""What a record may say, and what a set refuses when it is made."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

import pytest

from compiler_intrinsics.header import generate, generate_host
from compiler_intrinsics.instruction_set import Effect, Instruction, InstructionSet, Operand
from compiler_intrinsics.isa_page import generate as page
from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import DEFAULT, Geometry
from tests.support.random_program import random_program


@dataclass(frozen=True)
class Sizes:
    """Geometry of a unit that only tests have."""

    words: int = 4


class Counter:
    """State of that unit: a number."""

    full = False
    results = ()

    def __init__(self, geometry: Sizes) -> None:
        self.geometry = geometry
        self.total = 0

    def add(self, flags: int, a: int, b: int = 0) -> None:
        self.total += a - b if flags else a + b

    def total_of(self) -> int:
        return self.total

    def fetch(self, address: int) -> None:
        raise AssertionError(f"junk address {address:#x}")


A, B = Operand(name="a"), Operand(name="b", values=range(-4, 5))


def add(**changes) -> Instruction:
    fields = {"mnemonic": "add", "funct3": 1, "funct7": 0, "operands": (A, B), "flags": 0}
    return Instruction(**(fields | {"meaning": Counter.add, "document": "Adds."} | changes))


TOTAL = Instruction(
    mnemonic="total", funct3=2, funct7=0, meaning=Counter.total_of, returns=True, document="It."
)
FETCH = Instruction(
    mnemonic="fetch",
    funct3=3,
    funct7=0,
    operands=(Operand(name="address"),),
    meaning=Counter.fetch,
    effect=Effect.MEMORY,
    document="Loads.",
)


def counters(*instructions: Instruction, **more) -> InstructionSet:
    return InstructionSet(
        name="counter",
        instructions=instructions,
        geometry=Sizes,
        machine=Counter,
        constants=lambda sizes: {"COUNTER_WORDS": sizes.words},
        **more,
    )


@pytest.mark.parametrize(
    ("instructions", "words"),
    [
        ((add(), add(funct7=1)), "add: the mnemonic is taken twice"),
        ((add(), add(mnemonic="more")),
         "more: add has the same function id, funct3 1 and funct7 0"),
        ((add(funct7=16),), "add: funct7 is 16, but the hardware of 'counter' carries 4 bits"),
        ((add(funct7=-1),), "add: funct7 is -1, but the hardware of 'counter' carries 4 bits"),
        ((add(funct3=8),), "add: funct3 is 8, but has 3 bits"),
        ((add(mnemonic="Add"),), "add: 'Add' must be lower case letters, digits and '_'"),
        ((add(operands=(A, A)),), "add: at most two operands, of different names"),
        ((add(operands=(A, B, Operand(name="c"))),), "add: at most two operands"),
        ((add(substitute=(("nothing", "a"),)),),
         "add: its substitute calls 'nothing', which must be an instruction that has no"),
        ((add(substitute=(("total", "a"),)), TOTAL),
         "add: its substitute calls 'total' with 1 operands, not 0"),
    ],
)  # fmt: skip
def test_a_record_that_does_not_fit_is_refused_by_name(instructions, words):
    with pytest.raises(ValueError, match="(?i)" + re.escape(words)):
        counters(*instructions, funct7_bits=4)


def test_a_record_beyond_what_the_simd_hardware_carries_is_refused():
    wide = add(mnemonic="wide", funct7=16)
    with pytest.raises(ValueError, match="wide: funct7 is 16, but the hardware of 'simd' carries"):
        InstructionSet(**{**vars_of(INSTRUCTION_SET), "instructions": (wide,)})


def vars_of(instructions: InstructionSet) -> dict:
    return {name: getattr(instructions, name) for name in instructions.__dataclass_fields__}


def test_flags_and_operands_reach_the_meaning():
    machine = Counter(Sizes())
    counters(add(), TOTAL).by_mnemonic["add"].execute(machine, 7, 2)
    add(mnemonic="subtract", flags=1).execute(machine, 1, 2)
    add(mnemonic="one", operands=(A,)).execute(machine, 1, 0xFFFF)
    assert machine.total == 9
    assert TOTAL.execute(machine) == 9
    assert add().execute(machine, 1, 2) == 0, "nothing is returned by one that returns nothing"


def test_an_instruction_that_reaches_memory_is_never_fired_with_junk():
    instructions = counters(add(), TOTAL, FETCH)
    assert instructions.harmless == (add(), TOTAL)
    program, _ = random_program(instructions, Sizes(), 1, 500)
    assert {item.mnemonic for item, _, _ in program} == {"add", "total"}


def test_headers_and_page_need_no_unit_of_ours():
    instructions = counters(add(), TOTAL, FETCH)
    text = generate(instructions, Sizes(words=9))
    assert "COUNTER_WORDS = 9," in text
    assert "void dwpw_fetch(uint32_t address)" in text
    host = generate_host(instructions, Sizes())
    assert "void counter_add(uint32_t flags, uint32_t a, uint32_t b);" in host
    assert "return counter_total_of();" in host
    assert "| `add` | a, b -4..4 | 1 | 0 | Adds. |" in page(instructions, Sizes())
    assert "Loads. Reaches memory." in page(instructions, Sizes())


@pytest.mark.parametrize("instruction", INSTRUCTION_SET.instructions, ids=lambda i: i.mnemonic)
@pytest.mark.parametrize(
    "geometry", [DEFAULT, Geometry(2, 2, 2, 2, 2, 2)], ids=["default", "least"]
)
def test_drawn_operands_are_legal_and_reach_the_corners(instruction, geometry):
    rng = random.Random(1)
    machine = INSTRUCTION_SET.machine(geometry)
    pairs = [instruction.draw(rng, machine) for _ in range(2000)]
    for operand, values in zip(instruction.operands, zip(*pairs, strict=True), strict=False):
        legal = operand.now(machine) if operand.now else operand.legal(geometry)
        words = [value & 0xFFFFFFFF for value in (legal[0], legal[-1])]
        assert set(words) <= set(values)
        assert all(value in legal or value - 2**32 in legal for value in values), (
            f"{operand.name} of {instruction.mnemonic}"
        )
