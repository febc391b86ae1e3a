"""`dwpw area`: what the extension takes of an FPGA, and how fast it is, without a board."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.api import area as estimated_area
from dwpw.console.options import output_console, progress_console, target_option
from dwpw.console.progress import build_steps
from dwpw.report.area_table import print_area
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.target.target import Target


@click.command()
@target_option
@click.option(
    "--seeds",
    default=2,
    show_default=True,
    type=click.IntRange(min=1),
    metavar="N",
    help="How often to place and route, each time from another start.",
)
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the result as JSON.",
)
def area(target: Target, seeds: int, json_path: Path | None) -> None:
    """Estimate area and speed of the extension alone, on an ECP5.

    Area is that of the bare module; speed is measured with registers around all of its ports.
    """
    target.require_units()
    if json_path is not None:
        require_writable(json_path)
    with build_steps(progress_console()) as step:
        found = estimated_area(target, seeds=seeds, progress=step)
    print_area(found, target, output_console())
    if json_path is not None:
        write_document(found.to_dict(), json_path)
