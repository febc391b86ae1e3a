"""`dwpw gains`: what each instruction that could be done without saves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from dwpw.build import build_firmware, build_machine, soc_config
from dwpw.cli.options import (
    RunOptions,
    json_option,
    output_console,
    progress_console,
    run_options,
)
from dwpw.cli.prepare import NOT_EXACT, compare_logs, prepare
from dwpw.cli.progress import build_steps
from dwpw.comparison import Comparison
from dwpw.gains import VARIANTS, gain
from dwpw.image.format import KernelSet
from dwpw.report.gains import gains_json, print_gains
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.run import SimulatorRunner


@click.command()
@run_options
@json_option
@click.pass_context
def gains(context: click.Context, run: RunOptions, json_path: Path | None) -> None:
    """Run MODEL with the simd kernels, and again with single instructions replaced by others.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    if json_path is not None:
        require_writable(json_path)
    prepared = prepare(run, [KernelSet.SIMD])
    console = progress_console()
    with build_steps(console) as step:
        machine = build_machine(soc_config(run.memory), step)

        def measure(without: tuple[str, ...]) -> Comparison:
            firmware = build_firmware(machine.simulator, step, without)
            step(f"running without {', '.join(without)}" if without else "running")
            variant = replace(machine, firmware=firmware)
            log = SimulatorRunner(variant, run.max_cycles).run(prepared.jobs[0])
            return compare_logs(prepared, machine, [log])

        full = measure(())
        others = [measure(variant.without) for variant in VARIANTS]
    found = [
        gain(variant, other.runs[0], full.runs[0])
        for variant, other in zip(VARIANTS, others, strict=True)
    ]
    print_gains(full, found, output_console())
    if json_path is not None:
        write_document(gains_json(full, found), json_path)
    if not all(comparison.exact for comparison in (full, *others)):
        context.exit(NOT_EXACT)
