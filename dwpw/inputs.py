"""All inputs of a model: a file for each, or values of a fixed random seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dwpw.errors import UserError
from dwpw.inputfile import ModelInput, read_input
from dwpw.model import Graph
from dwpw.model.context import short_name

SEED = 0


def read_inputs(given: Sequence[str], graph: Graph, resize: bool = False) -> tuple[ModelInput, ...]:
    """The inputs from files, or seeded random values where none is given.

    given: a file for each input, in the model's order or as NAME=FILE.
    """
    if not given:
        return random_inputs(graph)
    names = [short_name(tensor.name) for tensor in graph.file_inputs]
    paths = _paths_by_place(given, names, graph)
    named = [f"'{name}'" if len(names) > 1 else "" for name in names]

    def one(place: int) -> ModelInput:
        target, entry = graph.input_tensors[place], graph.entries[place]
        who = f"the model's input {named[place]}".strip()
        source = read_input(paths[place], target, resize, entry is not None, who)
        return replace(source, description=f"{named[place]} {source.description}".strip())

    return tuple(map(one, range(len(names))))


def _paths_by_place(given: Sequence[str], names: Sequence[str], graph: Graph) -> dict[int, Path]:
    """The file for each input by its place in the model.  Those without a name take the places that
    are left, in their order."""
    if len(given) != len(names):
        raise UserError(f"{graph.path}: {_wrong_number(given, names)}")
    paths, unnamed = {}, []
    for text in given:
        name, _, file = text.partition("=")
        if name not in names:
            unnamed.append(Path(text))
            continue
        place = names.index(name)
        if place in paths:
            raise UserError(f"--input {text}: a file for '{name}' is given twice")
        paths[place] = Path(file)
    left = [place for place in range(len(names)) if place not in paths]
    return paths | dict(zip(left, unnamed, strict=True))


def _wrong_number(given: Sequence[str], names: Sequence[str]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    if len(names) == 1:
        return f"has one input, {listed}, and --input was given {len(given)} times"
    return (
        f"has {len(names)} inputs, {listed}: give --input for each, in this order or as NAME=FILE,"
        f" not {len(given)} in all"
    )


def random_inputs(graph: Graph) -> tuple[ModelInput, ...]:
    """Those of `random_tensors`."""
    description = f"random values, seed {SEED} (no --input given)"
    return tuple(ModelInput(tensor, description) for tensor in random_tensors(graph))


def random_tensors(graph: Graph, seed: int = SEED) -> tuple[np.ndarray, ...]:
    """Uniform int8 values from NumPy's default generator, input after input; the same on every
    machine."""
    generator = np.random.default_rng(seed)
    return tuple(
        generator.integers(-128, 128, size=tensor.shape, dtype=np.int8)
        for tensor in graph.input_tensors
    )


def descriptions(inputs: Sequence[ModelInput]) -> tuple[str, ...]:
    """Where they come from, for people; what holds for several is said once."""
    return tuple(dict.fromkeys(one.description for one in inputs))
