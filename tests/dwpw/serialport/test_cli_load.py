"""`dwpw load` and `compare --on` from the outside, with a program in place of openFPGALoader."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli
from dwpw.errors import UserError
from dwpw.serialport.endpoint import main_ram_bytes
from dwpw.serialport.program import failure, loader_program, program
from dwpw.target.registry import DEFAULT_TARGET
from soc import memory_map


def call(*arguments: object) -> Result:
    """Run `dwpw ARGUMENTS`; a traceback fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


BAD_CALLS = {
    "nowhere": (["load", "MODEL"], "give --board NAME, or --port PORT of dwpw sim --pty"),
    "nothing to run": (["load", "--port", "/dev/x"], "give a MODEL to run, or --bitstream-only"),
    "no board to program": (
        ["load", "MODEL", "--port", "/dev/x", "--flash"],
        "--bitstream-only, --no-program and --flash need --board NAME",
    ),
    "contradiction": (
        ["load", "MODEL", "--board", "ulx3s", "--no-program", "--flash"],
        "--no-program contradicts --bitstream-only and --flash",
    ),
    "unknown board": (
        ["load", "--board", "ulx4s", "--bitstream-only"],
        "unknown board 'ulx4s'; did you mean ulx3s",
    ),
    "board of a vendor": (
        ["load", "--board", "digilent_arty", "--bitstream-only"],
        "digilent_arty: dwpw does not know how to program it",
    ),
    "two sets on a board": (
        ["compare", "MODEL", "--on", "/dev/x", "--kernels", "scalar,simd"],
        "--on compares one kernel set: name it with --kernels",
    ),
    "board without a port": (
        ["compare", "MODEL", "--board", "ulx3s"],
        "--board and --baud need --on PORT",
    ),
    "model for the terminal": (
        ["sim", "MODEL", "--pty"],
        "--pty runs no MODEL: give it to dwpw load --port PORT",
    ),
    "no model": (["sim"], "give a MODEL to run, or --pty"),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_bad_call_ends_with_2_and_one_line(name: str, model_path: Path) -> None:
    arguments, message = BAD_CALLS[name]
    result = call(*(model_path if one == "MODEL" else one for one in arguments))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {message}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "target"), [((), DEFAULT_TARGET), (("--target", "stream-16"), "stream-16")]
)
def test_missing_bitstream_names_the_command(
    options: tuple[str, ...], target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dwpw.boards.BUILD_ROOT", tmp_path)
    result = call("load", "--board", "ulx3s", "--bitstream-only", *options)
    assert result.exit_code == 2
    assert f"run dwpw build --board ulx3s --target {target}\n" in result.stderr
    assert not any(path.is_dir() for path in tmp_path.glob("board-*"))


def fake_loader(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """An openFPGALoader on PATH that runs `body` with its arguments in sys.argv."""
    script = folder / "openFPGALoader"
    script.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_loader_is_told_board_and_bitstream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    fake_loader(tmp_path, monkeypatch, f"open({str(told)!r}, 'w').write(' '.join(sys.argv[1:]))")
    program("ulx3s", "ulx3s", tmp_path / "top.bit", flash=False)
    assert told.read_text() == f"--board ulx3s {tmp_path}/top.bit"
    program("ulx3s", "ulx3s", tmp_path / "top.bit", flash=True)
    assert told.read_text() == f"--board ulx3s --write-flash {tmp_path}/top.bit"


def test_board_that_is_not_there_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "unable to open ftdi device: -3 (device not found)\\nJTAG init failed"
    fake_loader(tmp_path, monkeypatch, f"print('{said}'); sys.exit(1)")
    with pytest.raises(UserError) as caught:
        program("ulx3s", "ulx3s", tmp_path / "top.bit", flash=False)
    assert str(caught.value) == (
        "ulx3s: openFPGALoader failed: unable to open ftdi device: -3 (device not found); JTAG init"
        " failed (is the board plugged in? docs/loading.md)"
    )


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("error while loading shared libraries: libusb-1.0.so.0: cannot open", "apt-get install"),
        ("Jtag: support for cmsisdap was not enabled at compile time", "another build"),
        ("unable to open ftdi device: -4 (usb_open() failed)", "may this user open USB"),
        ("", "is the board plugged in?"),
    ],
)
def test_failure_says_what_helps(output: str, remedy: str) -> None:
    assert remedy in failure(output)


def test_loader_of_the_package_is_found_without_one_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert loader_program().is_file()


def test_main_ram_is_what_the_headers_say_but_no_more_than_the_map(tmp_path: Path) -> None:
    header = tmp_path / "generated" / "mem.h"
    header.parent.mkdir()
    header.write_text("#define MAIN_RAM_SIZE 0x00800000\n")
    assert main_ram_bytes(tmp_path) == 8 << 20
    header.write_text("#define MAIN_RAM_SIZE 0x20000000\n")
    assert main_ram_bytes(tmp_path) == memory_map.MAIN_RAM_SIZE
    header.write_text("\n")
    with pytest.raises(UserError, match="has no main RAM"):
        main_ram_bytes(tmp_path)
