"""`dwpw gains`: what each instruction that could be done without saves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from dwpw.comparison import Comparison
from dwpw.console.options import (
    RunOptions,
    json_option,
    output_console,
    progress_console,
    run_options,
)
from dwpw.console.prepare import NOT_EXACT, compare_measured, prepare
from dwpw.console.progress import build_steps
from dwpw.console.spoken import command_line
from dwpw.jobs import NOBODY, SimulatorRunner
from dwpw.machine import build_firmware, build_machine
from dwpw.report.gains_table import gains_json, gains_markdown, print_gains
from dwpw.report.jsonfile import require_writable, write_document, write_text
from dwpw.sidebyside import measure_side_by_side
from dwpw.worth import measure, variants


@click.command()
@run_options
@click.option(
    "--without",
    multiple=True,
    metavar="NAME[,NAME...]",
    help="Measure these instructions, left out together; may be given several times  "
    "[default: all that can be left out, those of one family together]",
)
@json_option
@click.option(
    "--markdown",
    "markdown_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the table as a page, with the command that made it.",
)
@click.pass_context
def gains(
    context: click.Context,
    run: RunOptions,
    without: tuple[str, ...],
    json_path: Path | None,
    markdown_path: Path | None,
) -> None:
    """Run MODEL with the best kernels of the target, and again with instructions left out.

    Others do their work then, or kernels go another way: what that costs is what they save.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    target = run.target
    target.require_units()
    variants(target.instructions, without)  # refused before a build
    for path in (json_path, markdown_path):
        if path is not None:
            require_writable(path)
    prepared = prepare(run, [target.kernel_set(target.best_set)])
    with build_steps(progress_console()) as step:
        machine = build_machine(prepared.target, step)

        def run_without(left_out: tuple[str, ...]) -> Comparison:
            firmware = build_firmware(machine.simulator, target, step, left_out)
            step(f"running without {', '.join(left_out)}" if left_out else "running")
            runner = SimulatorRunner(replace(machine, firmware=firmware), run.max_cycles)
            measured = measure_side_by_side(runner, prepared.jobs, lambda _: NOBODY)
            return compare_measured(prepared, machine, measured)

        found = measure(target.instructions, without, run_without)
    print_gains(found, output_console())
    if json_path is not None:
        write_document(gains_json(found), json_path)
    if markdown_path is not None:
        write_text(gains_markdown(found, command_line(context)), markdown_path)
    if not found.exact:
        context.exit(NOT_EXACT)
