"""Mutated images on the simulated SoC: refused, or run to their end without a trap.

The search is on the host (tests/firmware/test_mutated_images.py); these runs add the compiler for
RISC-V, a CPU that traps where a word is not aligned, and the real unit, which must not hang.
"""

from __future__ import annotations

import numpy as np
import pytest

from dwpw.image.format import ErrorCode
from dwpw.machine import Machine, build_machine
from dwpw.plan.image import arena_offset
from dwpw.runlog import parse_event
from soc import memory_map
from soc.sim.simulate import run as simulate
from tests.support.mutation import Mutation, mutation
from tests.support.targets import TARGET

LIMIT = 100_000_000
"""Cycles; the largest of these runs takes a tenth of it."""

FEW, DOZENS = (1, 6, 11, 21, 22, 23, 24, 27), range(100)
"""All of the few but one are run, not refused."""


def _end(machine: Machine, made: Mutation, seed: int) -> tuple[int, dict]:
    """Status and last line of a run."""
    arena = memory_map.IMAGE_BASE + arena_offset(len(made.image))
    data = np.random.default_rng(seed).bytes(1 << 14)
    lines: list[str] = []
    loads = [
        (memory_map.FIRMWARE_BASE, machine.firmware.read_bytes()),
        (memory_map.IMAGE_BASE, made.image),
        (arena, data),
    ]
    status = simulate(machine.simulator, loads, LIMIT, lines.append)
    events = [event for line in lines if (event := parse_event(line))]
    return status, dict(events[-1]) if events else {}


def _check(seed: int) -> None:
    made = mutation(seed)
    status, end = _end(build_machine(TARGET, lambda _: None), made, seed)
    what = f"mutation {seed} of {made.source}: {'; '.join(made.steps)}: {end}"
    if status == 0:
        assert end.get("dwpw") == "end", what
    else:
        assert end.get("code") == status, what
        assert ErrorCode(status) is not ErrorCode.TRAP, what


@pytest.mark.parametrize("seed", FEW)
def test_a_mutated_image_neither_traps_nor_hangs(seed: int) -> None:
    _check(seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", DOZENS)
def test_dozens_of_mutated_images_neither_trap_nor_hang(seed: int) -> None:
    _check(seed)
