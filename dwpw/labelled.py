"""Images whose class is known: a folder of files, or Fashion-MNIST."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np

from dwpw import fashion_mnist
from dwpw.errors import UserError
from dwpw.inputfile import ModelInput, pixel_input, read_input
from dwpw.model import Graph, Tensor

FASHION_MNIST = "fashion-mnist"
DATASETS = (FASHION_MNIST,)

LABELS_CSV = "labels.csv"
COLUMNS = ("file", "label")
"""Of LABELS_CSV, in its first line."""


@dataclass(frozen=True)
class LabelledImages:
    """Images for one model.

    description: where they come from, for people; sources: where each comes from.
    names: of the classes; labels: class of each image, as a place in `names`.
    read: the input from the image's number; `UserError` when it cannot be read.
    """

    description: str
    names: tuple[str, ...]
    sources: tuple[str, ...] = field(repr=False)
    labels: tuple[int, ...] = field(repr=False)
    read: Callable[[int], ModelInput] = field(repr=False)


def from_folder(
    folder: Path, names: Sequence[str], graph: Graph, resize: bool, count: int | None
) -> LabelledImages:
    """The images that `labels.csv` lists, or those of one subfolder for each class.

    Files are whatever `--input` takes.  count: how many at the most; None is all.  Of subfolders
    the first image of each class comes before the second of any.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder; --images takes one with a subfolder per class")
    listed = folder / LABELS_CSV
    found = [*(_listed(listed, names) if listed.is_file() else _in_subfolders(folder, names))]
    found = found[:count]
    if not found:
        raise UserError(
            f"{folder}: has no images; put them into a subfolder for each class, or list them in"
            f" {LABELS_CSV}"
        )
    paths = tuple(path for path, _ in found)
    (target,), (entry,) = graph.input_tensors, graph.entries
    return LabelledImages(
        description=f"{len(paths):,} images of {folder}",
        names=tuple(names),
        sources=tuple(map(str, paths)),
        labels=tuple(label for _, label in found),
        read=lambda number: read_input(paths[number], target, resize, entry is not None),
    )


def _in_subfolders(folder: Path, names: Sequence[str]) -> Iterator[tuple[Path, int]]:
    places = {name.replace("/", "_"): name for name in names}
    classes = []
    for subfolder in sorted(path for path in folder.iterdir() if _is_seen(path) and path.is_dir()):
        name = places.get(subfolder.name, subfolder.name)
        label = _place(str(subfolder), name, names)
        images = sorted(path for path in subfolder.iterdir() if _is_seen(path) and path.is_file())
        classes.append([(path, label) for path in images])
    return (one for one in chain.from_iterable(zip_longest(*classes)) if one is not None)


def _is_seen(path: Path) -> bool:
    return not path.name.startswith(".")


def _listed(path: Path, names: Sequence[str]) -> Iterator[tuple[Path, int]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(f"{path}: cannot be read: {reason}") from error
    rows = csv.reader(text.splitlines())
    if tuple(next(rows, ())) != COLUMNS:
        raise UserError(f"{path}: its first line must be {','.join(COLUMNS)}")
    for row in rows:
        if len(row) == len(COLUMNS):
            yield path.parent / row[0], _place(f"{path}, line {rows.line_num}", row[1], names)
        elif row:
            raise UserError(f"{path}, line {rows.line_num}: is not {','.join(COLUMNS)}")


def _place(where: str, name: str, names: Sequence[str]) -> int:
    """The class of that name; `where` is for the error."""
    if names.count(name) != 1:
        problem = "stands for several classes" if name in names else "is no class of the model"
        raise UserError(
            f"{where}: '{name}' {problem}; its classes are {_some(names)}, as in its labels file"
        )
    return names.index(name)


def _some(names: Iterable[str], most: int = 10) -> str:
    names = [*names]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def from_fashion_mnist(
    folder: Path, names: Sequence[str] | None, graph: Graph, count: int | None
) -> LabelledImages:
    """The first `count` test images (None: all 10,000), scaled to what the model takes.

    folder: where the data set's files are; names: of the model's classes, None for the data set's.
    """
    names = tuple(names or fashion_mnist.CLASSES)
    if sorted(names) != sorted(fashion_mnist.CLASSES):
        raise UserError(
            f"{graph.path}: has the classes {_some(names)}; Fashion-MNIST has"
            f" {_some(fashion_mnist.CLASSES)}: give their order in the model with --labels"
        )
    size = _square_size(graph)
    images, labels = fashion_mnist.load("test", folder)
    images, labels = images[:count], labels[:count]
    order = [names.index(name) for name in fashion_mnist.CLASSES]
    (target,), (entry,) = graph.input_tensors, graph.entries
    scaled = "" if size == fashion_mnist.SOURCE_SIZE else f", scaled to {size}x{size}"
    return LabelledImages(
        description=f"{len(images):,} test images of Fashion-MNIST{scaled}",
        names=names,
        sources=tuple(f"test image {number}" for number in range(len(images))),
        labels=tuple(order[label] for label in labels),
        read=partial(_scaled, images, target, entry is not None),
    )


def _square_size(graph: Graph) -> int:
    """Height and width of the grey images that the model takes."""
    (target,) = graph.input_tensors
    shape = target.shape
    if len(shape) != 4 or shape[1] != shape[2] or shape[3] != 1:
        raise UserError(
            f"{graph.path}: takes {list(shape)}, no square grey images; give its images with"
            " --images FOLDER"
        )
    return shape[1]


def _scaled(images: np.ndarray, target: Tensor, real: bool, number: int) -> ModelInput:
    pixels = fashion_mnist.upscale(images[number : number + 1], target.shape[1])
    return pixel_input(pixels.reshape(target.shape), target, f"test image {number}", real)
