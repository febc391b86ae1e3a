"""The hazard tests see an extension, or a port, that executes a command twice or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from soc.config import SocConfig
from soc.sim.simulator import build_simulator
from tests.soc.hazards.conftest import HazardBench
from tests.soc.hazards.contexts import Context
from tests.soc.hazards.faulty_extension import FAULTY, Fault
from tests.soc.hazards.program import cases_program
from tests.soc.hazards.test_contexts import differences
from tests.support.targets import UNITS

CONTEXTS = (
    Context("behind a load that misses the D$", "lw t1, 0(s5); lw t1, 0(s2); {I}"),
    Context("between a division and nothing", "div t2, s6, s4; {I}; .rept 24; nop; .endr"),
)


@pytest.fixture
def faulty_bench(repository: Path, build_root: Path, tmp_path: Path) -> HazardBench:
    """The SoC whose extension makes mistakes when it is told to."""
    config = SocConfig(memory="ideal", units=UNITS, top=FAULTY)
    simulator = build_simulator(config, build_root)
    return HazardBench(simulator, repository / "firmware" / "platform", tmp_path)


def test_every_fault_is_seen_and_none_without_one(faulty_bench):
    program = cases_program(CONTEXTS)
    seen = {
        fault
        for fault in Fault
        if differences(faulty_bench.run(program.body, order=fault).words, program.records)
    }
    assert seen == set(Fault) - {Fault.NONE}
