"""The commands of the streaming unit: one record each, from which everything else follows.

A program is two lists of commands in memory, one for each engine. An engine takes its commands in
order; `after` makes a command wait until the other engine has finished so many of its own, and that
is all they know of each other. Addresses in main RAM are a window and an offset in it, so a program
does not depend on where it lies, and reaches nothing else.
"""

from __future__ import annotations

from enum import IntEnum

from ..command_set import Command, CommandSet, Field

OPCODE_BITS = 4
COUNT_BITS = 16
"""Of loop counts and of numbers of commands."""

LOCAL_BITS = 16
"""Of addresses and strides inside the unit, which are taken modulo so many bits."""

BYTE_ADDRESS_BITS = LOCAL_BITS + 3


WINDOW_BIT = 31
"""Of an address in main RAM; below it is an offset in bytes, taken modulo so many bits."""

OFFSET_MASK = (1 << WINDOW_BIT) - 1


class Window(IntEnum):
    """What of main RAM a program may reach: two windows that the CPU has set."""

    IMAGE = 0
    """Read only."""
    ARENA = 1


def main_ram(window: Window, offset: int) -> int:
    """An address in main RAM as commands have it; `offset` in bytes, a multiple of 8."""
    if offset not in range(0, OFFSET_MASK, 8):
        raise ValueError(f"an offset is a multiple of 8 below 2**{WINDOW_BIT}, not {offset}")
    return window << WINDOW_BIT | offset


class Space(IntEnum):
    """Which memory of the unit a command fills."""

    ACTIVATIONS = 0
    """Addressed in words of 8 bytes."""
    WEIGHTS = 1
    """Addressed in words of 8 bytes, of which an entry has a whole number."""


def _count(name: str, document: str) -> Field:
    return Field(name=name, bits=COUNT_BITS, document=document)


def _local(name: str, document: str) -> Field:
    return Field(name=name, bits=LOCAL_BITS, document=document)


def _memory(name: str, document: str) -> Field:
    return Field(name=name, bits=32, document=document)


def _int8(name: str, document: str) -> Field:
    return Field(name=name, bits=8, signed=True, document=document)


AFTER = _count("after", "commands of the other engine that must be finished before this one starts")

MEMORY_COMMANDS = CommandSet(
    name="memory",
    opcode_bits=OPCODE_BITS,
    layout=(
        (
            Field(name="space", bits=4, document="memory of the unit: 0 activations, 1 weights"),
            _int8("value", "what is filled in"),
            Field(name="tail", bits=4, document="bytes of each row's last word: 1..8"),
            Field(name="spare", bits=12, document="0"),
            AFTER,
            _count("count0", "words of a row, one behind the other in main RAM"),
        ),
        (
            _memory(
                "address",
                "of the first word in main RAM: window (0 image, 1 arena) in bit 31, below it the "
                "offset in bytes, a multiple of 8",
            ),
            _local("local", "of the first word inside the unit, in words"),
            _count("count1", "rows of a plane"),
        ),
        (
            _memory("step1", "from row to row in main RAM, in bytes, a multiple of 8"),
            _local("local0", "from word to word inside the unit, in words"),
            _count("count2", "planes"),
        ),
        (
            _memory("step2", "from plane to plane in main RAM, in bytes, a multiple of 8"),
            _local("local1", "from row to row inside the unit, in words"),
            _local("local2", "from plane to plane inside the unit, in words"),
        ),
    ),
    commands=(
        Command(
            mnemonic="end",
            opcode=0,
            fields=("after",),
            document="The list ends here.",
        ),
        Command(
            mnemonic="load",
            opcode=1,
            fields=(
                *("space", "after", "address", "local"),
                *("count0", "count1", "count2", "step1", "step2", "local0", "local1", "local2"),
            ),
            document="Main RAM to the unit, word by word.",
        ),
        Command(
            mnemonic="store",
            opcode=2,
            fields=(
                *("tail", "after", "address", "local"),
                *("count0", "count1", "count2", "step1", "step2", "local0", "local1", "local2"),
            ),
            document="Activations to main RAM; of a row's last word its first `tail` bytes.",
        ),
        Command(
            mnemonic="fill",
            opcode=3,
            fields=(
                *("value", "after", "local"),
                *("count0", "count1", "count2", "local0", "local1", "local2"),
            ),
            document="Write `value` into every byte of words of activations: the halo of a window.",
        ),
        Command(
            mnemonic="stamp",
            opcode=4,
            fields=("after", "address"),
            document="Store how many cycles the program has run for, as one word.",
        ),
    ),
)

