"""The way to a board, end to end, with the simulated SoC and LiteX's BIOS at its end.

The firmware alone is some 80 million cycles on its way; what every test run sends through the same
BIOS is a small program (`tests/soc/test_serial_boot.py`).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli
from tests.dwpw.serialport.wire import faulty_wire
from tests.support.terminal_process import terminal_of

FRAMES = 60
"""Bytes to the BIOS after which only frames come, also when it had to be woken twice."""


def call(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def damaged_twice(n: int, byte: int) -> bytes:
    """A wrong bit, which is a wrong CRC, and later a lost byte, which the BIOS waits for."""
    if n == FRAMES + 9000:
        return b""
    return bytes([byte ^ 16 if n == FRAMES + 5000 else byte])


@pytest.mark.full
def test_model_runs_through_the_boot_protocol_in_spite_of_a_wrong_crc_and_a_lost_byte(
    repository: Path, model_path: Path, tmp_path: Path
) -> None:
    path = tmp_path / "load.json"
    with (
        terminal_of(repository, "sim", "--pty") as port,
        faulty_wire(port, damaged_twice) as wire,
    ):
        result = call("load", "--port", wire, model_path, "--json", path)
    assert result.exit_code == 0, result.output
    assert "All 10 tensors are bit-exact with the golden layers." in result.stdout
    assert " ms at 60 MHz" in result.stdout
    (run,) = json.loads(path.read_text())["runs"]
    assert run["exact"]


@pytest.mark.full
def test_shipped_model_twice_and_beside_the_simulator(repository: Path, tmp_path: Path) -> None:
    model = repository / "models" / "fashion_mobilenet_v1_025_96.tflite"
    path = tmp_path / "on.json"
    with terminal_of(repository, "sim", "--pty") as port:
        loaded = call("load", "--port", port, model)
        assert loaded.exit_code == 0, loaded.output
        compared = call("compare", "--on", port, model, "--json", path)
        assert compared.exit_code == 0, compared.output
    assert "0 of 30 layers differ by more than 5 %." in compared.stdout
    assert [run["exact"] for run in json.loads(path.read_text())["runs"]] == [True, True]


@pytest.mark.full
def test_cut_upload_is_one_error_and_the_next_one_works(repository: Path, model_path: Path) -> None:
    with terminal_of(repository, "sim", "--pty") as port:
        with faulty_wire(port, lambda n, b: None if n == FRAMES + 1000 else bytes([b])) as wire:
            cut = call("load", "--port", wire, model_path)
        assert cut.exit_code == 2
        assert "the connection was cut" in cut.stderr
        again = call("load", "--port", port, model_path)
        assert again.exit_code == 0, again.output
