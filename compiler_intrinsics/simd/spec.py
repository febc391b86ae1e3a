"""The instructions: one record each, from which header, hardware decoder and manual follow.

All are R-type on the custom-0 opcode: the CPU hands `rs1`, `rs2` and the function id
{funct7, funct3} to the extension and writes its answer to `rd`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from .state import State

OPCODE_CUSTOM_0 = 0b0001011


class Unit(IntEnum):
    """funct3: the part of the extension that an instruction speaks to."""

    SETUP = 0
    DOT = 1
    REP = 2
    DW = 3
    RESULT = 4


class MacFlag(IntEnum):
    """Bits of funct7 in DOT and DW."""

    LAST0 = 1  # the first word completes a result
    LAST1 = 2  # the second word completes a result
    SINGLE = 4  # there is no second word
    SKIP = 8  # history only, no multiplication


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        mnemonic: name in assembly, without the `dwpw.` prefix.
        funct3, funct7: encoding.
        operands: names of rs1 and rs2; an operand that is absent is encoded as x0.
        meaning: `State` method that takes the two operands and returns rd.
        returns: whether rd means anything; otherwise it is encoded as x0.
        document: one line for the manual.
        substitute: calls of other instructions, (mnemonic, operand name), that do the same; empty
            where only this instruction can.  `dwpw gains` measures what it saves over them.
    """

    mnemonic: str
    funct3: Unit
    funct7: int
    operands: tuple[str, ...]
    meaning: Callable[[State, int, int], int]
    document: str
    returns: bool = False
    substitute: tuple[tuple[str, str], ...] = ()

    @property
    def function_id(self) -> int:
        """The ten bits that the CPU's custom-function port carries."""
        return self.funct7 << 3 | self.funct3

    def execute(self, state: State, a: int = 0, b: int = 0) -> int:
        """Apply the instruction to `state`; returns rd, 32 bits unsigned."""
        return self.meaning(state, a, b)


_SETUP = (
    Instruction(
        "set_weights",
        Unit.SETUP,
        0,
        ("first", "last"),
        State.set_weights,
        "MAC instructions go round store entries first..last; accumulators, row and patch restart.",
    ),
    Instruction(
        "set_params",
        Unit.SETUP,
        1,
        ("first", "last"),
        State.set_params,
        "Results go round parameter groups first..last (four channels each).",
    ),
    Instruction(
        "set_output",
        Unit.SETUP,
        2,
        ("zero_point", "act"),
        State.set_output,
        "Output zero point; clamp to act[7:0]..act[15:8].",
    ),
    Instruction(
        "seek",
        Unit.SETUP,
        3,
        ("entry", "channel"),
        State.seek,
        "ld_weights continues at store entry `entry`, ld_bias and ld_scale at `channel`.",
    ),
    Instruction(
        "ld_weights",
        Unit.SETUP,
        4,
        ("low", "high"),
        State.ld_weights,
        "Write the next half store entry: four weights for each of two accumulators.",
    ),
    Instruction(
        "ld_bias",
        Unit.SETUP,
        5,
        ("bias",),
        State.ld_bias,
        "Write the bias of the current channel.",
    ),
    Instruction(
        "ld_scale",
        Unit.SETUP,
        6,
        ("multiplier", "shift"),
        State.ld_scale,
        "Write multiplier and shift of the current channel, go to the next.",
    ),
)

_DOT = (
    Instruction(
        "dot2",
        Unit.DOT,
        0,
        ("a", "b"),
        State.dot2,
        "Four accumulators += dot products of a, then b, with one store entry each (32 MACs).",
        substitute=(("dot1", "a"), ("dot1", "b")),
    ),
    Instruction(
        "dot2_last",
        Unit.DOT,
        MacFlag.LAST1,
        ("a", "b"),
        State.dot2_last,
        "dot2; then bias, requantise, clamp and pack the accumulators into a result.",
        substitute=(("dot1", "a"), ("dot1_last", "b")),
    ),
    Instruction(
        "dot1",
        Unit.DOT,
        MacFlag.SINGLE,
        ("a",),
        State.dot1,
        "dot2 for one word.",
    ),
    Instruction(
        "dot1_last",
        Unit.DOT,
        MacFlag.SINGLE | MacFlag.LAST0,
        ("a",),
        State.dot1_last,
        "dot2_last for one word.",
    ),
    Instruction(
        "rep",
        Unit.REP,
        0,
        ("count",),
        State.rep,
        "Replay the words of the last finished result against the store entries that follow: "
        "`count` more results without loading or passing anything again.",
    ),
)

_DW = (
    Instruction(
        "dw2",
        Unit.DW,
        0,
        ("a", "b"),
        State.dw2,
        "For two rows: the new word and the two before it in its row, times three taps, into one "
        "accumulator per channel (24 MACs).",
        substitute=(("dw1", "a"), ("dw1", "b")),
    ),
    Instruction(
        "dw2_last0",
        Unit.DW,
        MacFlag.LAST0,
        ("a", "b"),
        State.dw2_last0,
        "dw2 whose first word completes a result.",
        substitute=(("dw1_last", "a"), ("dw1", "b")),
    ),
    Instruction(
        "dw2_last1",
        Unit.DW,
        MacFlag.LAST1,
        ("a", "b"),
        State.dw2_last1,
        "dw2 whose second word completes a result.",
        substitute=(("dw1", "a"), ("dw1_last", "b")),
    ),
    Instruction("dw1", Unit.DW, MacFlag.SINGLE, ("a",), State.dw1, "dw2 for one word."),
    Instruction(
        "dw1_last",
        Unit.DW,
        MacFlag.SINGLE | MacFlag.LAST0,
        ("a",),
        State.dw1_last,
        "dw1 whose word completes a result.",
    ),
    Instruction(
        "skip2",
        Unit.DW,
        MacFlag.SKIP,
        ("a", "b"),
        State.skip2,
        "Shift two words into the history of their rows, without multiplying.",
        substitute=(("skip1", "a"), ("skip1", "b")),
    ),
    Instruction(
        "skip1",
        Unit.DW,
        MacFlag.SKIP | MacFlag.SINGLE,
        ("a",),
        State.skip1,
        "skip2 for one word.",
    ),
)

_RESULT = (
    Instruction(
        "pop",
        Unit.RESULT,
        0,
        (),
        State.pop,
        "rd = the oldest result, four int8; waits for it; 0 when none is under way.",
        returns=True,
    ),
)

INSTRUCTIONS: tuple[Instruction, ...] = _SETUP + _DOT + _DW + _RESULT
BY_MNEMONIC = {instruction.mnemonic: instruction for instruction in INSTRUCTIONS}
BY_FUNCTION_ID = {instruction.function_id: instruction for instruction in INSTRUCTIONS}
