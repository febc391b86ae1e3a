"""An interrupt at any cycle neither loses an instruction nor repeats it."""

from __future__ import annotations

import re
from collections import Counter

from tests.soc.hazards.interrupts import Sweep, sweep_program
from tests.soc.hazards.meaning import INSTRUCTIONS
from tests.soc.hazards.test_contexts import differences

SWEEPS = (
    Sweep("quiet", range(1, 700)),
    Sweep("quiet", range(1, 700), first_neighbour=3),
    Sweep("queue full", range(1, 700), first_neighbour=5),
    Sweep("quiet", range(1, 1200, 2), cold=True, first_neighbour=6),
)
"""Together they reach every instruction; one alone skips some, because the SDRAM's refresh and
the D$'s contents shift a run by some cycles against the one before."""


def test_a_sequence_is_exact_wherever_it_is_interrupted(hazard_bench):
    soc_header = hazard_bench.simulator.headers / "generated" / "soc.h"
    timer = int(re.search(r"#define TIMER0_INTERRUPT (\d+)", soc_header.read_text())[1])
    interrupts = Counter()
    for sweep in SWEEPS:
        program = sweep_program(sweep, timer)
        outcome = hazard_bench.run(program.body)
        places = outcome.words[-len(INSTRUCTIONS) :]
        assert differences(outcome.words[: -len(places)], program.records) == [], sweep
        assert len(outcome.interrupted) == len(program.records), "one interrupt for each run"
        by_address = Counter(outcome.interrupted)
        for instruction, place in zip(INSTRUCTIONS, places, strict=True):
            interrupts[instruction.mnemonic] += by_address[place]
    missed = [i.mnemonic for i in INSTRUCTIONS if not interrupts[i.mnemonic]]
    assert missed == [], "instructions that no interrupt came at"
