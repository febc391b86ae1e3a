"""`dwpw mlperf`: a device for MLPerf Tiny's own runner, on a board or simulated."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.cli.load import program_board
from dwpw.console.mlperfrun import DeviceUnderTest, load_device, simulate_device
from dwpw.console.options import (
    baud_option,
    board_option,
    kernel_set_option,
    memory_option,
    target_option,
)
from dwpw.errors import UserError
from dwpw.mlperf.benchmark import settings_of
from dwpw.model import read_model
from dwpw.plan.image import pack, require_fit
from dwpw.plan.planner import plan
from dwpw.serialport.ports import wait_for_port
from dwpw.target.target import Target
from soc import memory_map
from soc.boards.find import find_board


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--on", "port", metavar="PORT", help="Serial port or pseudo-terminal with a BIOS.")
@board_option
@click.option("--pty", is_flag=True, help="The simulated SoC, at --board's clock if one is given.")
@kernel_set_option
@click.option(
    "--model-id",
    metavar="ID",
    help="The benchmark's name for MODEL: vww01, ic01, kws01, ad01  [default: by its shapes]",
)
@click.option(
    "--infer",
    type=click.IntRange(1, 1_000_000),
    metavar="N",
    help="Measure N inferences over the protocol, and end, instead of waiting for a runner.",
)
@baud_option
@target_option
@memory_option
def mlperf(
    model: Path,
    port: str | None,
    board: str | None,
    pty: bool,
    kernels: str | None,
    model_id: str | None,
    infer: int | None,
    baud: int | None,
    target: Target,
    memory: str,
) -> None:
    """Firmware with MLPerf Tiny's serial protocol for MODEL, driven by MLCommons' own runner.

    --board NAME programs the board and uploads the firmware; --on PORT uploads it where the
    bitstream is (with --board NAME), or to dwpw sim --pty; --pty simulates.
    """
    if (port is None and board is None and not pty) or (port is not None and pty):
        raise UserError("give one of --on PORT, --board NAME and --pty")
    target = target.with_memory(memory)
    kernel_set = target.kernel_set(kernels or target.best_set)
    graph = read_model(model)
    settings = settings_of(graph, kernel_set, model_id)
    planned = plan(graph, target, kernel_set, keep_inputs=True)
    image = pack(planned)
    require_fit(planned, image, memory_map.IMAGE_REGION_SIZE)
    device = DeviceUnderTest(planned, image, settings, infer)
    if pty:
        simulate_device(device, board)
        return
    if port is None:
        program_board(board, target, flash=False)
        port = wait_for_port(getattr(find_board(board), "bridge", None), board)
    load_device(device, board, port, baud)
