"""`dwpw build`: everything that a run needs, ahead of it, in simulation or on a board."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.console.options import (
    memory_option,
    output_console,
    progress_console,
    target_option,
)
from dwpw.console.progress import build_steps
from dwpw.errors import UserError
from dwpw.machine import build_machine
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.target.target import Target

TIMING_MISSED = 1
"""Exit status when a bitstream was built that may not work at its clock."""


@click.command()
@target_option
@memory_option
@click.option("--trace", is_flag=True, help="A simulator that can write waveforms.")
@click.option(
    "--board", metavar="NAME", help="A bitstream for this board instead (docs/boards.md)."
)
@click.option(
    "--seeds",
    default=1,
    show_default=True,
    type=click.IntRange(min=1),
    metavar="N",
    help="With --board: place and route N times, each time from another start.",
)
@click.option("--baseline", is_flag=True, help="With --board: also the SoC without the extension.")
@click.option(
    "--allow-timing-failure", is_flag=True, help="With --board: succeed when the clock is missed."
)
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --board: write the result as JSON.",
)
@click.pass_context
def build(
    context: click.Context,
    target: Target,
    memory: str,
    trace: bool,
    board: str | None,
    seeds: int,
    baseline: bool,
    allow_timing_failure: bool,
    json_path: Path | None,
) -> None:
    """Build SoC Verilog, intrinsics, firmware and simulator into build/; says where they are.

    With --board: bitstream, resources and clock. Exit status: 0 built, 1 the clock is missed,
    2 unusable set-up or the SoC does not fit.
    """
    if board is None:
        if baseline or allow_timing_failure or json_path is not None or seeds > 1:
            raise UserError("--seeds, --baseline, --allow-timing-failure and --json need --board")
        _build_simulator(target.with_memory(memory), trace)
    elif not _build_board(board, target, seeds, baseline, json_path) and not allow_timing_failure:
        context.exit(TIMING_MISSED)


def _build_simulator(target: Target, trace: bool) -> None:
    with build_steps(progress_console()) as step:
        machine = build_machine(target, step, traced=trace)
    firmware = machine.firmware.parent
    for name, path in (
        ("verilog", machine.simulator.verilog),
        ("headers", machine.simulator.headers),
        ("intrinsics", firmware / "dwpw_intrinsics.h"),
        ("firmware", machine.firmware),
        ("simulator", machine.simulator.binary),
    ):
        click.echo(f"{name:<11}{path}")


def _build_board(
    name: str, target: Target, seeds: int, baseline: bool, json_path: Path | None
) -> bool:
    """Build, report, and say whether every clock is met."""
    # Most builds are for the simulator, and need nothing of this.
    from dwpw.boards import BoardResult, build_for_board
    from dwpw.report.board import board_json, print_board, timing_failures

    if json_path is not None:
        require_writable(json_path)
    with build_steps(progress_console()) as step:
        result = build_for_board(name, target, seeds, baseline, step)
    if not isinstance(result, BoardResult):
        click.echo(f"built by the tools of its vendor, which report there: {result.folder}")
        return True
    print_board(result, output_console())
    if json_path is not None:
        write_document(board_json(result), json_path)
    failures = timing_failures(result)
    for line in failures:
        click.echo(f"timing: {line}", err=True)
    return not failures
