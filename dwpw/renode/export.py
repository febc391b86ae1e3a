"""Everything that Renode needs for some runs, as files of one folder.

    dwpw.repl, dwpw_control.py, DwpwUnits.cs, dwpw_units.so   the SoC
    firmware.bin                                              for every kernel set
    SET.image.bin                                             the model for one kernel set
    SET-N.input.M.bin                                         run N's input M
    SET-N.resc                                                run N: what Renode is started with
    expected.json                                             checksums of every layer of every run
    README.md

Nothing in them names the folder or this computer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dwpw.comparison import wanted_checksums
from dwpw.errors import UserError
from dwpw.golden import GoldenLayers
from dwpw.jobs import Job, loads
from dwpw.renode.addresses import Addresses
from dwpw.renode.library import HANDLER
from dwpw.renode.platform import control_text, platform_text
from dwpw.renode.script import Load, Names, script_text
from dwpw.target.target import Target

NAMES = Names("dwpw.repl", "dwpw_control.py", HANDLER.name, "dwpw_units.so")
FIRMWARE_FILE = "firmware.bin"
UART_SUFFIX = ".uart"


@dataclass(frozen=True)
class RenodeRun:
    """One start of Renode.

    job: a kernel set's image, with this run's inputs.
    number: of the inputs; what they are is the same for every set.
    """

    job: Job
    number: int
    golden: GoldenLayers
    inputs: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of its files."""
        return f"{self.job.name}-{self.number}"

    @property
    def script(self) -> str:
        """The file that Renode is started with."""
        return f"{self.name}.resc"

    @property
    def uart(self) -> str:
        """The file that the UART's output goes to."""
        return f"{self.name}{UART_SUFFIX}"


@dataclass(frozen=True)
class Parts:
    """What was built for the target.

    target: with the main RAM that the jobs need.
    """

    target: Target
    firmware: bytes
    library: bytes
    addresses: Addresses


def folder_files(parts: Parts, runs: Sequence[RenodeRun]) -> dict[str, bytes]:
    """Every file by its name."""
    files = {
        NAMES.platform: platform_text(parts.target, parts.addresses).encode(),
        NAMES.control: control_text(parts.addresses).encode(),
        NAMES.handler: HANDLER.read_bytes(),
        NAMES.library: parts.library,
        "README.md": _readme(runs).encode(),
        "expected.json": _expected(runs).encode(),
    }
    for run in runs:
        placed = list(_placed(run, parts.firmware))
        files |= {name: content for name, _, content in placed}
        text = script_text(
            f"{run.job.plan.graph.path.name}, kernels {run.job.name}, input {run.number}",
            NAMES,
            [Load(name, address) for name, address, _ in placed],
            run.uart,
            parts.addresses,
        )
        files[run.script] = text.encode()
    return files


def _placed(run: RenodeRun, firmware: bytes) -> Iterator[tuple[str, int, bytes]]:
    """What lies in memory before the firmware starts: file, address, content."""
    first, image, *inputs = loads(run.job, firmware)
    yield FIRMWARE_FILE, *first
    yield f"{run.job.name}.image.bin", *image
    for place, one in enumerate(inputs):
        yield f"{run.name}.input.{place}.bin", *one


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Fill a folder that is new, empty, or an older one of ours; `UserError` for any other."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder}: is a file: name a folder with -o")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / NAMES.platform).is_file():
        raise UserError(
            f"{folder}: has files that are not of dwpw renode: name a new folder with -o"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*"):
            if old.suffix in (".resc", ".bin", UART_SUFFIX) and old.name not in files:
                old.unlink()
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise UserError(f"{folder}: cannot be written: {error.strerror}") from error


def _expected(runs: Sequence[RenodeRun]) -> str:
    """For those who compare without dwpw: what `crcs` of every layer line must be."""
    document = {
        "schema": "dwpw.renode.expected/1",
        "runs": [
            {
                "script": run.script,
                "uart": run.uart,
                "inputs": list(run.inputs),
                "crcs": [
                    [f"{crc:08x}" for crc in crcs]
                    for crcs in wanted_checksums(run.job.plan, run.golden)
                ],
            }
            for run in runs
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def _readme(runs: Sequence[RenodeRun]) -> str:
    first = runs[0]
    rows = "".join(f"| `{run.script}` | {'; '.join(run.inputs)} |\n" for run in runs)
    return f"""\
# {first.job.plan.graph.path.name} for Renode

Written by `dwpw renode`. One run is

    renode --disable-xwt --console {first.script}

with Renode 1.15 or newer on Linux. What the firmware prints is then in `{first.uart}`: a line of
JSON for each layer, whose `crcs` are to be those of `expected.json`. Its `cycles` are Renode's,
which counts instructions. Remove the file before the next run, since Renode keeps it under another
name.

| script | input |
|---|---|
{rows}"""
