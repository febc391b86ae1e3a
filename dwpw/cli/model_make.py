"""`dwpw model make`: a network of the literature as an int8 .tflite file with random weights."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.make import NETWORKS, calibrate, find_network, tflite_file
from dwpw.make.options import Order
from dwpw.report.jsonfile import require_writable, write_bytes
from dwpw.report.made import made_lines


@click.command(epilog=f"NAME is one of {', '.join(NETWORKS)}.")
@click.argument("name")
@click.option(
    "-o",
    "--output",
    "path",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE.tflite",
    help="Where the model goes.",
)
@click.option("--alpha", type=float, metavar="A", help="Width multiplier  [default: 1]")
@click.option(
    "--resolution", type=int, metavar="N", help="Height and width of the input  [default: 224]"
)
@click.option(
    "--classes", type=int, metavar="N", help="Scores at the end  [default: the data set's]"
)
@click.option(
    "--minimalistic",
    is_flag=True,
    help="MobileNetV3 without squeeze-excite and hard-swish, 3x3 only.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the weights."
)
def make(
    name: str,
    path: Path,
    alpha: float | None,
    resolution: int | None,
    classes: int | None,
    minimalistic: bool,
    seed: int,
) -> None:
    """Write network NAME with random int8 weights and scales that keep its layers lively.

    The same order and seed give the same file.
    """
    order = Order(alpha, resolution, classes, minimalistic)
    blueprint = find_network(name).blueprint(order)
    require_writable(path)
    made = calibrate(blueprint, seed)
    content = tflite_file(made)
    write_bytes(content, path)
    for line in made_lines(made, path, len(content)):
        click.echo(line)
