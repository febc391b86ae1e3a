"""What a unit and the CFU port say to each other: one record for each unit."""

from __future__ import annotations

from migen.genlib.record import DIR_M_TO_S, DIR_S_TO_M

from .cfu_bus import FUNCTION_ID_BITS, WORD

UNIT_PORT = [
    ("valid", 1, DIR_M_TO_S),
    ("function_id", FUNCTION_ID_BITS, DIR_M_TO_S),
    ("a", WORD, DIR_M_TO_S),
    ("b", WORD, DIR_M_TO_S),
    ("ready", 1, DIR_S_TO_M),
    ("answer", WORD, DIR_S_TO_M),
]
"""The port is the master, the unit the slave.

    valid        1   port to unit  one of the unit's instructions is offered; it may be withdrawn
    function_id  10  port to unit  which; meaningful with `valid` only
    a, b         32  port to unit  rs1 and rs2, with `valid`
    ready        1   unit to port  the unit takes what is, or would be, offered
    answer       32  unit to port  rd, in the cycle in which the instruction is taken

An instruction is taken in a cycle with `valid` and `ready`.  `ready` and `answer` may follow from
the other signals within the cycle; `valid` does not depend on them.  As long as a unit keeps
`ready` low the CPU stands still, so it must become ready by itself.
"""
