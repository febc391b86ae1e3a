"""`dwpw renode`: the model, the SoC and its units for Renode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from dwpw.console.inrenode import compare_in_renode, files_for, prepare_for_renode
from dwpw.console.options import (
    RunOptions,
    input_option,
    json_option,
    layers_option,
    or_shipped,
    output_console,
    parse_kernel_sets,
    progress_console,
    resize_option,
    target_option,
)
from dwpw.console.prepare import NOT_EXACT
from dwpw.console.progress import build_steps
from dwpw.errors import UserError
from dwpw.renode.export import write_folder
from dwpw.renode.runner import find_renode
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.report.renode_table import print_renode, renode_json
from dwpw.target.target import Target
from soc.scratch import scratch_folder


@click.command()
@click.argument("model", type=click.Path(path_type=Path), required=False)
@click.option("--kernels", metavar="SETS", help="Kernel sets  [default: all of the target]")
@input_option
@resize_option
@target_option
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write everything that Renode needs into this folder.",
)
@click.option(
    "--inputs",
    "count",
    default=4,
    show_default=True,
    type=click.IntRange(min=1),
    metavar="N",
    help="So many inputs in all: --input's, then random values of seeds 1, 2, ... One input proves"
    " no rounding.",
)
@click.option("--run", "wanted", is_flag=True, help="Run all of it in an installed Renode.")
@click.option(
    "--renode",
    "program",
    metavar="PATH",
    help="Renode's program, with --run  [default: RENODE, or renode from the PATH]",
)
@json_option
@layers_option
@click.pass_context
def renode(
    context: click.Context,
    model: Path | None,
    kernels: str | None,
    inputs: tuple[str, ...],
    resize: bool,
    target: Target,
    folder: Path | None,
    count: int,
    wanted: bool,
    program: str | None,
    json_path: Path | None,
    layers: bool,
) -> None:
    """Write MODEL, or the shipped one, SoC and units as files for Renode, and run them there with
    --run.

    The kernels are those of the SoC, unchanged; every layer's checksum is compared with the golden
    layers. Renode counts instructions and no cycles.

    Exit status: 0 written, or all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    if folder is None and not wanted:
        raise UserError("say where to with -o FOLDER, or --run")
    if not wanted and (program is not None or json_path is not None):
        raise UserError("--renode and --json are about runs: give --run")
    found = find_renode(program) if wanted else ""
    if json_path is not None:
        require_writable(json_path)
    sets = parse_kernel_sets(target, kernels)
    run = or_shipped(RunOptions(model, inputs, resize, target, None))
    with build_steps(progress_console()) as step, _folder(folder) as place:
        prepared = prepare_for_renode(run, sets, count)
        files = files_for(prepared, step)
        write_folder(place, files)
        if not wanted:
            click.echo(f"{place}: {len(files)} files; README.md there says how to run them")
            return
        comparisons = compare_in_renode(found, place, prepared, step)
    print_renode(comparisons, output_console(), layers)
    if json_path is not None:
        write_document(renode_json(comparisons), json_path)
    if not all(one.exact for one in comparisons):
        context.exit(NOT_EXACT)


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The folder that was asked for, or one for this run."""
    if given is not None:
        yield given
        return
    with scratch_folder("dwpw-renode-") as folder:
        yield folder
