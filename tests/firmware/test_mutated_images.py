"""A mutated image with a right CRC is refused, or runs inside its own memory and comes to an end.

The host's firmware runs under the address and undefined-behaviour sanitizers, in memory of exactly
the size that the image asks for; its server sees to it that the image itself stays as it is, and
that no job takes longer than half a minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from dwpw.image.format import Header
from dwpw.plan.image import arena_offset
from tests.support.host_firmware import HostFirmware, build_server
from tests.support.mutation import Mutation, mutation

CHUNK = 500
MUTATIONS, ALL_MUTATIONS = 2_000, 20_000


@pytest.fixture
def firmware() -> Iterator[HostFirmware]:
    """A firmware of its own: one that a mutation has ended leaves other tests alone."""
    with HostFirmware(build_server()) as running:
        yield running


def outcome(firmware: HostFirmware, made: Mutation) -> str:
    """What the firmware says to a mutation: "ran", or why not."""
    arena = arena_offset(len(made.image))
    data = np.random.default_rng(len(made.image)).bytes(max(0, made.memory_size - arena))
    try:
        run = firmware.run_raw(made.image, made.memory_size, data)
    except pytest.fail.Exception as error:
        error.add_note(f"a mutation of {made.source}: {'; '.join(made.steps)}")
        raise
    if run.error is None:
        return "ran"
    line = run.lines[-1]
    why = line.get("what", line.get("status", ""))
    return f"{run.error.name} {line.get('kernel', '')} {why}"


def _check(firmware: HostFirmware, first: int) -> None:
    outcomes = Counter(outcome(firmware, mutation(seed)) for seed in range(first, first + CHUNK))
    # The search is worth something only while both ends are reached often, by many roads.
    assert outcomes["ran"] > CHUNK // 20
    assert outcomes["BAD_CRC  "] < CHUNK // 20
    assert len(outcomes) > 50


@pytest.mark.parametrize("first", range(0, MUTATIONS, CHUNK))
def test_a_mutated_image_is_refused_or_runs_in_its_memory(
    firmware: HostFirmware, first: int
) -> None:
    _check(firmware, first)


@pytest.mark.full
@pytest.mark.parametrize("first", range(MUTATIONS, ALL_MUTATIONS, CHUNK))
def test_many_mutated_images_are_refused_or_run_in_their_memory(
    firmware: HostFirmware, first: int
) -> None:
    _check(firmware, first)


def test_mutations_are_drawn_from_their_number_alone() -> None:
    assert [mutation(seed) for seed in range(20)] == [mutation(seed) for seed in range(20)]


def test_most_mutations_differ_from_their_source() -> None:
    made = [mutation(seed) for seed in range(200)]
    assert sum(bool(one.steps) for one in made) > 180
    assert all(Header.from_buffer_copy(one.image).magic for one in made)
