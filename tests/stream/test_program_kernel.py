"""Kernel stream/program on the host: exact with and without inner tensors, never silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from compiler_intrinsics.command_set import OPCODE, CommandSet, Field, Place
from compiler_intrinsics.stream.commands import COMPUTE_COMMANDS, MEMORY_COMMANDS
from dwpw.golden import golden_layers
from dwpw.image.format import ErrorCode, Flag, Header, Operator, Span
from dwpw.inputs import random_tensors
from dwpw.kernels.param_stream import StreamProgramParam
from dwpw.plan.image import pack
from dwpw.plan.planner import plan
from tests.firmware.test_mutated_images import outcome
from tests.stream.models import KERNEL, SET, TARGET, among_others, image, pair, random_model
from tests.support.damage import Damage, both, damaged, fields, longer, param
from tests.support.exactness import kernel_differences
from tests.support.host_firmware import HostFirmware, no_values
from tests.support.mutation import mutation

SEEDS, MUTATIONS, ALL_MUTATIONS = 40, 600, 6_000
MEMORY, COMPUTE = StreamProgramParam.MEMORY_LIST, StreamProgramParam.COMPUTE_LIST
OPCODE_PLACE = Place(Field(name=OPCODE, bits=MEMORY_COMMANDS.opcode_bits, document=""), 0, 0)
SETS = {MEMORY: MEMORY_COMMANDS, COMPUTE: COMPUTE_COMMANDS}


def test_every_tensor_of_random_steps_is_exact(firmware: HostFirmware, tmp_path: Path) -> None:
    for seed in range(SEEDS):
        graph = random_model(seed, tmp_path)
        tensors = random_tensors(graph, seed)
        golden = golden_layers(graph, tensors)
        traced = plan(graph, TARGET, SET, traced=True)
        assert kernel_differences(firmware, traced, tensors, golden) == [], seed
        run = firmware.run(image(graph), tensors)
        assert run.lines[-1]["output"] == golden[-1].tensor.ravel().tolist(), seed
        assert run.layers[0]["kernel"] == KERNEL


def test_steps_of_other_sets_stand_between_those_of_the_unit(
    firmware: HostFirmware, tmp_path: Path
) -> None:
    graph = among_others(tmp_path)
    tensors = random_tensors(graph, 1)
    golden = golden_layers(graph, tensors)
    planned = plan(graph, TARGET, SET)
    kernels = [step.kernel for step in planned.steps]
    assert [kernel == KERNEL for kernel in kernels] == [True, False, True, False, False], kernels
    run = firmware.run(pack(planned), tensors)
    assert run.lines[-1]["output"] == golden[-1].tensor.ravel().tolist()
    whole = firmware.run(pack(planned, Flag.WHOLE), tensors)
    assert whole.lines[-1]["output"] == run.lines[-1]["output"]


def of_command(list_: StreamProgramParam, number: int, **values: int) -> Damage:
    """Sets fields of a command of a list, or its opcode."""
    commands: CommandSet = SETS[list_]

    def damage(content: bytearray, _header: Header, operator: Operator) -> None:
        at = operator.weights.offset + operator.param[list_] + number * commands.bytes
        for name, value in values.items():
            place = commands.places.get(name, OPCODE_PLACE)
            word = at + 8 * place.word
            old = int.from_bytes(content[word : word + 8], "little")
            mask = ((1 << place.field.bits) - 1) << place.low
            new = old & ~mask | (value << place.low & mask)
            for i, byte in enumerate(new.to_bytes(8, "little")):
                content[word + i] = byte

    return damage


def moved(name: str, by: int) -> Damage:
    """Lets a span begin elsewhere."""

    def damage(_content: bytearray, _header: Header, operator: Operator) -> None:
        getattr(operator, name).offset += by

    return damage


def listed(list_: StreamProgramParam, place: Callable[[Operator], int]) -> Damage:
    """Lets a list begin elsewhere."""

    def damage(_content: bytearray, _header: Header, operator: Operator) -> None:
        operator.param[list_] = place(operator)

    return damage


REFUSED: dict[str, tuple[Damage, str]] = {
    "no step": (fields(step=0), "step"),
    "a program between words": (both(moved("weights", 4), longer("weights", -8)), "weights"),
    "half a word less": (longer("weights", -4), "weights"),
    "no program": (fields(weights=Span(0, 0)), "memory list"),
    "a list between words": (param(MEMORY, 4), "memory list"),
    "a list before the program": (param(COMPUTE, -48), "compute list"),
    "a list behind it": (listed(MEMORY, lambda op: op.weights.size), "memory list"),
    "a list at its end": (listed(COMPUTE, lambda op: op.weights.size - 8), "compute list"),
    "a list of constants without an end": (
        listed(MEMORY, lambda op: op.weights.size - 32),
        "memory list",
    ),
    "an input across lines": (moved("input", 4), "alignment"),
    "more words than a model can have": (
        of_command(MEMORY, 0, count1=65535, count2=65535, count0=65535),
        "memory list",
    ),
    "work for a year": (
        of_command(COMPUTE, 0, rows=65535, columns=65535, taps0=65535),
        "compute list",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_damaged_step_is_refused_by_name(
    name: str, firmware: HostFirmware, tmp_path: Path
) -> None:
    damage, what = REFUSED[name]
    good = image(pair(tmp_path))
    run = firmware.run(damaged(good, damage, 0), no_values(good))
    (line,) = run.lines
    assert (run.error, line["kernel"], line["what"]) == (ErrorCode.BAD_PARAMETER, KERNEL, what)


FAILED: dict[str, tuple[Damage, str, str, int]] = {
    "a load of another model's bytes": (
        of_command(MEMORY, 0, address=0x7FFFFFF8), "ADDRESS", "MEMORY", 0,
    ),
    "an unknown command": (of_command(MEMORY, 0, opcode=9), "UNKNOWN", "MEMORY", 0),
    "nothing to calculate": (of_command(COMPUTE, 0, rows=0), "SIZE", "COMPUTE", 0),
    "results behind the memory": (of_command(COMPUTE, 1, output=65000), "LOCAL", "COMPUTE", 1),
    "a wait without end": (of_command(MEMORY, 0, after=3), "STUCK", "MEMORY", 0),
}  # fmt: skip


@pytest.mark.parametrize("flags", [Flag(0), Flag.WHOLE])
@pytest.mark.parametrize("name", FAILED)
def test_a_program_that_is_refused_ends_the_run_with_a_line_that_names_the_command(
    name: str, flags: Flag, firmware: HostFirmware, tmp_path: Path
) -> None:
    damage, status, engine, command = FAILED[name]
    good = image(pair(tmp_path), flags=flags)
    run = firmware.run(damaged(good, damage, 0), no_values(good))
    assert run.error is ErrorCode.KERNEL_FAILED, run.lines
    assert [line["dwpw"] for line in run.lines] == ["start", "error"]
    line = run.lines[-1]
    assert (line["operator"], line["kernel"]) == (0, KERNEL)
    assert (line["status"], line["engine"], line["command"]) == (status, engine, command)
    again = firmware.run(good, no_values(good))
    assert again.error is None


def _images(directory: Path) -> list[tuple[str, bytes]]:
    found = [(f"pair, traced {traced}", image(pair(directory), traced)) for traced in (False, True)]
    found.append(("among others", image(among_others(directory))))
    graphs = [random_model(seed, directory) for seed in range(8)]
    found += [("random", image(graph, flags=Flag.DUMP_TENSORS)) for graph in graphs]
    return found


def _mutate(firmware: HostFirmware, directory: Path, seeds: range) -> None:
    images = _images(directory)

    def origin(rng: np.random.Generator) -> tuple[str, bytes]:
        return images[int(rng.integers(len(images)))]

    outcomes = Counter(outcome(firmware, mutation(seed, origin)) for seed in seeds)
    assert outcomes["ran"] > len(seeds) // 20
    assert any(one.startswith("KERNEL_FAILED") for one in outcomes), outcomes
    assert len(outcomes) > 25, outcomes


def test_mutated_programs_are_refused_or_run_in_their_memory(
    firmware: HostFirmware, tmp_path: Path
) -> None:
    _mutate(firmware, tmp_path, range(MUTATIONS))


@pytest.mark.full
def test_many_mutated_programs_are_refused_or_run_in_their_memory(
    firmware: HostFirmware, tmp_path: Path
) -> None:
    _mutate(firmware, tmp_path, range(MUTATIONS, ALL_MUTATIONS))
