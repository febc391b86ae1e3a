"""What a command is, for any unit that reads programs from memory: one record each.

An instruction travels through a register of the CPU and is executed once. A command lies in memory
and keeps an engine of a unit busy for hundreds of cycles. As with instructions, everything follows
from its record: where the hardware finds a field, the encoder and decoder of the host, and the
reference page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

WORD_BITS = 64
"""Commands are little-endian words of so many bits, the width of a unit's way to memory."""

WORD_BYTES = WORD_BITS // 8
WORD_MASK = (1 << WORD_BITS) - 1

OPCODE = "opcode"
"""The field that every command has, in the lowest bits of its first word."""

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Field:
    """A number in a command.

    Attributes:
        name: as the encoder, the hardware and the reference page call it.
        bits: width.
        signed: two's complement, else unsigned.
        document: what it says, with its unit.
    """

    name: str
    bits: int
    signed: bool = False
    document: str

    @property
    def values(self) -> range:
        """Legal values."""
        half = 1 << (self.bits - 1)
        return range(-half, half) if self.signed else range(1 << self.bits)


@dataclass(frozen=True)
class Place:
    """Where a field lies: `field.bits` bits of word `word` from bit `low` on."""

    field: Field
    word: int
    low: int


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command.

    Attributes:
        mnemonic: its name.
        opcode: value of the field `opcode`.
        fields: names of the fields that it reads; the others are written as 0.
        document: one line for the manual.
    """

    mnemonic: str
    opcode: int
    fields: tuple[str, ...]
    document: str


@dataclass(frozen=True, kw_only=True, eq=False)
class CommandSet:
    """The commands of one engine; all have one layout, so a field lies where it always lies.

    Attributes:
        name: of the engine.
        opcode_bits: width of the opcode.
        layout: for each word the fields in it, lowest bits first, behind the opcode in word 0.
        commands: in the order of the manual.

    Raises ValueError, naming word or command, for a record that does not fit.
    """

    name: str
    opcode_bits: int
    layout: tuple[tuple[Field, ...], ...]
    commands: tuple[Command, ...]

    def __post_init__(self) -> None:
        names = [field.name for word in self.layout for field in word]
        for name in (*names, *(command.mnemonic for command in self.commands)):
            if not IDENTIFIER.fullmatch(name) or name == OPCODE:
                raise ValueError(f"{self.name}: '{name}' cannot be a name here")
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"{self.name}: two fields are called {', '.join(sorted(twice))}")
        for number in range(len(self.layout)):
            used = self._first_bit(number) + sum(field.bits for field in self.layout[number])
            if used > WORD_BITS:
                raise ValueError(f"{self.name}: word {number} has {used} bits, not {WORD_BITS}")
        owners: dict[int, str] = {}
        for command in self.commands:
            self._check(command)
            owner = owners.setdefault(command.opcode, command.mnemonic)
            if owner != command.mnemonic:
                raise ValueError(f"{command.mnemonic}: {owner} has the same opcode")

    def _check(self, command: Command) -> None:
        if not 0 <= command.opcode < 1 << self.opcode_bits:
            raise ValueError(
                f"{command.mnemonic}: opcode {command.opcode} does not fit {self.opcode_bits} bits"
            )
        for name in command.fields:
            if name not in self.places:
                raise ValueError(f"{command.mnemonic}: no word has a field '{name}'")

    def _first_bit(self, word: int) -> int:
        return 0 if word else self.opcode_bits

    @cached_property
    def places(self) -> dict[str, Place]:
        """Name of a field -> where it lies."""
        found = {}
        for number, word in enumerate(self.layout):
            low = self._first_bit(number)
            for field in word:
                found[field.name] = Place(field, number, low)
                low += field.bits
        return found

    @property
    def words(self) -> int:
        """Length of a command in words."""
        return len(self.layout)

    @property
    def bytes(self) -> int:
        """Length of a command in bytes."""
        return self.words * WORD_BYTES

    @cached_property
    def by_mnemonic(self) -> dict[str, Command]:
        """Mnemonic -> command."""
        return {command.mnemonic: command for command in self.commands}

    @cached_property
    def by_opcode(self) -> dict[int, Command]:
        """Opcode -> command."""
        return {command.opcode: command for command in self.commands}

    def encode(self, mnemonic: str, **values: int) -> bytes:
        """A command as it lies in memory.

        Raises ValueError, naming the field, for one that the command does not read, one that is
        missing, and a value that does not fit.
        """
        command = self.by_mnemonic[mnemonic]
        for name in values.keys() - set(command.fields):
            raise ValueError(f"{mnemonic}: it has no field '{name}'")
        words = [0] * self.words
        words[0] = command.opcode
        for name in command.fields:
            if name not in values:
                raise ValueError(f"{mnemonic}: field '{name}' is missing")
            place, value = self.places[name], values[name]
            legal = place.field.values
            if value not in legal:
                raise ValueError(
                    f"{mnemonic}: {name} must lie in {legal[0]}..{legal[-1]}, not be {value}"
                )
            words[place.word] |= (value & ((1 << place.field.bits) - 1)) << place.low
        return b"".join(word.to_bytes(WORD_BYTES, "little") for word in words)

    def decode(self, data: bytes) -> tuple[int, Mapping[str, int]]:
        """Opcode and every field, read or not, of the `bytes` of a command."""
        words = [
            int.from_bytes(data[at : at + WORD_BYTES], "little")
            for at in range(0, self.bytes, WORD_BYTES)
        ]
        fields = {}
        for name, place in self.places.items():
            value = words[place.word] >> place.low & ((1 << place.field.bits) - 1)
            if place.field.signed and value >> (place.field.bits - 1):
                value -= 1 << place.field.bits
            fields[name] = value
        return words[0] & ((1 << self.opcode_bits) - 1), fields
