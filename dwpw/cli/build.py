"""`dwpw build`: everything that a run needs, ahead of it."""

from __future__ import annotations

import click

from dwpw.build import build_machine, soc_config
from dwpw.cli.options import memory_option, progress_console
from dwpw.cli.progress import build_steps


@click.command()
@memory_option
@click.option("--trace", is_flag=True, help="A simulator that can write waveforms.")
def build(memory: str, trace: bool) -> None:
    """Build SoC Verilog, intrinsics, firmware and simulator into build/; says where they are."""
    with build_steps(progress_console()) as step:
        machine = build_machine(soc_config(memory), step, traced=trace)
    firmware = machine.firmware.parent
    for name, path in (
        ("verilog", machine.simulator.verilog),
        ("headers", machine.simulator.headers),
        ("intrinsics", firmware / "dwpw_intrinsics.h"),
        ("firmware", machine.firmware),
        ("simulator", machine.simulator.binary),
    ):
        click.echo(f"{name:<11}{path}")