COMPUTE_COMMANDS = CommandSet(
    name="compute",
    opcode_bits=OPCODE_BITS,
    layout=(
        (
            Field(name="up", bits=4, document="1: accumulators times 256 between planes of taps"),
            _int8("zero_point", "of the output"),
            _int8("act_min", "least output"),
            _int8("act_max", "greatest output"),
            AFTER,
            _count("groups", "groups of 8 output channels"),
        ),
        (
            Field(
                name="input",
                bits=BYTE_ADDRESS_BITS,
                document="of the first tap, in bytes of the activation memory",
            ),
            _int8("weight_zero_point", "subtracted from every weight"),
            Field(name="spare", bits=5, document="0"),
            _local("weights", "first entry: parameters of a group, then its weights"),
            _local("weights_group", "from group to group, in entries; 0: all have the same"),
        ),
        (
            _count("taps0", "steps along a row of taps"),
            _count("taps1", "rows of taps"),
            _count("taps2", "planes of taps"),
            _count("columns", "output pixels of a row"),
        ),
        (
            _count("rows", "rows of output pixels"),
            _local("input_column", "from output pixel to output pixel, in bytes"),
            _local("input_row", "from row to row of output pixels, in words"),
            _local("input1", "from row to row of taps, in words"),
        ),
        (
            _local("input2", "from plane to plane of taps, in words"),
            _local("input_group", "from group to group, in words"),
            _local("output", "of the first result, in words"),
            _local("output_row", "from row to row of results, in words"),
        ),
        (
            _local("output_group", "from group to group of results, in words"),
            Field(name="spare2", bits=48, document="0"),
        ),
    ),
    commands=(
        Command(mnemonic="end", opcode=0, fields=("after",), document="The list ends here."),
        *(
            Command(
                mnemonic=mnemonic,
                opcode=opcode,
                fields=(
                    *("up", "zero_point", "act_min", "act_max", "weight_zero_point", "after"),
                    *("groups", "columns", "rows", "taps0", "taps1", "taps2"),
                    *("input", "input_column", "input_row", "input1", "input2", "input_group"),
                    *("weights", "weights_group", "output", "output_row", "output_group"),
                ),
                document=document,
            )
            for mnemonic, opcode, document in (
                (
                    "dot",
                    1,
                    "Every result is a dot product: a step takes `taps` bytes that lie one behind "
                    "the other, the same for all 8 output channels.",
                ),
                (
                    "depthwise",
                    2,
                    "Every output channel has its own input: a step takes as many words as the "
                    "memory has banks, byte c of each for channel c.",
                ),
            )
        ),
    ),
)


class Status(IntEnum):
    """How a program ended, and why a command was refused (`manual.MEANING`)."""

    IDLE = 0
    RUNNING = 1
    DONE = 2
    UNKNOWN = 3
    SIZE = 4
    ADDRESS = 5
    LOCAL = 6
    STUCK = 7
    STOPPED = 8


class Engine(IntEnum):
    """Whose list a status speaks of."""

    MEMORY = 0
    COMPUTE = 1


ENGINE_BIT = 4
"""A status word has a `Status` below this bit. For those that name a command the `Engine` is at it
and, above, the place in that engine's list of the command that it speaks of; otherwise 0."""

NAMING = (
    *(Status.UNKNOWN, Status.SIZE, Status.ADDRESS, Status.LOCAL, Status.STUCK, Status.STOPPED),
)
"""Those that name a command."""
