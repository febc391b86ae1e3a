"""Generates the part of a unit's reference page that lists the commands of its programs."""

from __future__ import annotations

from .command_header import read_fields
from .command_set import OPCODE, Command, CommandSet, Place

COMMANDS = """
## Commands of the {name} engine
{words} words of 64 bits, little endian. Fields that a command does not read are 0.

| command | opcode | reads | meaning |
|---|---|---|---|
"""

FIELDS = """
| field | word | bits | |
|---|---|---|---|
| `{opcode}` | 0 | {last}..0 | which command it is |
"""


def _command(command: Command) -> str:
    fields = ", ".join(f"`{name}`" for name in command.fields)
    return f"| `{command.mnemonic}` | {command.opcode} | {fields} | {command.document} |\n"


def _field(place: Place) -> str:
    field = place.field
    bits = f"{place.low + field.bits - 1}..{place.low}"
    signed = "signed, " if field.signed else ""
    return f"| `{field.name}` | {place.word} | {bits} | {signed}{field.document} |\n"


def generate(commands: CommandSet) -> str:
    """The commands of an engine, and where their fields lie."""
    head = COMMANDS.format(name=commands.name, words=commands.words)
    rows = "".join(map(_command, commands.commands))
    fields = FIELDS.format(opcode=OPCODE, last=commands.opcode_bits - 1)
    return head + rows + fields + "".join(map(_field, read_fields(commands)))
