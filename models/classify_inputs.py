"""Prints what the shipped model says to its twenty inputs, as the rows of the card's table.

``python -m models.classify_inputs`` needs nothing but the repository.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from dwpw.errors import UserError
from dwpw.fashion_mnist import CLASSES
from dwpw.golden import golden_outputs
from dwpw.inputfile import read_input
from dwpw.model import read_model
from models import INPUTS, SHIPPED_MODEL


@click.command()
def main() -> None:
    """One row for each input: file, true class, the model's class, and whether they agree."""
    paths = sorted(INPUTS.glob("*.png"))
    try:
        predictions = predicted(paths)
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    for path, prediction in zip(paths, predictions, strict=True):
        label = int(path.name[:2])
        verdict = "yes" if prediction == label else "no"
        click.echo(f"| `{path.name}` | {CLASSES[label]} | {CLASSES[prediction]} | {verdict} |")


def predicted(paths: Sequence[Path]) -> list[int]:
    """The most probable class of each image by TFLite; the lowest one of equals."""
    graph = read_model(SHIPPED_MODEL)
    (target,) = graph.input_tensors
    tensors = [[read_input(path, target).tensor] for path in paths]
    outputs = golden_outputs(graph, tensors, [None] * len(tensors))
    return [int(output.values.argmax()) for output in outputs]


if __name__ == "__main__":
    main()
