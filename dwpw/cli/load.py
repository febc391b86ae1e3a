"""`dwpw load`: onto a board, or onto `dwpw sim --pty` by the same way."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.console.options import (
    RunOptions,
    baud_option,
    board_option,
    input_option,
    json_option,
    kernel_set_option,
    layers_option,
    memory_option,
    output_console,
    progress_console,
    resize_option,
    target_option,
)
from dwpw.console.prepare import NOT_EXACT, compare_on, prepare, soc_info
from dwpw.console.progress import build_steps
from dwpw.console.serialrun import find_endpoint, measure_on_port
from dwpw.errors import UserError
from dwpw.jobs import make_board_job
from dwpw.report.jsonfile import require_writable, to_json, write_document
from dwpw.report.load_table import print_load
from dwpw.serialport.endpoint import built_bitstream, loader_name
from dwpw.serialport.ports import wait_for_port
from dwpw.serialport.program import program
from dwpw.target.target import Target
from soc.boards.find import find_board


@click.command()
@click.argument("model", type=click.Path(path_type=Path), required=False)
@board_option
@kernel_set_option
@input_option
@resize_option
@click.option(
    "--port", metavar="PORT", help="Serial port or pseudo-terminal  [default: the board's]"
)
@baud_option
@click.option("--bitstream-only", is_flag=True, help="Program the board and run nothing.")
@click.option("--no-program", is_flag=True, help="The board has its bitstream already.")
@click.option("--flash", is_flag=True, help="Program the board's persistent memory as well.")
@target_option
@memory_option
@json_option
@layers_option
@click.pass_context
def load(
    context: click.Context,
    model: Path | None,
    board: str | None,
    kernels: str | None,
    inputs: tuple[str, ...],
    resize: bool,
    port: str | None,
    baud: int | None,
    bitstream_only: bool,
    no_program: bool,
    flash: bool,
    target: Target,
    memory: str,
    json_path: Path | None,
    layers: bool,
) -> None:
    """Program a board, upload firmware and MODEL over its serial line, run it once.

    --port without --board expects `dwpw sim --pty` there, with the same --memory.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    _require_sense(model, board, port, bitstream_only, no_program, flash)
    target = target.with_memory(memory)
    wanted = target.kernel_set(kernels or target.best_set)
    if json_path is not None:
        require_writable(json_path)
    run = RunOptions(model, inputs, resize, target, None)
    wanted_run = model is not None and not bitstream_only
    prepared = prepare(run, [wanted], pack=make_board_job) if wanted_run else None
    if board is not None and not no_program:
        program_board(board, target, flash)
    if prepared is None:
        return
    endpoint = find_endpoint(board, target, progress_console())
    port = port or wait_for_port(endpoint.bridge, endpoint.name)
    measured = measure_on_port(prepared, endpoint, port, baud)
    comparison = compare_on(prepared, soc_info(endpoint.target, endpoint.memory), [measured])
    print_load(comparison, f"{endpoint.name} at {port}", output_console(), layers)
    if json_path is not None:
        write_document(to_json(comparison) | {"board": board, "port": port}, json_path)
    if not comparison.exact:
        context.exit(NOT_EXACT)


def _require_sense(
    model: Path | None,
    board: str | None,
    port: str | None,
    bitstream_only: bool,
    no_program: bool,
    flash: bool,
) -> None:
    """Refuse options that contradict each other."""
    if board is None:
        if port is None:
            raise UserError("give --board NAME, or --port PORT of dwpw sim --pty")
        if bitstream_only or no_program or flash:
            raise UserError("--bitstream-only, --no-program and --flash need --board NAME")
    if no_program and (bitstream_only or flash):
        raise UserError("--no-program contradicts --bitstream-only and --flash")
    if model is None and not bitstream_only:
        raise UserError("give a MODEL to run, or --bitstream-only")


def program_board(name: str, target: Target, flash: bool) -> None:
    """Put the bitstream that was built for it into the FPGA."""
    loader = loader_name(find_board(name))
    bitstream = built_bitstream(name, target)
    with build_steps(progress_console()) as step:
        step(f"{name}: programming {'its flash memory' if flash else 'the FPGA'}")
        program(name, loader, bitstream, flash)
