"""Performance counters: what they count, and that the CPU really has what they look at."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from migen import run_simulation

from soc.counters import CPU_MODULE, EVENTS, Counters, c_header, netlist_with_events, unit_events
from soc.soc import cpu_netlist
from soc.toolchain import verilator_environment, verilator_program
from tests.support.targets import UNITS

UNIT = unit_events(UNITS)
NAMES = [event.name for event in (*EVENTS, *UNIT)]


def counted(*steps: tuple[str, int] | str) -> dict[str, int]:
    """What the counters read after these steps.

    "start" and "stop" write the CSR; (event, cycles) is an event that happens for so long.
    """
    counters = Counters(UNIT)
    read: dict[str, int] = {}

    def drive() -> Iterator:
        for step in steps:
            if isinstance(step, str):
                yield from counters.running.write(int(step == "start"))
                continue
            name, cycles = step
            yield counters.events[name].eq(1)
            for _ in range(cycles):
                yield
            yield counters.events[name].eq(0)
        for _ in range(3):
            yield
        for name in NAMES:
            read[name] = yield getattr(counters, name).status

    run_simulation(counters, drive())
    return {name: count for name, count in read.items() if count}


@pytest.mark.parametrize("name", NAMES)
def test_each_event_is_counted_by_the_cycle_and_by_no_other_counter(name: str) -> None:
    assert counted("start", (name, 7)) == {name: 7}


def test_nothing_is_counted_before_the_start_and_behind_the_stop() -> None:
    first, second = NAMES[:2]
    assert counted((first, 5), "start", (second, 4), "stop", (first, 3)) == {second: 4}


def test_a_start_clears_what_was_counted() -> None:
    first, second = NAMES[:2]
    assert counted("start", (first, 5), "stop", "start", (second, 2)) == {second: 2}


def test_counters_of_units_are_named_after_them_and_come_last() -> None:
    assert NAMES[len(EVENTS) :] == ["simd_array", "simd_requantiser"]
    header = c_header(UNIT)
    assert f"DWPW_COUNTERS = {len(EVENTS) + 2} " in header
    assert header.index('"fetch_bus"') < header.index('"simd_array"')


def test_every_event_is_something_that_the_cpu_has(tmp_path: Path) -> None:
    netlist = tmp_path / "cpu.v"
    netlist.write_text(netlist_with_events(cpu_netlist().read_text()))
    command = [verilator_program(), "--lint-only", "-Wno-lint", "-Wno-fatal", "--top-module"]
    done = subprocess.run(
        [*command, CPU_MODULE, netlist], env=os.environ | verilator_environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "%Error" not in done.stderr, done.stderr
    assert done.returncode == 0


def test_a_foreign_netlist_is_refused() -> None:
    with pytest.raises(ValueError, match="no module VexRiscv"):
        netlist_with_events("module Other (\n);\nendmodule\n")
