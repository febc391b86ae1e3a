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
from compiler_intrinsics.simd.geometry import Geometry
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

    def add(self, flags: int, a: int, b: int) -> None:
        self.total += a - b if flags else a + b

    def total_of(self) -> int:
        return self.total

    def fetch(self, address: int) -> None:
        raise AssertionError(f"junk address {address:#x}")


A, B = Operand(name="a"), Operand(name="b", values=range(-4, 5))


def add(**changes: object) -> Instruction:
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


FUSED = Instruction(
    mnemonic="fused",
    funct3=4,
    funct7=0,
    operands=(A, B),
    returns=True,
    substitute=((TOTAL,), (add(), "a << 1", "b & 0xF")),
    document="The total; then adds.",
)


def counters(*instructions: Instruction, **more: object) -> InstructionSet:
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
        ((add(meaning=None),), "add: it needs a meaning or a substitute that is its meaning"),
        ((add(substitute=((FETCH, "a"),)), FETCH),
         "add: it needs a meaning or a substitute that is its meaning, not both"),
        ((add(meaning=None, substitute=((FETCH, "a"),)),),
         "add: fetch of its substitute is not in the set"),
        ((add(meaning=None, substitute=((FETCH,),)), FETCH),
         "add: its substitute calls fetch with 0 operands, not 1"),
        ((add(meaning=None, substitute=((TOTAL,),)), TOTAL),
         "add: 1 calls of its substitute return an answer"),
        ((add(meaning=None, returns=True, substitute=((FETCH, "a"),)), FETCH),
         "add: 0 calls of its substitute return an answer"),
    ],
)  # fmt: skip
def test_a_record_that_does_not_fit_is_refused_by_name(instructions, words):
    with pytest.raises(ValueError, match="(?i)" + re.escape(words)):
        counters(*instructions, funct7_bits=4)


def test_a_record_beyond_what_the_simd_hardware_carries_is_refused():
    wide = add(mnemonic="wide", funct7=1 << INSTRUCTION_SET.funct7_bits)
    words = f"wide: funct7 is {wide.funct7}, but the hardware of 'simd' carries"
    with pytest.raises(ValueError, match=words):
        InstructionSet(**{**vars_of(INSTRUCTION_SET), "instructions": (wide,)})


def vars_of(instructions: InstructionSet) -> dict:
    return {name: getattr(instructions, name) for name in instructions.__dataclass_fields__}


def test_flags_and_operands_reach_the_meaning():
    machine = Counter(Sizes())
    counters(add(), TOTAL).by_mnemonic["add"].execute(machine, 7, 2)
    add(mnemonic="subtract", flags=1).execute(machine, 1, 2)
    assert machine.total == 8
    assert TOTAL.execute(machine) == 8
    assert add().execute(machine, 1, 2) == 0, "nothing is returned by one that returns nothing"


def test_an_instruction_without_a_meaning_means_what_its_substitute_does():
    machine = Counter(Sizes())
    machine.total = 5
    assert FUSED.execute(machine, 0x80000001, 0xF3) == 5
    assert machine.total == 5 + 2 + 3
    host = generate_host(counters(FUSED, TOTAL, add()), Sizes())
    body = host.split("dwpw_fused(uint32_t a, uint32_t b) {\n")[1].split("}")[0].split("\n")
    assert body[:3] == [
        "    const uint32_t rd = dwpw_total();",
        "    dwpw_add(a << 1, b & 0xF);",
        "    return rd;",
    ]
    assert host.index("dwpw_add(") < host.index("dwpw_fused("), "declared before it is called"


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
    "geometry", [Geometry(), Geometry(2, 2, 2, 2, 2, 2)], ids=["default", "least"]
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
