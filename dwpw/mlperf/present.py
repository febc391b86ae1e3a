"""Runs the benchmark's runner so that it finds a pseudo-terminal.

    python -m dwpw.mlperf.present /dev/pts/4 main.py --mode a --dataset_path datasets

The runner looks for its device among the USB serial ports of the system, by the ids in its
`devices.yaml`, and a pseudo-terminal has none.  So this program adds the terminal to what pyserial
lists, with the ids of the reference board, and then runs the runner as it is.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

VENDOR, PRODUCT = 0x0483, 0x374B
"""Of the Nucleo L4R5ZI, the `dut` of the runner's own devices.yaml."""


def present(port: str) -> None:
    """From now on pyserial lists `port` too, first of all."""
    known = list_ports.comports
    info = ListPortInfo(port)
    info.vid, info.pid, info.description = VENDOR, PRODUCT, "dwpw mlperf --pty"

    def comports(include_links: bool = False) -> list[ListPortInfo]:
        return [info, *known(include_links)]

    list_ports.comports = comports


def main(arguments: list[str]) -> None:
    """PORT PROGRAM [ARGUMENT...]"""
    if len(arguments) < 2:
        sys.exit("usage: python -m dwpw.mlperf.present PORT main.py [ARGUMENT...]")
    port, program, *_ = arguments
    present(port)
    sys.argv = arguments[1:]
    sys.path[0] = str(Path(program).resolve().parent)  # as if it had been started itself
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
