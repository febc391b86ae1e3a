"""`dwpw load`: onto a board, or onto `dwpw sim --pty` by the same way."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.build import soc_config
from dwpw.cli.options import (
    RunOptions,
    baud_option,
    board_option,
    input_option,
    json_option,
    layers_option,
    memory_option,
    output_console,
    progress_console,
    resize_option,
)
from dwpw.cli.prepare import NOT_EXACT, compare_on, prepare, soc_info
from dwpw.cli.progress import build_steps
from dwpw.cli.serialrun import measure_on_port, serial_target
from dwpw.errors import UserError
from dwpw.load.ports import wait_for_port
from dwpw.load.program import program
from dwpw.load.target import built_bitstream, loader_name
from dwpw.plan.registry import kernel_set
from dwpw.report.jsonfile import require_writable, to_json, write_document
from dwpw.report.load import print_load
from soc.boards.find import find_board


@click.command()
@click.argument("model", type=click.Path(path_type=Path), required=False)
@board_option
@click.option("--kernels", default="simd", show_default=True, help="Kernel set.")
@input_option
@resize_option
@click.option(
    "--port", metavar="PORT", help="Serial port or pseudo-terminal  [default: the board's]"
)
@baud_option
@click.option("--bitstream-only", is_flag=True, help="Program the board and run nothing.")
@click.option("--no-program", is_flag=True, help="The board has its bitstream already.")
@click.option("--flash", is_flag=True, help="Program the board's persistent memory as well.")
@memory_option
@json_option
@layers_option
@click.pass_context
def load(
    context: click.Context,
    model: Path | None,
    board: str | None,
    kernels: str,
    input_path: Path | None,
    resize: bool,
    port: str | None,
    baud: int | None,
    bitstream_only: bool,
    no_program: bool,
    flash: bool,
    memory: str,
    json_path: Path | None,
    layers: bool,
) -> None:
    """Program a board, upload firmware and MODEL over its serial line, run it once.

    --port without --board expects `dwpw sim --pty` there, with the same --memory.

    Exit status: 0 all tensors exact, 1 a tensor differs, 2 unusable input or set-up.
    """
    _require_sense(model, board, port, bitstream_only, no_program, flash)
    wanted, config = kernel_set(kernels), soc_config(memory)
    if json_path is not None:
        require_writable(json_path)
    run = RunOptions(model, input_path, resize, memory, None)
    prepared = prepare(run, [wanted]) if model is not None and not bitstream_only else None
    if board is not None and not no_program:
        _program(board, flash)
    if prepared is None:
        return
    target = serial_target(board, config, progress_console())
    port = port or wait_for_port(target.bridge, target.name)
    measured = measure_on_port(prepared, target, port, baud)
    soc = soc_info(measured.whole.clock_hz, target.memory)
    comparison = compare_on(prepared, soc, [measured])
    print_load(comparison, f"{target.name} at {port}", output_console(), layers)
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


def _program(name: str, flash: bool) -> None:
    loader = loader_name(find_board(name))
    bitstream = built_bitstream(name)
    with build_steps(progress_console()) as step:
        step(f"{name}: programming {'its flash memory' if flash else 'the FPGA'}")
        program(name, loader, bitstream, flash)
