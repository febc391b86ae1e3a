"""Records that travel between the modules of the streaming unit, and the widths in them."""

from __future__ import annotations

from migen.genlib.record import DIR_M_TO_S, DIR_S_TO_M

from compiler_intrinsics.command_set import WORD_BITS, CommandSet
from compiler_intrinsics.stream.commands import COMPUTE_COMMANDS, LOCAL_BITS, MEMORY_COMMANDS

STATUS_BITS = 4
"""Of a `Status`."""

BYTE = 8

LOCAL_LATENCY = 3
"""Cycles from the one in which a read of the activation memory is taken to its answer."""

LOCAL_PORT = [
    ("valid", 1, DIR_M_TO_S),
    ("ready", 1, DIR_S_TO_M),
    ("write", 1, DIR_M_TO_S),
    ("space", 1, DIR_M_TO_S),
    ("address", LOCAL_BITS, DIR_M_TO_S),
    ("data", WORD_BITS, DIR_M_TO_S),
    ("fill", 1, DIR_M_TO_S),
    ("value", BYTE, DIR_M_TO_S),
    ("answer_valid", 1, DIR_S_TO_M),
    ("answer", WORD_BITS, DIR_S_TO_M),
]
"""From the memory engine, the master, to the memories inside the unit.

    valid         1   an access is offered; it stays until it is taken
    ready         1   it is taken in this cycle
    write         1   else a read, of activations only
    space         1   a `Space`
    address       16  in words of 8 bytes; its range is the master's concern.  In the space of the
                      weights an entry has a whole number of words.
    data          64  to be written
    fill          1   of activations: `value` is written to all bytes of the word instead
    value         8   with fill
    answer_valid  1   `LOCAL_LATENCY` cycles after a read was taken, in order; it cannot wait
    answer        64  the word, with answer_valid

What the compute engine writes goes first.
"""


def engine_port(commands: CommandSet) -> list[tuple]:
    """From the list fetcher, the master, to the engine that carries out `commands`.

    start   1  the command in the fields below starts; only while not busy.  They may change then.
    opcode, and one field for each of the set, by its name and with its width
    abort   1  commands end early, with Status.STOPPED unless they are over already; none starts
    busy    1  no command can start.  May end before the `done` of the same command.
    done    1  for one cycle: a command is over, and all that it writes is written
    status  4  with done: Status.DONE, or why it was refused or cut short
    """
    fields = [
        (name, place.field.bits if not place.field.signed else (place.field.bits, True), DIR_M_TO_S)
        for name, place in commands.places.items()
    ]
    return [
        ("start", 1, DIR_M_TO_S),
        ("opcode", commands.opcode_bits, DIR_M_TO_S),
        *fields,
        ("abort", 1, DIR_M_TO_S),
        ("busy", 1, DIR_S_TO_M),
        ("done", 1, DIR_S_TO_M),
        ("status", STATUS_BITS, DIR_S_TO_M),
    ]


ENGINE_PORT = engine_port(COMPUTE_COMMANDS)
MEMORY_ENGINE_PORT = engine_port(MEMORY_COMMANDS)


def bits_for_index(size: int) -> int:
    """Width of an index into `size` (a power of two) places."""
    return size.bit_length() - 1


STEP = [("valid", 1), ("parameters", 1), ("up", 1), ("last", 1), ("fresh", 1)]
"""What an entry of the weight memory is for, on its way to the lanes.

valid: it is for something; parameters: it is parameters of a group, else weights; last: of a
result, never one of parameters; up: accumulators times 256 before it, which the first step of a
result may say too; fresh: the result, which ends with this step, is the first of its group.
"""

OUTPUT = [("zero_point", (BYTE, True)), ("act_min", (BYTE, True)), ("act_max", (BYTE, True))]
"""Zero point and clamp of results."""

LANES = [("depthwise", 1), ("weight_zero_point", (BYTE, True))]
"""How a command uses the lanes."""
