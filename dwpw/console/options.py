"""Options that several commands share, and what they turn into."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path

import click
from click.core import ParameterSource
from rich.console import Console

from dwpw.engines import ENGINES, SIMULATOR
from dwpw.errors import UserError
from dwpw.paths import SHIPPED_INPUT, SHIPPED_MODEL
from dwpw.target.kernel_set import KernelSet
from dwpw.target.registry import DEFAULT_TARGET, TARGETS, find_target
from dwpw.target.target import Target
from soc.config import MAIN_RAM_SIZES, MEGABYTE, MEMORIES

PLAIN_WIDTH = 120
"""Columns when the output goes into a file or a pipe, and COLUMNS does not say otherwise."""

input_option = click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="[NAME=]FILE",
    help="Image, or what the model takes (int8, uint8, float32) as raw values (.dat, .raw, .bin)"
    " or .npy array; random values without. Of several inputs each needs one, in the model's order"
    " or by name (dwpw model show).",
)

resize_option = click.option(
    "--resize",
    is_flag=True,
    help="Fit an image of another size or channel count to the model's input.",
)

memory_option = click.option(
    "--memory",
    default=MEMORIES[0],
    show_default=True,
    metavar="|".join(MEMORIES),
    help="Memory of the SoC; ideal is single-cycle RAM, for study.",
)


def parse_ram(text: str) -> int:
    """Bytes of a `--ram SIZE`; `UserError` for a size that no simulated SoC has."""
    sizes = {f"{size // MEGABYTE}M": size for size in MAIN_RAM_SIZES}
    if text not in sizes:
        raise UserError(f"--ram {text}: a simulated SoC has {', '.join(sizes)} of main RAM")
    return sizes[text]


ram_option = click.option(
    "--ram",
    metavar="SIZE",
    help="Main RAM of the SoC: 32M, 64M, 128M or 256M; no cycle depends on it"
    "  [default: the first that holds the model]",
)


def _target(context: click.Context, parameter: click.Parameter, text: str) -> Target:
    return find_target(text)


target_option = click.option(
    "--target",
    default=DEFAULT_TARGET,
    show_default=True,
    metavar="NAME[,SIZE=VALUE...]",
    callback=_target,
    help="SoC with its units, with other sizes if wanted: simd-16,param_groups=4. "
    f"Known: {', '.join(TARGETS)}; a package's own as MODULE:NAME.",
)

kernel_set_option = click.option(
    "--kernels", metavar="SET", help="Kernel set  [default: the target's best, simd]"
)

labels_option = click.option(
    "--labels",
    "labels_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Class names, one a line  [default: MODEL's name with .labels.txt, if there]",
)

board_option = click.option("--board", metavar="NAME", help="The board (docs/boards.md).")
baud_option = click.option(
    "--baud",
    type=click.IntRange(min=1),
    metavar="N",
    help="Bits per second  [default: what the board was built for]",
)

json_option = click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the result as JSON.",
)

layers_option = click.option(
    "--layers/--no-layers", default=True, help="Show every layer, or the summary only."
)

max_cycles_option = click.option(
    "--max-cycles",
    type=click.IntRange(min=1),
    metavar="N",
    help="End a run that takes longer  [default: four times what the slowest kernels need]",
)


def _engine(context: click.Context, parameter: click.Parameter, text: str) -> str:
    if text not in ENGINES:
        raise UserError(f"unknown engine '{text}' (known: {', '.join(ENGINES)})")
    return text


engine_option = click.option(
    "--engine",
    default=SIMULATOR,
    show_default=True,
    metavar="|".join(ENGINES),
    callback=_engine,
    help="Where it runs: host is this computer, which says in seconds whether every tensor is"
    " exact, and counts no cycles.",
)


def refuse_with_host(context: click.Context, *names: str) -> None:
    """`UserError` for the first parameter of those that was given, with `--engine host`."""
    for parameter in context.command.params:
        given = context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
        if parameter.name in names and given:
            raise UserError(
                f"{max(parameter.opts, key=len)} means nothing to --engine host, which simulates no"
                " SoC and counts no cycles"
            )


@dataclass(frozen=True)
class RunOptions:
    """What every command that runs a model is told.

    model: None only where a command can do without;
    inputs: FILE or NAME=FILE for each input of the model, none for random values;
    target: with the memory that was asked for;
    max_cycles: None is `dwpw.jobs.cycle_limit`;
    ram: bytes of main RAM, None is what the model needs.
    """

    model: Path | None
    inputs: tuple[str, ...]
    resize: bool
    target: Target
    max_cycles: int | None
    ram: int | None = None


def run_options(command: Callable[..., None], model_required: bool = True) -> Callable[..., None]:
    """Adds those options to a command, which gets them as one argument `run`."""

    @click.argument("model", type=click.Path(path_type=Path), required=model_required)
    @input_option
    @resize_option
    @target_option
    @memory_option
    @ram_option
    @max_cycles_option
    @wraps(command)
    def collect(
        model: Path | None,
        inputs: tuple[str, ...],
        resize: bool,
        target: Target,
        memory: str,
        ram: str | None,
        max_cycles: int | None,
        **others: object,
    ) -> None:
        soc = target.with_memory(memory)
        # Read here and not by the option, so that the command line can be repeated as it was.
        size = None if ram is None else parse_ram(ram)
        command(run=RunOptions(model, inputs, resize, soc, max_cycles, size), **others)

    return collect


def or_shipped(run: RunOptions) -> RunOptions:
    """The shipped model with an input of its own where none is named."""
    if run.model is not None:
        return run
    return replace(run, model=SHIPPED_MODEL, inputs=run.inputs or (str(SHIPPED_INPUT),))


def parse_kernel_sets(
    target: Target, text: str | None, option: str = "--kernels"
) -> list[KernelSet]:
    """Kernel sets separated by commas, each at most once; without a text all that there are."""
    if text is None:
        return list(target.kernel_sets)
    sets = [target.kernel_set(name.strip()) for name in text.split(",")]
    for one in sets:
        if sets.count(one) > 1:
            raise UserError(f"kernel set '{one.name}' is given twice in {option} {text}")
    return sets


def output_console() -> Console:
    """Where results go."""
    if sys.stdout.isatty():
        return Console()
    plain = Console(file=sys.stdout, no_color=True)
    # Rich takes 80 columns for anything but a terminal unless COLUMNS is set.
    return plain if "COLUMNS" in plain._environ else _plain_console()


def _plain_console() -> Console:
    return Console(file=sys.stdout, width=PLAIN_WIDTH, no_color=True)


def progress_console() -> Console:
    """Where progress goes, beside the results."""
    return Console(stderr=True)
