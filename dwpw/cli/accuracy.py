"""`dwpw accuracy`: how often a model is right, with every output compared with TFLite's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dwpw import fashion_mnist
from dwpw.accuracy import require_classifier, run_images, simulate_images
from dwpw.console.options import (
    json_option,
    kernel_set_option,
    labels_option,
    output_console,
    progress_console,
    resize_option,
    target_option,
)
from dwpw.console.prepare import NOT_EXACT
from dwpw.console.progress import PlainLines, build_steps
from dwpw.errors import UserError
from dwpw.hostengine.compiled import compiled_server
from dwpw.hostengine.engine import HostRunner
from dwpw.jobs import Job, SimulatorRunner, make_host_job, make_job, whole_run
from dwpw.labelled import DATASETS, LabelledImages, from_fashion_mnist, from_folder
from dwpw.labels import read_labels
from dwpw.machine import build_machine
from dwpw.model import Graph, read_model
from dwpw.plan.planner import plan
from dwpw.report.accuracy_json import accuracy_json
from dwpw.report.accuracy_table import print_accuracy
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.target.target import Target


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--images",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Images in a subfolder per class, or with labels.csv (file,label).",
)
@click.option("--dataset", metavar="|".join(DATASETS), help="The test images of a data set.")
@click.option(
    "--count", type=click.IntRange(min=1), metavar="N", help="The first N  [default: all]"
)
@click.option(
    "--simulate",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="N",
    help="Run the first N on the simulated SoC too, every tensor checked.",
)
@labels_option
@kernel_set_option
@resize_option
@target_option
@json_option
@click.pass_context
def accuracy(
    context: click.Context,
    model: Path,
    folder: Path | None,
    dataset: str | None,
    count: int | None,
    simulate: int,
    labels_path: Path | None,
    kernels: str | None,
    resize: bool,
    target: Target,
    json_path: Path | None,
) -> None:
    """Classify labelled images with the kernels compiled for this computer, and some simulated.

    Every output is compared with TFLite's, which says what docs/accuracy.md tells.

    Exit status: 0 all outputs exact, 1 one differs, 2 unusable input or set-up.
    """
    wanted = target.kernel_set(kernels or target.best_set)
    if json_path is not None:
        require_writable(json_path)
    graph = read_model(model)
    images = _images(graph, folder, dataset, count, labels_path, resize)
    planned = plan(graph, target, wanted)
    nothing = [np.zeros(tensor.shape, np.int8) for tensor in graph.input_tensors]
    job = whole_run(make_host_job(planned, nothing))
    simulated = make_job(planned, nothing) if simulate else None
    console = progress_console()
    with build_steps(console) as step:
        runner = HostRunner(compiled_server(target, step))
    with images_display(len(images.labels)) as on_done:
        found = run_images(runner, job, images, on_done)
    if simulated is not None:
        numbers = range(min(simulate, len(images.labels)))
        found = replace(found, simulated=_simulated(target, simulated, images, numbers))
    print_accuracy(found, output_console())
    if json_path is not None:
        write_document(accuracy_json(found), json_path)
    if not found.exact:
        context.exit(NOT_EXACT)


def _images(
    graph: Graph,
    folder: Path | None,
    dataset: str | None,
    count: int | None,
    labels_path: Path | None,
    resize: bool,
) -> LabelledImages:
    if (folder is None) == (dataset is None):
        raise UserError(f"give either --images FOLDER or --dataset {'|'.join(DATASETS)}")
    names = read_labels(labels_path, graph.path, require_classifier(graph))
    if folder is not None:
        if names is None:
            raise UserError(
                f"{graph.path}: has no labels file beside it; give the names of its classes, one a"
                " line, with --labels FILE"
            )
        return from_folder(folder, names, graph, resize, count)
    if dataset not in DATASETS:
        raise UserError(f"unknown data set '{dataset}' (known: {', '.join(DATASETS)})")
    return from_fashion_mnist(fashion_mnist.DEFAULT_FOLDER, names, graph, count)


def _simulated(target: Target, job: Job, images: LabelledImages, numbers: range) -> Any:
    console = progress_console()
    with build_steps(console) as step:
        machine = build_machine(target, step)
        step(f"simulating {len(numbers)} of {len(images.labels):,} images")
        return simulate_images(SimulatorRunner(machine), job, images, numbers)


@contextmanager
def images_display(total: int) -> Iterator[Any]:
    """A function that is told how many more images are done; a bar, or a line now and then."""
    console = progress_console()
    lines = PlainLines(console)
    bar = Progress(
        TextColumn("images"),
        BarColumn(24),
        MofNCompleteColumn(),
        TextColumn("time left"),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("images", total=total)

    def on_done(more: int) -> None:
        bar.advance(task, more)
        done = int(bar.tasks[task].completed)
        text = f"{done:,}/{total:,} images, {lines.seconds:.0f} s"
        lines.say(text) if done == total else lines.say_now_and_then(text)

    with bar:
        yield on_done
