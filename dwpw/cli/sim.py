"""`dwpw sim`: one run, its log as it happens, the classes at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from dwpw.check import WrongElement, first_wrong_element
from dwpw.comparison import (
    all_exact,
    compare_edges,
    compare_layers,
    wanted_checksums,
    window_text,
)
from dwpw.console.onhost import prepare_on_host
from dwpw.console.options import (
    RunOptions,
    engine_option,
    kernel_set_option,
    labels_option,
    progress_console,
    refuse_with_host,
    run_options,
)
from dwpw.console.prepare import NOT_EXACT, Prepared, prepare
from dwpw.console.progress import build_steps
from dwpw.console.terminal import require_nothing_to_run, serve_terminal
from dwpw.console.tracing import of_layer, parse_trace
from dwpw.console.views import timeline_option, write_run_timeline
from dwpw.engines import HOST, HOST_MEANS
from dwpw.errors import UserError
from dwpw.golden import GoldenLayer
from dwpw.image.format import NO_FLAGS, Flag
from dwpw.inputs import descriptions
from dwpw.jobs import Job, Observer, SimulatorRunner
from dwpw.labels import best_scores, read_labels
from dwpw.machine import build_machine
from dwpw.model import Graph, Operator
from dwpw.report.jsonfile import require_writable
from dwpw.report.names import operator_name, shape_name, step_name
from dwpw.report.numbers import DIFFERS, full, rate
from dwpw.runlog import PREFIX, RunLog, checksums
from dwpw.soc_info import memory_text
from dwpw.target.kernel_set import KernelSet
from soc.scratch import scratch_folder
from soc.sim.simulate import Trace, read_dump
from soc.sim.waves import write_save_file

SCORES = 5
MAX_CLASSES = 100_000

ABOUT_SIMULATION = (
    *("trace_path", "trace_window", "trace_layer", "timeline_path"),
    *("pty", "max_cycles", "memory", "ram"),
)


@click.command()
@kernel_set_option
@partial(run_options, model_required=False)
@engine_option
@labels_option
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
    "--trace-layer",
    metavar="NAME|INDEX",
    help="Trace that layer only; by name or number as in dwpw model show.",
)
@timeline_option
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
    engine: str,
    labels_path: Path | None,
    check: bool,
    trace_path: Path | None,
    trace_window: str | None,
    trace_layer: str | None,
    timeline_path: Path | None,
    pty: bool,
) -> None:
    """Run MODEL once, layer by layer, with one kernel set, or be a board for `dwpw load --port`.

    With --engine host: no simulator, no cycles; whether every tensor is exact, in seconds.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    target = run.target
    wanted = target.kernel_set(kernels or target.best_set)
    if engine == HOST:
        refuse_with_host(context, *ABOUT_SIMULATION)
    trace = parse_trace(trace_path, trace_window, trace_layer)
    if timeline_path is not None:
        require_writable(timeline_path)
    if pty:
        require_nothing_to_run(run, check, trace_layer, timeline_path)
        serve_terminal(target, run.max_cycles, trace)
        return
    if run.model is None:
        raise UserError("give a MODEL to run, or --pty")
    flags = Flag.DUMP_TENSORS if check else NO_FLAGS
    if engine == HOST:
        outcome = _compute_on_host(run, wanted, flags, labels_path)
    else:
        traced = Traced(trace, trace_layer, timeline_path)
        outcome = _simulate(run, wanted, flags, labels_path, traced)
    if outcome.wrong is not None:
        click.echo(str(outcome.wrong))
    if not outcome.exact or outcome.wrong is not None:
        context.exit(NOT_EXACT)


@dataclass(frozen=True)
class Outcome:
    """Whether every tensor is exact by its checksum, and with `--check` the first element."""

    exact: bool
    wrong: WrongElement | None


@dataclass(frozen=True)
class Traced:
    """What a simulated run leaves behind: a waveform, of one layer or of all, and a timeline."""

    waves: Trace | None
    layer: str | None
    timeline: Path | None


def _simulate(
    run: RunOptions, wanted: KernelSet, flags: Flag, labels_path: Path | None, traced: Traced
) -> Outcome:
    prepared = prepare(run, [wanted], flags)
    (job,) = prepared.jobs
    trace = of_layer(traced.waves, job.plan, traced.layer)
    labels = read_labels(labels_path, run.model, prepared.graph.output_tensors[0].elements)
    with build_steps(progress_console()) as step:
        machine = build_machine(prepared.target, step, traced=trace is not None)
    runner = SimulatorRunner(machine, run.max_cycles)
    memory = memory_text(machine.target.memory, machine.target.main_ram)
    print_start(prepared, f"{machine.target.clock_hz / 1e6:g} MHz, memory {memory}")
    with scratch_folder("dwpw-dump-") as folder:
        dump = folder / "tensors" if flags else None
        observer = log_printer(job, prepared.golden)
        log = runner.run(job, observer, trace=trace, dump=dump)
        if trace is not None:
            verilog, instructions = machine.simulator.verilog, machine.target.instructions
            saved = write_save_file(trace.file, verilog, instructions)
            click.echo(f"to be opened with gtkwave: {saved}")
        outcome = _judge(prepared, log, read_dump(dump) if dump else None, labels, counted=True)
    if traced.timeline is not None:
        write_run_timeline(prepared, log, outcome.exact, traced.timeline)
    return outcome


