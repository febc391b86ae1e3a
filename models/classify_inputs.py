"""Prints what the shipped model says to its twenty inputs, as the rows of the card's table.

``python -m models.classify_inputs`` needs nothing but the repository.
"""

from __future__ import annotations

import click
import numpy as np
from PIL import Image

from dwpw.errors import UserError
from models import INPUTS, SHIPPED_MODEL
from models.evaluate import classify_pixels, reference_interpreter
from models.fashion_mnist import CLASSES


@click.command()
def main() -> None:
    """One row for each input: file, true class, the model's class, and whether they agree."""
    try:
        interpreter = reference_interpreter(SHIPPED_MODEL)
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    for path in sorted(INPUTS.glob("*.png")):
        with Image.open(path) as image:
            predicted = classify_pixels(interpreter, np.asarray(image))
        label = int(path.name[:2])
        verdict = "yes" if predicted == label else "no"
        click.echo(f"| `{path.name}` | {CLASSES[label]} | {CLASSES[predicted]} | {verdict} |")


if __name__ == "__main__":
    main()
