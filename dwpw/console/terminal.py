"""`dwpw sim --pty`: the simulated SoC as a board that waits for `dwpw load`."""

from __future__ import annotations

import click

from dwpw.console.options import RunOptions, progress_console
from dwpw.console.progress import build_steps
from dwpw.errors import UserError
from dwpw.paths import BUILD_ROOT
from dwpw.target.target import Target
from soc import memory_map
from soc.sim.bios import simulated_bios
from soc.sim.simulate import STATUS_CYCLE_LIMIT, Trace
from soc.sim.simulate import run as simulate
from soc.sim.simulator import build_simulator


def require_nothing_to_run(run: RunOptions, check: bool, *others: object) -> None:
    """Refuse what belongs to a run that `dwpw load` will ask for."""
    if run.model is not None or run.inputs or check or any(one is not None for one in others):
        raise UserError("--pty runs no MODEL: give it to dwpw load --port PORT")
    if run.ram is not None:
        raise UserError("--ram is for the run of a MODEL: --pty has the memory of a board")


def serve_terminal(target: Target, max_cycles: int | None, trace: Trace | None) -> None:
    """Run LiteX's BIOS until the user ends it."""
    config = target.soc_config()
    with build_steps(progress_console()) as step:
        simulator = build_simulator(config, BUILD_ROOT, step, traced=trace is not None)
        rom = simulated_bios(config, simulator.headers, BUILD_ROOT, step).read_bytes()

    def on_terminal(name: str) -> None:
        click.echo(f"terminal: {name}")
        click.echo(
            f"in another window: dwpw load --port {name} MODEL; here Ctrl-C ends it", err=True
        )

    status = simulate(
        simulator,
        [(memory_map.ROM_BASE, rom)],
        max_cycles,
        on_line=lambda _: None,
        trace=trace,
        on_terminal=on_terminal,
    )
    if status == STATUS_CYCLE_LIMIT:
        raise UserError(f"the simulation was ended at {max_cycles:,} cycles, as asked for")
