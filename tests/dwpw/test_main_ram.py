"""`--ram`: main RAM of the simulated SoC, as large as a model needs, at the same cycles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli
from dwpw.cli.gains import gains
from dwpw.console.options import RunOptions
from dwpw.console.prepare import Prepared, prepare, soc_info
from dwpw.console.spoken import command_line
from dwpw.errors import UserError
from dwpw.image.format import ARENA_ALIGNMENT
from dwpw.inputs import random_tensors
from dwpw.jobs import Job, SimulatorRunner, main_ram_for, make_board_job, make_job, whole_run
from dwpw.machine import build_machine
from dwpw.model import Graph
from dwpw.plan.image import arena_offset
from dwpw.plan.planner import Place, Plan, PlannedOperator, plan
from dwpw.soc_info import memory_text
from soc import memory_map
from soc.config import MAIN_RAM_SIZES, MEGABYTE
from tests.support.targets import REFERENCE, SDRAM_NOW, SIMD, TARGET

SIZES = "32M, 64M, 128M, 256M"


def call(*arguments: object) -> Result:
    """Run `dwpw ARGUMENTS`; a traceback fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def job_with_arena(graph: Graph, arena: int) -> Job:
    """A job whose plan asks for an arena of so many bytes."""
    planned = plan(graph, TARGET, REFERENCE)
    return make_job(replace(planned, arena_size=arena), random_tensors(graph))


def moved(place: Place, by: int) -> Place:
    """A place so many bytes further up; one of no bytes stays."""
    return replace(place, offset=place.offset + by) if place.size else place


def moved_plan(planned: Plan, by: int) -> Plan:
    """The plan with every tensor so many bytes further up in the arena."""

    def operator(one: PlannedOperator) -> PlannedOperator:
        places = ("input", "input2", "output", "scratch")
        return replace(
            one,
            **{name: moved(getattr(one, name), by) for name in places},
            inputs=tuple(moved(place, by) for place in one.inputs),
        )

    return replace(
        planned,
        steps=tuple(
            replace(step, operators=tuple(map(operator, step.operators))) for step in planned.steps
        ),
        inputs=tuple(moved(place, by) for place in planned.inputs),
        outputs=tuple(moved(place, by) for place in planned.outputs),
        arena_size=planned.arena_size + by,
    )


@pytest.mark.parametrize("memory", SDRAM_NOW)
def test_no_cycle_depends_on_the_size_of_main_ram(graph: Graph, memory: str) -> None:
    target = TARGET.with_memory(memory)
    job = make_job(plan(graph, target, SIMD), random_tensors(graph))
    sizes = (MAIN_RAM_SIZES[0], MAIN_RAM_SIZES[-1])
    small, large = (build_machine(replace(target, main_ram=size), lambda _: None) for size in sizes)
    assert small.simulator.binary != large.simulator.binary
    for one in (job, whole_run(job)):
        # A log has the cycles of every layer.
        assert SimulatorRunner(small).run(one) == SimulatorRunner(large).run(one)


