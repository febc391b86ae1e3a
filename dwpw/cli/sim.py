"""`dwpw sim`: one run, its log as it happens, the classes at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from dwpw.check import first_wrong_element
from dwpw.comparison import all_exact, compare_layers, wanted_checksums, window_text
from dwpw.console.options import (
    RunOptions,
    kernel_set_option,
    progress_console,
    run_options,
)
from dwpw.console.prepare import NOT_EXACT, prepare
from dwpw.console.progress import build_steps
from dwpw.console.terminal import require_nothing_to_run, serve_terminal
from dwpw.errors import UserError
from dwpw.golden import GoldenLayer
from dwpw.image.format import NO_FLAGS, Flag
from dwpw.jobs import Job, Observer, SimulatorRunner
from dwpw.labels import best_scores, read_labels
from dwpw.machine import build_machine
from dwpw.model import Graph, Operator
from dwpw.report.jsonfile import require_writable
from dwpw.report.names import operator_name, shape_name
from dwpw.report.numbers import DIFFERS, full, rate
from dwpw.runlog import PREFIX, RunLog, checksums
from soc.scratch import scratch_folder
from soc.sim.simulate import Trace, read_dump

SCORES = 5
MAX_CLASSES = 100_000


@click.command()
@kernel_set_option
@partial(run_options, model_required=False)
@click.option(
    "--labels",
    "labels_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Class names, one a line  [default: MODEL's name with .labels.txt, if there]",
)
@click.option(
    "--check",
    is_flag=True,
    help="Store and dump every tensor and report the first wrong element.",
)
@click.option(
    "--trace",
    "trace_path",
    type=click.Path(path_type=Path),
    metavar="FILE.fst",
    help="Write waveforms.",
)
@click.option("--trace-window", metavar="START:END", help="Cycles to trace  [default: all]")
@click.option(
    "--pty",
    is_flag=True,
    help="Run no MODEL, but LiteX's BIOS, with the UART as a pseudo-terminal for dwpw load.",
)
@click.pass_context
def sim(
    context: click.Context,
    run: RunOptions,
    kernels: str | None,
    labels_path: Path | None,
    check: bool,
    trace_path: Path | None,
    trace_window: str | None,
    pty: bool,
) -> None:
    """Run MODEL once, layer by layer, with one kernel set, or be a board for `dwpw load --port`.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    target = run.target
    wanted = target.kernel_set(kernels or target.best_set)
    trace = parse_trace(trace_path, trace_window)
    if pty:
        require_nothing_to_run(run, check)
        serve_terminal(target, run.max_cycles, trace)
        return
    if run.model is None:
        raise UserError("give a MODEL to run, or --pty")
    prepared = prepare(run, [wanted], Flag.DUMP_TENSORS if check else NO_FLAGS)
    graph, layers, (job,) = prepared.graph, prepared.golden, prepared.jobs
    labels = read_labels(labels_path, run.model, graph.output_tensors[0].elements)
    with build_steps(progress_console()) as step:
        machine = build_machine(target, step, traced=trace is not None)
    click.echo(f"input: {prepared.input.description}")
    click.echo(
        f"kernels: {job.name}, {target.clock_hz / 1e6:g} MHz, memory {target.memory},"
        f" target {target.name}"
    )
    runner = SimulatorRunner(machine, run.max_cycles)
    observer = log_printer(job, layers)
    with scratch_folder("dwpw-dump-") as folder:
        dump = folder / "tensors" if check else None
        log = runner.run(job, observer, trace=trace, dump=dump)
        wrong = first_wrong_element(graph, layers, read_dump(dump)) if dump else None
    exact = all_exact(graph, compare_layers(job.plan, log, layers), log, layers)
    print_result(graph, log, exact, labels)
    if wrong is not None:
        click.echo(str(wrong))
    if not exact or wrong is not None:
        context.exit(NOT_EXACT)


def parse_trace(path: Path | None, window: str | None) -> Trace | None:
    """The waveform that was asked for."""
    if path is None:
        if window is not None:
            raise UserError("--trace-window needs --trace FILE.fst")
        return None
    start, end = 0, None
    if window is not None:
        try:
            first, last = window.split(":")
            start, end = int(first or 0), int(last) if last else None
        except ValueError as error:
            raise UserError(f"--trace-window {window}: is not START:END in cycles") from error
        if start < 0 or (end is not None and end <= start):
            raise UserError(f"--trace-window {window}: END must lie behind START")
    require_writable(path)
    return Trace(path, start, end)


def log_printer(job: Job, golden_layers: Sequence[GoldenLayer]) -> Observer:
    """Prints a line per step as it ends; cycles only where its tensors are exact."""
    plan = job.plan
    wanted = wanted_checksums(plan, golden_layers)

    def on_event(event: Mapping[str, Any]) -> None:
        if event["dwpw"] == "layer" and event["index"] < len(plan.steps):
            index = event["index"]
            exact = checksums(event) == wanted[index]
            operators = [planned.operator for planned in plan.steps[index].operators]
            click.echo(step_line(plan.graph, operators, event["kernel"], event["cycles"], exact))

    def on_line(line: str) -> None:
        if line.strip() and not line.startswith(PREFIX):
            click.echo(line)

    return Observer(on_event=on_event, on_line=on_line)


def step_line(
    graph: Graph, operators: Sequence[Operator], kernel: str, cycles: int, exact: bool
) -> str:
    """One step as it ran, with the number that its first operator has in the file."""
    name = " + ".join(operator_name(one.kind, window_text(one)) for one in operators)
    shape = shape_name(graph.tensors[operators[-1].output].shape)
    macs = sum(operator.macs for operator in operators)
    counted = full(cycles) if exact else DIFFERS
    speed = f"  {rate(macs, cycles)} MAC/cycle" if exact and macs else ""
    number = operators[0].index
    return f"{number:>3}  {name:<13} {shape:<11} {kernel:<26} {counted:>13} cycles{speed}"


def print_result(graph: Graph, log: RunLog, exact: bool, labels: Sequence[str] | None) -> None:
    """Sum of the layers, and classes."""
    if exact:
        seconds = log.cycles / log.clock_hz
        click.echo(
            f"layers {full(log.cycles)} cycles, {full(log.instructions)} instructions,"
            f" {1000 * seconds:.2f} ms at {log.clock_hz / 1e6:g} MHz;"
            f" all {sum(len(layer.crcs) for layer in log.layers)} tensors are bit-exact"
        )
    else:
        click.echo(f"layers {DIFFERS}: tensors differ from the golden layers (see --check)")
    first = graph.output_tensors[0]
    if first.elements <= MAX_CLASSES:
        for score in best_scores(log.output[: first.elements], first, labels, SCORES):
            click.echo(f"{score.value:8.4f}  {score.name}")
