"""How often a model is right about labelled images, and whether every output is TFLite's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from dwpw import golden
from dwpw.comparison import all_exact, compare_edges, compare_layers
from dwpw.errors import UserError
from dwpw.hostengine.engine import HostRunner
from dwpw.jobs import Job, Runner, make_job
from dwpw.labelled import LabelledImages
from dwpw.model import Graph
from dwpw.runlog import RunLog
from dwpw.sidebyside import at_the_same_time, cores

LARGEST_CHUNK = 50
CHUNK_MACS = 1 << 29
"""Bounds of what one process gets at a time: some seconds, after which Ctrl-C is heard."""

CHUNKS_PER_CORE = 4
"""At the least, so that no core waits long for the other at the end."""


@dataclass(frozen=True)
class Simulated:
    """An image that the simulated SoC has seen as well, layer by layer.

    exact: whether every one of `tensors` is, and the output.
    """

    source: str
    tensors: int
    exact: bool


@dataclass(frozen=True)
class Accuracy:
    """What became of all images.

    kernels, target: names of what ran; images: where they come from, for people.
    names: of the classes.
    confusion: int64 [classes, classes], images by true class and by the model's.
    unequal: images whose output is not TFLite's.
    """

    graph: Graph
    kernels: str
    target: str
    images: str
    names: tuple[str, ...]
    confusion: np.ndarray = field(repr=False)
    unequal: tuple[str, ...] = ()
    simulated: tuple[Simulated, ...] = ()

    @property
    def count(self) -> int:
        """Images that ran."""
        return int(self.confusion.sum())

    @property
    def correct(self) -> int:
        """Images whose class the model has found."""
        return int(np.trace(self.confusion))

    @property
    def top1(self) -> float:
        """Share of the images, 0 to 1."""
        return self.correct / self.count

    @property
    def exact(self) -> bool:
        """Whether all outputs, and all tensors of what was simulated, are TFLite's."""
        return not self.unequal and all(one.exact for one in self.simulated)


def require_classifier(graph: Graph) -> int:
    """Classes of a model; `UserError` when its first output is no list of them, or when it takes
    more than an image."""
    if len(graph.inputs) > 1:
        raise UserError(
            f"{graph.path}: has {len(graph.inputs)} inputs; accuracy takes classifiers of one image"
        )
    shape = graph.output_tensors[0].shape
    classes = graph.output_tensors[0].elements
    if classes < 2 or shape[-1] != classes:
        raise UserError(
            f"{graph.path}: its output {list(shape)} is no list of classes; accuracy takes"
            " classifiers"
        )
    return classes


def run_images(
    runner: HostRunner,
    job: Job,
    images: LabelledImages,
    on_done: Callable[[int], None] = lambda _: None,
) -> Accuracy:
    """All images on this computer, some on each core, beside the golden outputs.

    job: the whole inference, with any input; on_done: told from any thread how many more are done.
    """
    graph = job.plan.graph
    total = len(images.labels)
    size = chunk_size(graph.macs, total)
    chunks = [range(start, min(start + size, total)) for start in range(0, total, size)]
    tasks = [partial(_run_chunk, runner, job, images, on_done, chunk) for chunk in chunks]
    found = [one for part in at_the_same_time(tasks, runner.cancel) for one in part]
    confusion = np.zeros((len(images.names),) * 2, np.int64)
    np.add.at(confusion, (list(images.labels), [predicted for predicted, _ in found]), 1)
    return Accuracy(
        graph=graph,
        kernels=job.plan.kernel_set.name,
        target=job.plan.target.name,
        images=images.description,
        names=images.names,
        confusion=confusion,
        unequal=tuple(
            source for source, (_, exact) in zip(images.sources, found, strict=True) if not exact
        ),
    )


def chunk_size(macs: int, images: int) -> int:
    """Images that one process gets at a time; macs: of one inference."""
    shared = -(-images // (CHUNKS_PER_CORE * cores()))
    return max(1, min(LARGEST_CHUNK, CHUNK_MACS // max(macs, 1), shared))


def _run_chunk(
    runner: HostRunner,
    job: Job,
    images: LabelledImages,
    on_done: Callable[[int], None],
    numbers: Sequence[int],
) -> list[tuple[int, bool]]:
    """Of each image the class that the model says, and whether its output is exact."""
    graph = job.plan.graph
    inputs = [images.read(number) for number in numbers]
    tensors = [[one.tensor] for one in inputs]
    logs = runner.run_many(job, tensors)
    wanted = golden.golden_outputs(graph, tensors, [[one.real] for one in inputs])
    classes = graph.output_tensors[0].elements
    on_done(len(inputs))
    return [
        (predicted_class(log, classes), one.edges_exact and log.output == tuple(one.values))
        for log, one in zip(logs, wanted, strict=True)
    ]


def predicted_class(log: RunLog, classes: int) -> int:
    """The class with the highest output; the lowest one of equals."""
    return int(np.argmax(log.output[:classes]))


def simulate_images(
    runner: Runner, job: Job, images: LabelledImages, numbers: Sequence[int]
) -> tuple[Simulated, ...]:
    """Some images layer by layer, beside all golden layers.

    job: the inference layer by layer, with any input.
    """
    tasks = [partial(_simulate, runner, job, images, number) for number in numbers]
    return tuple(at_the_same_time(tasks, runner.cancel))


def _simulate(runner: Runner, job: Job, images: LabelledImages, number: int) -> Simulated:
    graph = job.plan.graph
    source = images.read(number)
    layers = golden.golden_layers(graph, [source.tensor], [source.real])
    log = runner.run(make_job(job.plan, [source.tensor]))
    compared = compare_layers(job.plan, log, layers)
    exact = all_exact(graph, compared, log, layers)
    return Simulated(
        source=images.sources[number],
        tensors=sum(len(layer.crcs) for layer in log.layers),
        exact=exact and all(edge.exact for edge in compare_edges(graph, layers)),
    )
