"""`dwpw area`: what the extension takes of an FPGA, and how fast it is, without a board."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.cli.options import output_console, progress_console
from dwpw.cli.progress import build_steps
from dwpw.geometry import parse_extension
from dwpw.paths import BUILD_ROOT
from dwpw.report.area import area_json, print_area
from dwpw.report.jsonfile import require_writable, write_document
from soc.fpga.area import estimate


@click.command()
@click.option(
    "--ext",
    default="simd",
    show_default=True,
    metavar="CONFIG",
    help="The extension, with other sizes if wanted: simd,param_groups=4,results=8.",
)
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
def area(ext: str, seeds: int, json_path: Path | None) -> None:
    """Estimate area and speed of the extension alone, on an ECP5.

    Area is that of the bare module; speed is measured with registers around all of its ports.
    """
    geometry = parse_extension(ext)
    if json_path is not None:
        require_writable(json_path)
    with build_steps(progress_console()) as step:
        found = estimate(geometry, seeds, BUILD_ROOT, step)
    print_area(found, geometry, output_console())
    if json_path is not None:
        write_document(area_json(found, geometry), json_path)
