"""What an instruction is, for any unit: one record, from which everything else is derived.

A unit has an `InstructionSet`, whose `Instruction`s name their `Operand`s.  C header, encoding,
disassembler, reference page, the C emulator's dispatch, random programs, hazard tests and
`dwpw gains` take the set that they are given; none of them knows a unit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag
from functools import cache, cached_property
from random import Random
from types import CodeType
from typing import Any

from .command_set import CommandSet

OPCODE_CUSTOM_0 = 0b0001011
"""Opcode of all our instructions: R-type, so rs1, rs2 and rd are registers."""

FUNCT3_BITS = 3
FUNCT7_BITS = 7
WORD_MASK = 0xFFFFFFFF
WORD = range(1 << 32)
"""Legal values of an operand that is any 32-bit word."""

CORNER_SHARE = 0.2
"""Of the drawn values, how many are taken from the corners."""

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


class Effect(Enum):
    """How far an instruction reaches."""

    UNIT = "unit"
    """It changes the unit's own state only: any operands may be tried."""
    MEMORY = "memory"
    """It may read or write memory where its operands say: never to be fired with junk."""


@dataclass(frozen=True, kw_only=True)
class Operand:
    """One of rs1 and rs2: its name in C, and the values that are legal and worth testing.

    Attributes:
        name: of the C function's parameter.
        values: the legal values, signed or unsigned; a function where they depend on the geometry.
        now: which of them a program may use in a state of the machine, where that matters.
        corners: values worth testing, besides the first and the last one.
        usual: draws a value as programs use it, given the machine's state; any legal one if None.
        example: a value that, in the hazard tests, changes what is read afterwards.
    """

    name: str
    values: range | Callable[[Any], range] = WORD
    now: Callable[[Any], range] | None = None
    corners: tuple[int, ...] = ()
    usual: Callable[[Random, Any], int] | None = None
    example: int = 1

    def legal(self, geometry: Any) -> range:
        """The legal values with these sizes."""
        return self.values(geometry) if callable(self.values) else self.values

    def draw(self, rng: Random, machine: Any) -> int:
        """A random value as the register holds it, 32 bits unsigned: a corner now and then."""
        legal = self.now(machine) if self.now else self.legal(machine.geometry)
        if rng.random() < CORNER_SHARE:
            inner = [value for value in self.corners if value in legal]
            value = rng.choice((legal[0], legal[-1], *inner))
        elif self.usual is not None:
            value = self.usual(rng, machine)
        else:
            value = rng.randrange(legal.start, legal.stop)
        return value & WORD_MASK


@cache
def _compiled(expression: str) -> CodeType:
    """Code of an argument of a substitute's call."""
    return compile(expression, "substitute", "eval")


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction.

    Attributes:
        mnemonic: name in assembly, without the `dwpw.` prefix, and in C.
        funct3, funct7: encoding.
        operands: rs1 and rs2; one that is absent is encoded as x0.
        meaning: method of the unit's state: takes the flags if there are any, then the operands as
            32-bit unsigned integers; returns rd if `returns`.  The C twin has the method's name
            and parameters (`header.generate_host`).  None where the substitute is the meaning.
        flags: what tells this variant of a meaning from the others; None where there is one only.
        effect: how far it reaches.
        returns: whether rd means anything; otherwise it is encoded as x0.
        setup: whether it stands before loops rather than in them: random programs have it seldom.
        substitute: where others can do the same, calls of them, (instruction, *arguments); an
            argument is an expression of the operands, in C as in Python.  The answer is that of
            the one call that returns any.  `dwpw gains` measures what is saved over them.
        without_it: C constants, (name, value), that tell kernels to take another way where the
            instruction is left out; for one that others cannot replace.
        document: one line for the manual.
    """

    mnemonic: str
    funct3: int
    funct7: int
    document: str
    meaning: Callable[..., int | None] | None = None
    operands: tuple[Operand, ...] = ()
    flags: int | None = None
    effect: Effect = Effect.UNIT
    returns: bool = False
    setup: bool = False
    substitute: tuple[tuple[Any, ...], ...] = ()
    without_it: tuple[tuple[str, int], ...] = ()

    @property
    def function_id(self) -> int:
        """The ten bits that the CPU's custom-function port carries."""
        return self.funct7 << FUNCT3_BITS | self.funct3

    @property
    def optional(self) -> bool:
        """Whether kernels can do without it."""
        return bool(self.substitute or self.without_it)

    @property
    def family(self) -> Any:
        """The same for variants of one meaning, or of the same instructions in a row."""
        return self.meaning or tuple(called.family for called, *_ in self.substitute)

    @property
    def depth(self) -> int:
        """How many levels of substitutes lie below: those of depth 0 need no other."""
        return max((1 + called.depth for called, *_ in self.substitute), default=0)

    def execute(self, machine: Any, a: int = 0, b: int = 0) -> int:
        """Apply the instruction to the unit's state; returns rd, 32 bits unsigned."""
        operands = (a, b)[: len(self.operands)]
        if self.meaning is None:
            return self.execute_substitute(machine, *operands)
        variant = () if self.flags is None else (self.flags,)
        answer = self.meaning(machine, *variant, *operands)
        return answer & WORD_MASK if self.returns else 0

    def execute_substitute(self, machine: Any, *operands: int) -> int:
        """The same by the instructions that can stand in its place."""
        names = {one.name: value for one, value in zip(self.operands, operands, strict=True)}
        answer = 0
        for called, *arguments in self.substitute:
            given = (eval(_compiled(text), {}, names) & WORD_MASK for text in arguments)
            result = called.execute(machine, *given)
            answer = result if called.returns else answer
        return answer

    def draw(self, rng: Random, machine: Any) -> tuple[int, int]:
        """Random values of rs1 and rs2; any word where there is no operand."""
        drawn = [operand.draw(rng, machine) for operand in self.operands]
        drawn += [rng.getrandbits(32) for _ in range(2 - len(drawn))]
        return drawn[0], drawn[1]


