"""What a unit and main RAM say to each other: the bus master of a unit that has one."""

from __future__ import annotations

from migen.genlib.record import DIR_M_TO_S, DIR_S_TO_M

from compiler_intrinsics.command_set import WORD_BITS, WORD_BYTES

ADDRESS_BITS = 29
"""Of an address in words of 8 bytes, as the CPU counts them."""

UNIT_MEMORY = [
    (
        "cmd",
        [
            ("valid", 1, DIR_M_TO_S),
            ("ready", 1, DIR_S_TO_M),
            ("write", 1, DIR_M_TO_S),
            ("address", ADDRESS_BITS, DIR_M_TO_S),
            ("data", WORD_BITS, DIR_M_TO_S),
            ("mask", WORD_BYTES, DIR_M_TO_S),
            ("outside", 1, DIR_S_TO_M),
        ],
    ),
    ("rdata", [("valid", 1, DIR_S_TO_M), ("data", WORD_BITS, DIR_S_TO_M)]),
    ("flush", 1, DIR_M_TO_S),
    ("flushed", 1, DIR_S_TO_M),
]
"""The unit is the master, main RAM the slave.

    cmd.valid    1   unit to memory  an access is offered; it stays until it is taken
    cmd.ready    1   memory to unit  it is taken in this cycle
    cmd.write    1   unit to memory  else a read
    cmd.address  29  unit to memory  in words of 8 bytes; there before it is offered
    cmd.outside  1   memory to unit  main RAM has no such address: it must not be offered
    cmd.data     64  unit to memory  of a write
    cmd.mask     8   unit to memory  a bit for each byte of it that is written
    rdata.valid  1   memory to unit  the answer to the oldest read; it cannot wait
    rdata.data   64  memory to unit
    flush        1   unit to memory  asked for; stays until `flushed`.  No access is under way
    flushed      1   memory to unit  for one cycle: unit and CPU agree.  What the CPU stored before
                                     the flush is in main RAM, and what it loads comes from there

Accesses happen in the order in which they are taken.  Between two flushes the CPU must leave alone
what the unit writes, and the unit what the CPU writes.
"""
