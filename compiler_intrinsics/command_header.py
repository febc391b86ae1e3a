"""Generates the C side of commands: an enumeration, a structure and a decoder for each set.

They are part of `dwpw_intrinsics.h` (`header`): kernels look at the programs that they start, and
the unit's meaning in C carries them out.
"""

from __future__ import annotations

from enum import IntEnum

from .command_set import OPCODE, WORD_BITS, CommandSet, Field, Place


def read_fields(commands: CommandSet) -> list[Place]:
    """The fields that some command reads, as they lie."""
    read = {name for command in commands.commands for name in command.fields}
    return [place for name, place in commands.places.items() if name in read]


def _type(field: Field) -> str:
    return "int32_t" if field.signed else "uint32_t"


def _value(place: Place) -> str:
    """A field's value, from `words`."""
    bits = place.field.bits
    word = f"words[{place.word}]"
    if place.field.signed:
        left = WORD_BITS - place.low - bits
        return f"(int32_t)((int64_t)({word} << {left}) >> {WORD_BITS - bits})"
    return f"(uint32_t)({word} >> {place.low} & {(1 << bits) - 1:#x})"


def _enumeration(name: str, members: dict[str, int]) -> str:
    lines = "".join(
        f"    {name.upper()}_{key.upper()} = {value},\n" for key, value in members.items()
    )
    return f"enum {name} {{\n{lines}}};\n"


def command_text(unit: str, commands: CommandSet) -> str:
    """Of the set's opcodes and fields: `struct dwpw_UNIT_SET`, `dwpw_UNIT_SET_decode`."""
    name = f"dwpw_{unit}_{commands.name}"
    places = read_fields(commands)
    opcode = Place(Field(name=OPCODE, bits=commands.opcode_bits, document=""), 0, 0)
    members = "".join(f"    {_type(one.field)} {one.field.name};\n" for one in (opcode, *places))
    values = "".join(f"        .{one.field.name} = {_value(one)},\n" for one in (opcode, *places))
    opcodes = {command.mnemonic: command.opcode for command in commands.commands}
    return (
        f"{_enumeration(f'{name}_opcode', opcodes)}\n"
        f"enum {{ {name.upper()}_WORDS = {commands.words} }};\n\n"
        f"struct {name} {{\n{members}}};\n\n"
        f"static inline struct {name} {name}_decode(const uint64_t *words) {{\n"
        f"    return (struct {name}){{\n{values}    }};\n}}\n"
    )


def enum_text(unit: str, enum: type[IntEnum]) -> str:
    """An enumeration and a function that names its members."""
    name = f"dwpw_{unit}_{enum.__name__.lower()}"
    cases = "".join(
        f'    case {name.upper()}_{member.name}:\n        return "{member.name}";\n'
        for member in enum
    )
    return (
        f"{_enumeration(name, {member.name: member.value for member in enum})}\n"
        f"static inline const char *{name}_name(uint32_t value) {{\n"
        f"    switch (value) {{\n{cases}    default:\n        break;\n    }}\n"
        f'    return "?";\n}}\n'
    )