@dataclass(frozen=True, kw_only=True, eq=False)
class InstructionSet:
    """The instructions of a unit.

    Attributes:
        name: the unit's; prefix of the meanings in C.
        instructions: in the order of the manual.
        geometry: class of the sizes; frozen, its fields are whole numbers.
        machine: geometry -> the unit's state in Python.  It has `geometry`, and `full`: whether a
            program has to read a result before it goes on.
        constants: geometry -> C constants that kernels depend on.
        flags: names of the bits in `Instruction.flags`, for the C meanings.
        funct7_bits: how many bits of funct7 the hardware tells apart.
        fill: geometry -> instructions that write the whole state, (mnemonic, a, b), None where any
            value will do: what memories hold after power-up is not defined.
        manual: geometry -> what the reference page says before its table.
        commands: of the programs in memory that its instructions start, a set for each engine.
        enums: what kernels need to understand its answers; generated for C with their names.

    Raises ValueError, naming the instruction, for a record that does not fit.
    """

    name: str
    instructions: tuple[Instruction, ...]
    geometry: type
    machine: Callable[[Any], Any]
    constants: Callable[[Any], Mapping[str, int]]
    flags: type[IntFlag] | None = None
    funct7_bits: int = FUNCT7_BITS
    fill: Callable[[Any], tuple[tuple[str, int | None, int | None], ...]] = lambda _: ()
    manual: Callable[[Any], str] = lambda _: ""
    commands: tuple[CommandSet, ...] = ()
    enums: tuple[type[IntEnum], ...] = ()

    def __post_init__(self) -> None:
        names: set[str] = set()
        owners: dict[int, str] = {}
        for instruction in self.instructions:
            if instruction.mnemonic in names:
                raise ValueError(f"{instruction.mnemonic}: the mnemonic is taken twice")
            names.add(instruction.mnemonic)
            self._check_encoding(instruction)
            owner = owners.setdefault(instruction.function_id, instruction.mnemonic)
            if owner != instruction.mnemonic:
                raise ValueError(
                    f"{instruction.mnemonic}: {owner} has the same function id, funct3 "
                    f"{instruction.funct3:d} and funct7 {instruction.funct7:d}"
                )
        for instruction in self.instructions:
            self._check_substitute(instruction)

    def _check_encoding(self, instruction: Instruction) -> None:
        name = instruction.mnemonic
        parameters = [operand.name for operand in instruction.operands]
        for word in (name, *parameters):
            if not IDENTIFIER.fullmatch(word):
                raise ValueError(f"{name}: '{word}' must be lower case letters, digits and '_'")
        if not 0 <= instruction.funct3 < 1 << FUNCT3_BITS:
            raise ValueError(
                f"{name}: funct3 is {instruction.funct3:d}, but has {FUNCT3_BITS} bits"
            )
        if not 0 <= instruction.funct7 < 1 << self.funct7_bits:
            raise ValueError(
                f"{name}: funct7 is {instruction.funct7:d}, but the hardware of '{self.name}' "
                f"carries {self.funct7_bits} bits of it"
            )
        if len(parameters) > 2 or len(set(parameters)) < len(parameters):
            raise ValueError(f"{name}: at most two operands, of different names")

    def _check_substitute(self, instruction: Instruction) -> None:
        name = instruction.mnemonic
        if (instruction.meaning is None) != bool(instruction.substitute):
            raise ValueError(
                f"{name}: it needs a meaning or a substitute that is its meaning, not both"
            )
        answers = sum(called.returns for called, *_ in instruction.substitute)
        if instruction.substitute and answers != instruction.returns:
            raise ValueError(f"{name}: {answers} calls of its substitute return an answer")
        for called, *arguments in instruction.substitute:
            if self.by_mnemonic.get(called.mnemonic) != called:
                raise ValueError(f"{name}: {called.mnemonic} of its substitute is not in the set")
            if len(arguments) != len(called.operands):
                raise ValueError(
                    f"{name}: its substitute calls {called.mnemonic} with {len(arguments)} "
                    f"operands, not {len(called.operands)}"
                )

    @cached_property
    def by_mnemonic(self) -> dict[str, Instruction]:
        """Mnemonic -> instruction."""
        return {item.mnemonic: item for item in self.instructions}

    @cached_property
    def by_function_id(self) -> dict[int, Instruction]:
        """What the port carries -> instruction."""
        return {item.function_id: item for item in self.instructions}

    @cached_property
    def harmless(self) -> tuple[Instruction, ...]:
        """Those that stay inside the unit, so that tests may fire them with any operands."""
        return tuple(item for item in self.instructions if item.effect is Effect.UNIT)
