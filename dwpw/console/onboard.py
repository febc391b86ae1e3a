"""`dwpw compare --on PORT`: one run on a board, one on the simulator."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dwpw.console.options import RunOptions, output_console, progress_console
from dwpw.console.prepare import compare_on, prepare, soc_info
from dwpw.console.progress import RunDisplay, build_steps
from dwpw.console.serialrun import find_endpoint, measure_on_port
from dwpw.errors import UserError
from dwpw.jobs import SimulatorRunner, as_on_a_board, make_board_job
from dwpw.machine import build_machine
from dwpw.report.jsonfile import write_document
from dwpw.report.onboard_table import OnBoard, on_board_json, print_on_board
from dwpw.sidebyside import both_runs, measure_side_by_side
from dwpw.target.kernel_set import KernelSet


def compare_on_port(
    run: RunOptions,
    sets: list[KernelSet],
    port: str,
    board: str | None,
    baud: int | None,
    json_path: Path | None,
    layers: bool,
) -> bool:
    """Run, report, and say whether every tensor of both is exact."""
    if len(sets) != 1:
        raise UserError("--on compares one kernel set: name it with --kernels")
    prepared = prepare(run, sets, pack=make_board_job)
    (job,) = prepared.jobs
    console = progress_console()
    endpoint = find_endpoint(board, run.target, console)
    with build_steps(console) as step:
        machine = build_machine(endpoint.target, step)
    # The board first: if it does not answer, nobody has waited for the simulator.
    measured = measure_on_port(prepared, endpoint, port, baud)
    runner = SimulatorRunner(machine, run.max_cycles)
    jobs = [as_on_a_board(job)]
    with RunDisplay(console, both_runs(jobs)) as display:
        (simulated,) = measure_side_by_side(runner, jobs, display.observer)
    soc = soc_info(endpoint.target, endpoint.memory)
    result = OnBoard(
        compare_on(replace(prepared, jobs=(job, job)), soc, [measured, simulated]),
        where=f"{endpoint.name} at {port}",
        simulated=f"{machine.target.clock_hz / 1e6:g} MHz, memory {machine.target.memory}",
    )
    print_on_board(result, output_console(), layers)
    if json_path is not None:
        write_document(on_board_json(result), json_path)
    return result.comparison.exact