@pytest.mark.parametrize("memory", SDRAM_NOW)
def test_tensors_at_the_end_of_256_mb_are_as_exact_as_those_at_the_start(
    graph: Graph, memory: str
) -> None:
    target = replace(TARGET.with_memory(memory), main_ram=MAIN_RAM_SIZES[-1])
    planned = plan(graph, target, SIMD)
    tensors = random_tensors(graph)
    usual = make_job(planned, tensors)
    used = arena_offset(len(usual.image)) + planned.arena_size
    room = memory_map.image_region_size(target.main_ram) - used
    far_up = make_job(moved_plan(planned, room // ARENA_ALIGNMENT * ARENA_ALIGNMENT), tensors)
    runner = SimulatorRunner(build_machine(target, lambda _: None))
    high, low = runner.run(far_up), runner.run(usual)
    assert [layer.crcs for layer in high.layers] == [layer.crcs for layer in low.layers]
    assert high.output == low.output


@pytest.mark.parametrize(
    ("needed", "size"),
    [(1, 32), (31, 32), (32, 64), (63, 64), (64, 128), (127, 128), (128, 256), (255, 256)],
)
def test_main_ram_is_the_smallest_that_holds_firmware_image_and_arena(
    graph: Graph, needed: int, size: int
) -> None:
    small, large = job_with_arena(graph, 4096), job_with_arena(graph, needed * MEGABYTE)
    assert main_ram_for([small, large]) == size * MEGABYTE
    assert main_ram_for([small]) == memory_map.MAIN_RAM_SIZE


def test_main_ram_is_filled_to_its_last_byte(graph: Graph) -> None:
    start = arena_offset(len(job_with_arena(graph, 4096).image))
    room = memory_map.image_region_size(64 * MEGABYTE) - start
    assert main_ram_for([job_with_arena(graph, room)]) == 64 * MEGABYTE
    assert main_ram_for([job_with_arena(graph, room + 1)]) == 128 * MEGABYTE


def test_a_model_beyond_256_mb_is_refused_with_what_it_needs(graph: Graph) -> None:
    with pytest.raises(UserError) as caught:
        job_with_arena(graph, 256 * MEGABYTE)
    assert str(caught.value).endswith(
        "main RAM of 256 MB, the largest, has 267,911,168; use a smaller model or a smaller input"
    )


def test_a_model_beyond_the_ram_that_was_asked_for_is_refused(graph: Graph) -> None:
    planned = replace(plan(graph, TARGET, REFERENCE), arena_size=40 * MEGABYTE)
    with pytest.raises(UserError) as caught:
        make_job(planned, random_tensors(graph), main_ram=32 * MEGABYTE)
    assert str(caught.value).endswith(
        "main RAM of 32 MB has 33,030,144; use a larger --ram or a smaller model or a smaller input"
    )


def test_a_board_has_no_more_than_the_usual_ram(graph: Graph) -> None:
    planned = replace(plan(graph, TARGET, REFERENCE), arena_size=40 * MEGABYTE)
    with pytest.raises(UserError) as caught:
        make_board_job(planned, random_tensors(graph))
    assert str(caught.value).endswith(
        "the SoC has 33,030,144; use a smaller model or a smaller input"
    )


def prepared(path: Path, ram: int | None) -> Prepared:
    """A model with set `simd`, ready to run."""
    return prepare(RunOptions(path, (), False, TARGET, None, ram), [SIMD])


def test_the_soc_has_the_ram_that_was_asked_for_or_the_usual_one(model_path: Path) -> None:
    assert prepared(model_path, None).target == TARGET
    assert prepared(model_path, 64 * MEGABYTE).target.main_ram == 64 * MEGABYTE


def test_reports_name_the_size_where_it_is_not_the_usual_one() -> None:
    assert soc_info(TARGET).memory_text == "sdram"
    assert soc_info(TARGET, "MT41K128M16").memory_text == "MT41K128M16"
    larger = replace(TARGET, main_ram=64 * MEGABYTE)
    assert soc_info(larger).memory_text == memory_text("sdram", 64 << 20) == "sdram of 64 MB"


def test_compare_says_how_much_ram_the_soc_has(model_path: Path) -> None:
    result = call("compare", model_path, "--kernels", "simd", "--ram", "256M")
    assert result.exit_code == 0, result.output
    assert "60 MHz, memory sdram of 256 MB, extension" in result.stdout


def test_a_command_that_is_repeated_names_the_size_as_it_was_given(model_path: Path) -> None:
    context = gains.make_context("gains", [str(model_path), "--ram", "64M"])
    assert command_line(context) == f"dwpw gains {model_path} --ram 64M"


@pytest.mark.parametrize("command", ["compare", "sim", "explain", "gains"])
@pytest.mark.parametrize("size", ["48M", "16M", "512M", "64", "many"])
def test_a_size_that_no_soc_has_ends_with_2_and_one_line(
    command: str, size: str, model_path: Path
) -> None:
    result = call(command, model_path, "--ram", size)
    assert result.exit_code == 2
    assert result.stderr == f"error: --ram {size}: a simulated SoC has {SIZES} of main RAM\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            ("compare", "MODEL", "--ram", "64M", "--on", "port"),
            "--ram is about simulated runs: what --on compares with has its own memory",
        ),
        (
            ("compare", "MODEL", "--ram", "64M", "--engine", "host"),
            "--ram means nothing to --engine host, which simulates no SoC and counts no cycles",
        ),
        (
            ("sim", "MODEL", "--ram", "64M", "--engine", "host"),
            "--ram means nothing to --engine host, which simulates no SoC and counts no cycles",
        ),
        (
            ("sim", "--pty", "--ram", "64M"),
            "--ram is for the run of a MODEL: --pty has the memory of a board",
        ),
    ],
)
def test_ram_is_refused_where_no_model_is_simulated(
    arguments: tuple[str, ...], reason: str, model_path: Path
) -> None:
    result = call(*(str(model_path) if one == "MODEL" else one for one in arguments))
    assert (result.exit_code, result.stderr) == (2, f"error: {reason}\n")