def _compute_on_host(
    run: RunOptions, wanted: KernelSet, flags: Flag, labels_path: Path | None
) -> Outcome:
    runner, prepared = prepare_on_host(run, [wanted], flags)
    (job,) = prepared.jobs
    labels = read_labels(labels_path, run.model, prepared.graph.output_tensors[0].elements)
    click.echo(f"engine {HOST_MEANS}")
    print_start(prepared)
    dumped: list[bytes] = []
    observer = log_printer(job, prepared.golden, counted=False)
    log = runner.run(job, observer, dumped.append)
    return _judge(prepared, log, dumped if flags else None, labels, counted=False)


def _judge(
    prepared: Prepared,
    log: RunLog,
    dumped: Iterable[bytes] | None,
    labels: Sequence[str] | None,
    counted: bool,
) -> Outcome:
    """Look at all that the run has left, and print its end."""
    graph, golden, (job,) = prepared.graph, prepared.golden, prepared.jobs
    wrong = None if dumped is None else first_wrong_element(graph, golden, dumped)
    exact = all_exact(graph, compare_layers(job.plan, log, golden), log, golden)
    exact = exact and all(edge.exact for edge in compare_edges(graph, golden))
    print_result(graph, log, exact, labels, counted)
    return Outcome(exact, wrong)


def print_start(prepared: Prepared, *machine: str) -> None:
    """What is going to run, on what."""
    (job,) = prepared.jobs
    for description in descriptions(prepared.inputs):
        click.echo(f"input: {description}")
    click.echo(f"kernels: {', '.join((job.name, *machine))}, target {job.plan.target.name}")


def log_printer(job: Job, golden_layers: Sequence[GoldenLayer], counted: bool = True) -> Observer:
    """Prints a line per step as it ends; cycles only where its tensors are exact, and `counted`."""
    plan = job.plan
    wanted = wanted_checksums(plan, golden_layers)

    def on_event(event: Mapping[str, Any]) -> None:
        if event["dwpw"] == "layer" and event["index"] < len(plan.steps):
            index = event["index"]
            exact = checksums(event) == wanted[index]
            operators = [planned.operator for planned in plan.steps[index].operators]
            cycles = event["cycles"] if counted else None
            click.echo(step_line(plan.graph, operators, event["kernel"], cycles, exact))

    def on_line(line: str) -> None:
        if line.strip() and not line.startswith(PREFIX):
            click.echo(line)

    return Observer(on_event=on_event, on_line=on_line)


def step_line(
    graph: Graph, operators: Sequence[Operator], kernel: str, cycles: int | None, exact: bool
) -> str:
    """One step as it ran, with the number that its first operator has in the file.

    cycles: None where they were not counted.
    """
    name = step_name([operator_name(one.kind, window_text(one)) for one in operators])
    shape = shape_name(graph.tensors[operators[-1].output].shape)
    number = operators[0].index
    start = f"{number:>3}  {name:<13} {shape:<11} {kernel:<26}"
    if cycles is None:
        return f"{start} {'exact' if exact else DIFFERS}"
    macs = sum(operator.macs for operator in operators)
    counted = full(cycles) if exact else DIFFERS
    speed = f"  {rate(macs, cycles)} MAC/cycle" if exact and macs else ""
    return f"{start} {counted:>13} cycles{speed}"


def print_result(
    graph: Graph, log: RunLog, exact: bool, labels: Sequence[str] | None, counted: bool = True
) -> None:
    """Sum of the layers if it was counted, and classes."""
    if exact:
        seconds = log.cycles / log.clock_hz
        sums = (
            f"layers {full(log.cycles)} cycles, {full(log.instructions)} instructions,"
            f" {1000 * seconds:.2f} ms at {log.clock_hz / 1e6:g} MHz; "
        )
        tensors = sum(len(layer.crcs) for layer in log.layers)
        click.echo(f"{sums if counted else ''}all {tensors} tensors are bit-exact")
    else:
        click.echo(f"layers {DIFFERS}: tensors differ from the golden layers (see --check)")
    first = graph.output_tensors[0]
    if first.elements <= MAX_CLASSES:
        for score in best_scores(log.output[: first.elements], first, labels, SCORES):
            click.echo(f"{score.value:8.4f}  {score.name}")
