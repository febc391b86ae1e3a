"""Steps of the streaming unit: random ones, and the Python machine that runs their programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from compiler_intrinsics.stream.commands import Engine, Status, Window
from compiler_intrinsics.stream.geometry import MOST_LEFT, Geometry
from compiler_intrinsics.stream.machine import Machine
from compiler_intrinsics.stream.move import MainRam
from dwpw.kernels.packing import LoweredOperator
from dwpw.model import Graph
from dwpw.plan.lower import lower
from dwpw.rounding import round_up
from dwpw.stream.operators import most_left
from dwpw.stream.program import Program
from tests.support.exactness import read_bytes
from tests.support.random_models import (
    random_add,
    random_conv,
    random_depthwise,
    random_quantisation,
)
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import AveragePool2D, Layer, Mean, Quantisation, Shape

ALIGNMENT = 32
"""Bytes, of tensors in the arena."""

Choose = Callable[[list[Engine]], Engine]


def lowered(graph: Graph) -> list[LoweredOperator]:
    """All operators of a graph."""
    return [lower(graph, operator) for operator in graph.operators]


def random_geometry(rng: np.random.Generator) -> Geometry:
    """Any taps; memories so small that much is done in pieces as often as not."""
    taps = int(rng.choice([1, 2, 4, 8]))
    return Geometry(
        taps=taps,
        requantisers=4,
        activation_words=1 << int(rng.integers(8, 14)),
        weight_entries=1 << int(rng.integers(8, 12)),
    )


def random_layer(rng: np.random.Generator, shape: Shape, source: Quantisation) -> Layer:
    """What the unit does over whole groups of channels."""
    kind = str(rng.choice(["conv", "pointwise", "depthwise", "separable", "average"]))
    if kind == "average" and min(shape[1:3]) > 1:
        size = tuple(int(rng.integers(1, extent + 1)) for extent in shape[1:3])
        if size != (1, 1):
            stride = tuple(int(step) for step in rng.integers(1, 4, 2))
            return AveragePool2D(size=size, output=source, stride=stride, padding="VALID")
    if kind in ("conv", "pointwise"):
        channels = 8 * int(rng.integers(1, 7))
        return random_conv(rng, shape, source, kind == "pointwise", channels)
    layer = random_depthwise(rng, shape, source, three=kind != "depthwise")
    while layer.depth_multiplier != 1:
        layer = random_depthwise(rng, shape, source)
    return layer


def of_scales_that_it_takes(draw: Callable[[], Graph]) -> Graph:
    """The first graph drawn that scales up no further than the unit does."""
    graph = draw()
    while max(map(most_left, lowered(graph))) > MOST_LEFT:
        graph = draw()
    return graph


def random_chain(rng: np.random.Generator, directory: Path, length: int) -> Graph:
    """So many operators, one behind the other; the first one may be a stem."""
    return of_scales_that_it_takes(lambda: _chain(rng, directory, length))


def _chain(rng: np.random.Generator, directory: Path, length: int) -> Graph:
    source = random_quantisation(rng)
    height, width = int(rng.integers(1, 20)), int(rng.integers(1, 20))
    layers: list[Layer] = []
    if rng.random() < 0.4:
        channels = int(rng.choice([1, 3, 4, 12]))
        shape = (1, height, round_up(width, 8), channels)
        layers.append(random_conv(rng, shape, source, channels=8 * int(rng.integers(1, 4))))
    else:
        shape = (1, height, width, 8 * int(rng.integers(1, 7)))
        layers.append(random_layer(rng, shape, source))
    now = layers[0].output_shape(shape)
    while len(layers) < length:
        layers.append(random_layer(rng, now, layers[-1].output))
        now = layers[-1].output_shape(now)
    if rng.random() < 0.2:
        layers.append(Mean(output=random_quantisation(rng)))
    return read_bytes(build_model(shape, source, layers), directory)


def random_blocks(rng: np.random.Generator, directory: Path, blocks: int) -> Graph:
    """What MobileNets are made of: expanded or not, filtered by 3x3, projected."""
    return of_scales_that_it_takes(lambda: _blocks(rng, directory, blocks))


def _blocks(rng: np.random.Generator, directory: Path, blocks: int) -> Graph:
    source = random_quantisation(rng)
    shape = (1, *(int(size) for size in rng.integers(4, 16, 2)), 8 * int(rng.integers(1, 5)))
    layers: list[Layer] = []
    now = shape

    def add(layer: Layer) -> None:
        nonlocal now
        layers.append(layer)
        now = layer.output_shape(now)

    def quantisation() -> Quantisation:
        return layers[-1].output if layers else source

    for _ in range(blocks):
        if rng.random() < 0.6:
            add(random_conv(rng, now, quantisation(), True, 8 * int(rng.integers(1, 9))))
        add(random_depthwise(rng, now, quantisation(), three=True))
        add(random_conv(rng, now, quantisation(), True, 8 * int(rng.integers(1, 9))))
    return read_bytes(build_model(shape, source, layers), directory)


def small_geometry(rng: np.random.Generator) -> Geometry:
    """Memories that force bands, and weights that come again for each."""
    return Geometry(
        taps=int(rng.choice([1, 2, 4, 8])),
        requantisers=4,
        activation_words=1 << int(rng.integers(8, 11)),
        weight_entries=1 << int(rng.integers(5, 8)),
    )


def random_sum(rng: np.random.Generator, directory: Path) -> Graph:
    """A depthwise convolution, and its input added to it."""
    source = random_quantisation(rng)
    shape = (1, *(int(size) for size in rng.integers(1, 14, 2)), 8 * int(rng.integers(1, 6)))
    return read_bytes(build_model(shape, source, random_add(rng, shape, source)), directory)


def either(rng: np.random.Generator) -> Choose:
    """Engines that go on at random: one mostly, the other mostly, or both alike."""
    memory_first = rng.choice([0.03, 0.5, 0.97])

    def choose(ready: list[Engine]) -> Engine:
        if len(ready) == 1:
            return ready[0]
        return Engine.MEMORY if rng.random() < memory_first else Engine.COMPUTE

    return choose


def run_program(
    geometry: Geometry,
    program: Program,
    operators: Sequence[LoweredOperator],
    inputs: Mapping[tuple[int, str], np.ndarray],
    rng: np.random.Generator,
    traced: bool = False,
) -> dict[int, np.ndarray]:
    """The tensors that a program stores, by operator.

    inputs: by operator and name, as relocations have them.
    Memories begin with random bytes, and so do the places of results.
    """
    outputs = range(len(operators)) if traced else range(len(operators) - 1, len(operators))
    sizes = {key: tensor.size for key, tensor in inputs.items()}
    sizes |= {(place, "output"): np.prod(operators[place].output_shape) for place in outputs}
    sizes[(0, "scratch")] = program.scratch_bytes
    places, end = {}, ALIGNMENT
    for key, size in sizes.items():
        places[key] = end
        end += round_up(int(size), ALIGNMENT)
    start = len(program.blob)
    data = rng.integers(0, 256, start + end).astype(np.uint8)
    data[:start] = program.blob
    for one in program.relocations:
        address = data[one.offset : one.offset + 4].view("<u4")
        address += np.uint32(places[(one.operator, one.tensor)])
    for key, tensor in inputs.items():
        data[start + places[key] :][: tensor.size] = tensor.ravel().view(np.uint8)
    before = data.copy()
    windows = {Window.IMAGE: range(start), Window.ARENA: range(start, start + end)}
    machine = Machine(geometry, MainRam(0, data, windows))
    machine.activations[:] = rng.integers(0, 256, len(machine.activations))
    machine.weights[:] = rng.integers(0, 256, len(machine.weights))
    machine.start(program.memory_list, program.compute_list)
    assert machine.run(either(rng)) is Status.DONE, machine.status
    results = {}
    for place in outputs:
        at, shape = start + places[(place, "output")], operators[place].output_shape
        size = int(np.prod(shape))
        results[place] = data[at : at + size].view(np.int8).reshape(shape)
        before[at : at + size] = data[at : at + size]
    scratch = start + places[(0, "scratch")]
    before[scratch : scratch + program.scratch_bytes] = data[scratch:][: program.scratch_bytes]
    assert np.array_equal(before, data), "a store beside the tensors"
    return results
