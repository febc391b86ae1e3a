"""Encodings that are not ours answer 0 and change nothing, seen from the CPU."""

from __future__ import annotations

from compiler_intrinsics.simd import INSTRUCTION_SET
from tests.soc.hazards import meaning
from tests.soc.hazards.contexts import DATA
from tests.soc.hazards.program import UNTOUCHED, Program, Record, encode_raw
from tests.soc.hazards.test_contexts import differences

FOREIGN = [code for code in range(1 << 10) if code not in INSTRUCTION_SET.by_function_id]


def foreign_program() -> Program:
    """Every foreign encoding once, between a prologue and its probe."""
    lines = ["jal ra, prologue_0", f"li a1, {meaning.WORDS[5]:#x}; li a2, {meaning.WORDS[6]:#x}"]
    for code in FOREIGN:
        lines.append(f"li a0, {UNTOUCHED}")
        lines.append(encode_raw(code & 7, code >> 3, "a0", "a1", "a2"))
        lines.append("sw a0, 0(s0); addi s0, s0, 4")
    lines.append("jal ra, finish")
    _, probe = meaning.sequence_expectation([], "quiet")
    records = [Record(f"function id {code:#x}", (0,)) for code in FOREIGN]
    return Program("\n".join(lines), (*records, Record("state", (0, DATA, 0, *probe))))


def test_foreign_encodings_answer_zero_and_change_nothing(hazard_bench):
    program = foreign_program()
    assert differences(hazard_bench.run(program.body).words, program.records) == []
