"""Every instruction takes effect exactly once, wherever it stands in a program."""

from __future__ import annotations

import pytest

from tests.soc.hazards.contexts import TOPICS
from tests.soc.hazards.program import Record, cases_program


def differences(words: tuple[int, ...], records: tuple[Record, ...]) -> list[str]:
    """The records that were not written as they should be, for people."""
    wrong = []
    position = 0
    for record in records:
        got = words[position : position + len(record.words)]
        position += len(record.words)
        if got != record.words:
            first = next(
                (
                    i
                    for i, pair in enumerate(zip(got, record.words, strict=False))
                    if pair[0] != pair[1]
                ),
                len(got),
            )
            value = f"{got[first]:#x}" if first < len(got) else "nothing"
            wrong.append(f"{record.name}: word {first} is {value}, not {record.words[first]:#x}")
    if len(words) != position:
        wrong.append(f"{len(words)} words were written, not {position}")
    return wrong


@pytest.mark.parametrize("topic", TOPICS)
def test_an_instruction_takes_effect_exactly_once(hazard_bench, topic):
    program = cases_program(TOPICS[topic])
    assert differences(hazard_bench.run(program.body).words, program.records) == []
