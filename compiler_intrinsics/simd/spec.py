"""The instructions of the unit: one record each, from which everything else follows.

All are R-type on the custom-0 opcode: the CPU hands `rs1`, `rs2` and the function id
{funct7, funct3} to the unit and writes its answer to `rd`.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum

from ..instruction_set import Instruction, InstructionSet, Operand
from .geometry import HISTORY_WORDS, REP_COUNTS, TABLE_WORDS, Geometry
from .manual import manual
from .operands import (
    ACT,
    BIAS,
    CHANNEL,
    COUNT,
    ENTRY,
    FIRST_ENTRY,
    FIRST_GROUP,
    FOUR,
    HIGH,
    LAST_ENTRY,
    LAST_GROUP,
    LOW,
    MULTIPLIER,
    PLACE,
    SHIFT,
    WEIGHT_ZERO_POINT,
    WORD_A,
    WORD_B,
    ZERO_POINT,
)
from .state import THROUGH_TABLE, MacFlag, State


class Part(IntEnum):
    """funct3: the part of the hardware that an instruction speaks to."""

    SETUP = 0
    DOT = 1
    REP = 2
    DW = 3
    RESULT = 4


def _setup(funct7: int, meaning, *operands: Operand, document: str, **more) -> Instruction:
    """A set-up instruction, named as its meaning."""
    return Instruction(
        mnemonic=meaning.__name__,
        funct3=Part.SETUP,
        funct7=funct7,
        operands=operands,
        meaning=meaning,
        setup=True,
        document=document,
        **more,
    )


_SETUP = (
    _setup(
        *(0, State.set_weights, FIRST_ENTRY, LAST_ENTRY),
        document="MAC instructions go round store entries first..last; accumulators, row and patch "
        "restart.",
    ),
    _setup(
        *(1, State.set_params, FIRST_GROUP, LAST_GROUP),
        document="Results go round parameter groups first..last (four channels each).",
    ),
    _setup(
        *(2, State.set_output, ZERO_POINT, ACT),
        document="Output zero point; clamp to act[7:0]..act[15:8]; then, where act[16] is set, "
        "through the table.",
    ),
    _setup(
        *(3, State.seek, ENTRY, CHANNEL),
        document="ld_weights continues at store entry `entry`, ld_bias and ld_scale at `channel`.",
    ),
    _setup(
        *(4, State.ld_weights, LOW, HIGH),
        document="Write the next half store entry: four weights for each of two accumulators.",
    ),
    _setup(*(5, State.ld_bias, BIAS), document="Write the bias of the current channel."),
    _setup(
        *(6, State.ld_scale, MULTIPLIER, SHIFT),
        document="Write multiplier and shift of the current channel, go to the next. A shift of "
        "-32 counts as -31.",
    ),
    _setup(
        *(7, State.ld_table, PLACE, FOUR),
        without_it=(("DWPW_TABLE_WORDS", 0),),
        document="Write four int8 of the table: what stands for the results 4 * place and the "
        "three behind it, counted as uint8.",
    ),
    _setup(
        *(8, State.set_zero_point, WEIGHT_ZERO_POINT),
        document="MAC instructions subtract zero_point from every weight. That of weights of uint8 "
        "is moved by 128, as they are.",
    ),
)


NONE, LAST0, LAST1, SINGLE, SKIP, UP = MacFlag(0), *MacFlag


def _single(base: str, part: Part, meaning, flags: MacFlag, document: str) -> Instruction:
    """A MAC instruction that takes one word."""
    return Instruction(
        mnemonic=f"{base}1" + ("_up" if UP in flags else "") + ("_last" if LAST0 in flags else ""),
        funct3=part,
        funct7=flags | SINGLE,
        operands=(WORD_A,),
        meaning=meaning,
        flags=None if meaning is State.skip else flags,
        document=document,
    )


def _double(suffix: str, first: Instruction, second: Instruction, document: str) -> Instruction:
    """One that takes two words, as two in a row do."""
    flags = first.funct7 & ~SINGLE
    if LAST0 in MacFlag(second.funct7):
        flags |= LAST1
    return Instruction(
        mnemonic=f"{first.mnemonic.partition('1')[0]}2{suffix}",
        funct3=first.funct3,
        funct7=flags,
        operands=(WORD_A, WORD_B),
        substitute=((first, "a"), (second, "b")),
        document=document,
    )


_DOT1 = _single("dot", Part.DOT, State.dot, NONE, "dot2 for one word.")
_DOT1_LAST = _single("dot", Part.DOT, State.dot, LAST0, "dot2_last for one word.")
_DOT1_UP = _single("dot", Part.DOT, State.dot, UP, "dot1 behind accumulators times 256.")
_DW1 = _single("dw", Part.DW, State.dw, NONE, "dw2 for one word.")
_DW1_LAST = _single("dw", Part.DW, State.dw, LAST0, "dw1 whose word completes a result.")
_SKIP1 = _single("skip", Part.DW, State.skip, SKIP, "skip2 for one word.")

_DOT = (
    _double("", _DOT1, _DOT1, "Four accumulators += dot products of a, then b, with one store "
            "entry each (32 MACs)."),
    _double("_last", _DOT1, _DOT1_LAST, "dot2; then bias, requantise, clamp and pack the "
            "accumulators into a result."),
    _DOT1,
    _DOT1_LAST,
    _double("_up", _DOT1_UP, _DOT1, "dot2 behind accumulators times 256: the next eight bits of "
            "longer weights."),
    _double("_up_last", _DOT1_UP, _DOT1_LAST, "dot2_last behind accumulators times 256."),
    _DOT1_UP,
)  # fmt: skip

_REP = (
    Instruction(
        mnemonic="rep",
        funct3=Part.REP,
        funct7=0,
        operands=(COUNT,),
        meaning=State.rep,
        without_it=(("DWPW_PATCH_WORDS", 0),),
        document="Replay the words of the last finished result against the store entries that "
        "follow: `count` more results without loading or passing anything again.",
    ),
)

_DW = (
    _double("", _DW1, _DW1, "For two rows: the new word and the two before it in its row, times "
            "three taps, into one accumulator per channel (24 MACs)."),
    _double("_last0", _DW1_LAST, _DW1, "dw2 whose first word completes a result."),
    _double("_last1", _DW1, _DW1_LAST, "dw2 whose second word completes a result."),
    _DW1,
    _DW1_LAST,
    _double("", _SKIP1, _SKIP1, "Shift two words into the history of their rows, without "
            "multiplying."),
    _SKIP1,
)  # fmt: skip

_RESULT = (
    Instruction(
        mnemonic="pop",
        funct3=Part.RESULT,
        funct7=0,
        meaning=State.pop,
        returns=True,
        document="rd = the oldest result, four int8; waits for it; 0 when none is under way.",
    ),
)

POP = 16  # of funct7: the answer is that of `pop`
_DW_POP = tuple(
    replace(
        item,
        mnemonic=f"{item.mnemonic}_pop",
        funct7=item.funct7 | POP,
        returns=True,
        substitute=((_RESULT[0],), (item, "a", "b")),
        document=f"pop, then {item.mnemonic}.",
    )
    for item in _DW[1:3]
)


def _constants(geometry: Geometry) -> dict[str, int]:
    """The sizes that kernels and the C meanings depend on."""
    return {
        "DWPW_GROUPS": geometry.groups,
        "DWPW_TAPS": geometry.taps,
        "DWPW_STORE_ENTRIES": geometry.store_entries,
        "DWPW_PARAM_CHANNELS": geometry.channels,
        "DWPW_PATCH_WORDS": geometry.patch_words,
        "DWPW_ROWS": geometry.rows,
        "DWPW_HISTORY_WORDS": HISTORY_WORDS,
        "DWPW_RESULTS": geometry.results,
        "DWPW_REP_COUNTS": REP_COUNTS,
        "DWPW_TABLE_WORDS": TABLE_WORDS,
        "DWPW_THROUGH_TABLE": THROUGH_TABLE,
    }


def _fill(geometry: Geometry) -> tuple[tuple[str, int | None, int | None], ...]:
    """Store, parameters, table, patch and the history of all rows."""
    last = geometry.store_entries - 1
    return (
        ("set_zero_point", None, None),
        ("seek", 0, 0),
        *(("ld_weights", None, None),) * (2 * geometry.store_entries),
        *(("ld_bias", None, None), ("ld_scale", None, None)) * geometry.channels,
        *(("ld_table", place, None) for place in range(TABLE_WORDS)),
        ("set_output", None, None),
        ("set_params", None, None),
        ("set_weights", 0, last),
        *(("dot1", None, None),) * (geometry.patch_words - 1),
        ("dot1_last", None, None),
        ("pop", None, None),
        ("set_weights", 0, last),
        *(("skip1", None, None),) * (2 * min(geometry.rows, geometry.store_entries)),
        ("set_weights", None, None),
    )


INSTRUCTION_SET = InstructionSet(
    name="simd",
    instructions=_SETUP + _DOT + _REP + _DW + _RESULT + _DW_POP,
    geometry=Geometry,
    machine=State,
    constants=_constants,
    flags=MacFlag,
    funct7_bits=6,
    fill=_fill,
    manual=manual,
)
