"""Platform and script, read by a small reader, against the SoC's own memory map and CSRs."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from dwpw.console.inrenode import build_parts
from dwpw.console.options import RunOptions
from dwpw.console.prepare import prepare
from dwpw.errors import UserError
from dwpw.jobs import loads
from dwpw.renode.addresses import Addresses, read_addresses
from dwpw.renode.export import NAMES, Parts, RenodeRun, folder_files
from dwpw.renode.platform import ENDED, control_text, platform_text
from soc import memory_map
from soc.sim.simulator import elaborated
from tests.dwpw.renode.reader import in_folder, read_repl, read_resc
from tests.support.targets import KERNEL_SETS, TARGET

FOLDER = Path("folder")


@pytest.fixture(scope="module")
def parts() -> Parts:
    return build_parts(TARGET, lambda _: None)


@pytest.fixture(scope="module")
def headers(repository: Path) -> Path:
    return elaborated(TARGET.soc_config(), repository / "build") / "include"


def defined(header: Path, name: str) -> int:
    """A number of a generated header, found by other means than the tool's."""
    (value,) = re.findall(rf"#define {name} .*?(0x[0-9a-f]+)", header.read_text())
    return int(value, 16)


def test_memories_are_those_of_the_map(parts: Parts, headers: Path) -> None:
    entries = read_repl(platform_text(replace(TARGET, main_ram=64 << 20), parts.addresses))
    mem = headers / "generated" / "mem.h"
    assert entries["sram"].address == memory_map.SRAM_BASE == defined(mem, "SRAM_BASE")
    assert entries["sram"].numbers == {"size": memory_map.SRAM_SIZE}
    assert entries["main_ram"].address == memory_map.MAIN_RAM_BASE == defined(mem, "MAIN_RAM_BASE")
    assert entries["main_ram"].numbers == {"size": 64 << 20}


def test_peripherals_lie_where_csr_h_has_them(parts: Parts, headers: Path) -> None:
    entries = read_repl(platform_text(TARGET, parts.addresses))
    csr = headers / "generated" / "csr.h"
    for name in ("uart", "timer0"):
        page = defined(csr, rf"CSR_{name.upper()}_BASE")
        assert entries[name].address == memory_map.CSR_BASE + page
    assert (entries["timer0"].interrupt, entries["uart"].interrupt) == (1, 0)
    assert entries["timer0"].numbers == {"frequency": TARGET.clock_hz}
    assert entries["uart"].numbers == {"txFifoCapacity": 0}
    assert entries["cpu"].kind == "CPU.VexRiscv"


class Request:
    """A write or a read as one of Renode's versions hands it to a Python peripheral."""

    def __init__(self, new: bool, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name if new else name[0].lower() + name[1:], value)


@pytest.mark.parametrize("new", [True, False], ids=["1.16", "1.15"])
@pytest.mark.parametrize(
    ("write", "offset", "kept"), [(True, 0, 7), (True, 4, None), (False, 0, None)]
)
def test_the_control_keeps_the_code_that_ends_a_run(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, new: bool, write: bool, offset: int, kept: object
) -> None:
    data: dict[str, int] = {}
    domain = SimpleNamespace(SetData=data.__setitem__)
    system = SimpleNamespace(AppDomain=SimpleNamespace(CurrentDomain=domain))
    monkeypatch.setitem(sys.modules, "System", system)
    request = Request(new, IsWrite=write, Offset=offset, Value=7)
    exec(control_text(parts.addresses), {"request": request})
    assert data.get(ENDED) == kept


def test_a_script_loads_what_a_run_loads_and_stays_in_its_folder(
    parts: Parts, model_path: Path
) -> None:
    prepared = prepare(RunOptions(model_path, (), False, TARGET, None), KERNEL_SETS)
    runs = [RenodeRun(job, 0, prepared.golden, ("random",)) for job in prepared.jobs]
    files = folder_files(parts, runs)
    for run in runs:
        script = read_resc(files[run.script].decode())
        wanted = loads(run.job, parts.firmware)
        loaded = script.arguments("sysbus LoadBinary")
        assert [
            (int(address, 16), files[in_folder(name, FOLDER).name]) for name, address in loaded
        ] == wanted
        assert script.arguments("cpu PC") == [(f"{memory_map.FIRMWARE_BASE:#x}",)]
        assert script.arguments("sysbus.uart") == [(f"$ORIGIN/{run.uart}",)]
        assert script.arguments("include") == [(f"$ORIGIN/{NAMES.handler}",)]
        assert script.arguments("sysbus.cpu") == [(f"$ORIGIN/{NAMES.library}",)]
        ((name, base, size),) = script.arguments("machine PyDev")
        assert in_folder(name, FOLDER).name in files
        assert int(base, 16) == parts.addresses.base("SIM_CONTROL")
        assert int(size, 16) == memory_map.CSR_PAGE
        assert [int(one, 16) for one in script.arguments("sysbus Silence")[0]] == [
            memory_map.COUNTERS_BASE,
            memory_map.CSR_PAGE,
        ]
        assert [words[0] for words in script.commands][-2:] == ["pause", "quit"]
        compile(script.python, run.script, "exec")
        assert ENDED in script.python


def test_headers_of_another_soc_are_refused_in_words(tmp_path: Path) -> None:
    generated = tmp_path / "generated"
    generated.mkdir()
    (generated / "csr.h").write_text("#define CSR_BASE 0xf0000000L\n")
    (generated / "soc.h").write_text("#define UART_INTERRUPT 0\n")
    addresses = read_addresses(tmp_path)
    assert addresses == Addresses({}, {"UART": 0})
    with pytest.raises(UserError, match="has no CSR_UART_BASE: build the SoC again"):
        addresses.base("UART")
