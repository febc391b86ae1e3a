"""Writes the labelled input images: the first two test images of each class, as 96x96 PNGs.

``python -m models.write_inputs`` needs the data set.  The choice looks at labels only, never at
what a model makes of the images.
"""

from __future__ import annotations

import re
from pathlib import Path

import click
import numpy as np
from PIL import Image

from dwpw import fashion_mnist
from dwpw.errors import UserError
from models import IMAGE_SIZE, INPUTS

PER_CLASS = 2


@click.command()
@click.option("--dataset", type=Path, default=fashion_mnist.DEFAULT_FOLDER, show_default=True)
@click.option("--output", type=Path, default=INPUTS, show_default=True)
def main(dataset: Path, output: Path) -> None:
    """Write the PNGs to the folder OUTPUT; file names give label, class and test image number."""
    try:
        images, labels = fashion_mnist.load("test", dataset)
        output.mkdir(parents=True, exist_ok=True)
        for label in range(len(fashion_mnist.CLASSES)):
            for number in np.flatnonzero(labels == label)[:PER_CLASS]:
                pixels = fashion_mnist.upscale(images[number : number + 1], IMAGE_SIZE)[0]
                Image.fromarray(pixels).save(output / file_name(label, int(number)), optimize=True)
    except OSError as error:
        raise SystemExit(f"error: {output} cannot be written: {error}") from None
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(error.exit_code) from None


def file_name(label: int, number: int) -> str:
    """E.g. "03_dress_0042.png" for test image 42, a dress."""
    word = re.sub("[^a-z]+", "_", fashion_mnist.CLASSES[label].lower())
    return f"{label:02}_{word}_{number:04}.png"


if __name__ == "__main__":
    main()
