"""GTKWave's save file: what it names is in the trace, and instructions have their names."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from compiler_intrinsics.simd import INSTRUCTION_SET
from soc.config import SocConfig
from soc.sim.simulate import Trace
from soc.sim.waves import (
    FUNCTION_ID,
    GROUPS,
    chosen,
    declared_signals,
    mnemonics,
    save_file,
    write_save_file,
)
from tests.support.targets import UNITS

VERILOG = """\
module sim (
    input  wire          sys_clk,
    output wire          layer_start
);
reg     [3:0] l2cache_state = 4'd0;
wire   [31:0] connect_units_array_acc0;
wire          connect_units_queue_readable;
endmodule
module VexRiscv (
  output              CfuPlugin_bus_cmd_valid,
  output     [9:0]    CfuPlugin_bus_cmd_payload_function_id,
  input      [31:0]   dBus_rsp_payload_data,
  input               clk
);
endmodule
module other (
  input clk
);
endmodule
"""


def test_signals_are_read_with_their_bits_from_the_modules_that_matter() -> None:
    assert declared_signals([VERILOG]) == {
        "sim": {
            "sys_clk": 1,
            "layer_start": 1,
            "l2cache_state": 4,
            "connect_units_array_acc0": 32,
            "connect_units_queue_readable": 1,
        },
        "VexRiscv": {
            "CfuPlugin_bus_cmd_valid": 1,
            FUNCTION_ID: 10,
            "dBus_rsp_payload_data": 32,
            "clk": 1,
        },
    }


def test_a_group_without_signals_is_left_out_and_the_others_end() -> None:
    text = save_file(Path("t.fst"), Path("t.txt"), declared_signals([VERILOG]))
    begun = re.findall(r"@800200\n-(.*)", text)
    assert begun == ["layer", "CPU", "custom-function port", "unit", "L2"]
    assert re.findall(r"@1000200\n-(.*)", text) == begun
    assert "readable" not in text


def test_the_function_id_is_shown_by_mnemonic_and_as_it_is() -> None:
    text = save_file(Path("t.fst"), Path("t.txt"), declared_signals([VERILOG]))
    name = f"TOP.sim.VexRiscv.{FUNCTION_ID}[9:0]"
    assert f"@2022\n^1 {Path('t.txt').resolve()}\n{name}\n@22\n{name}\n" in text


def test_every_instruction_has_a_line_with_the_value_as_gtkwave_shows_it() -> None:
    lines = mnemonics(INSTRUCTION_SET.instructions).splitlines()
    by_mnemonic = INSTRUCTION_SET.by_mnemonic
    assert len(lines) == len({one.function_id for one in INSTRUCTION_SET.instructions})
    assert f"{by_mnemonic['pop'].function_id:03X} pop" in lines


@pytest.mark.full
def test_all_that_the_save_file_names_is_in_the_trace(make_bench, tmp_path: Path) -> None:
    if shutil.which("fst2vcd") is None:
        pytest.skip("needs fst2vcd (make setup)")
    bench = make_bench(SocConfig(units=UNITS), traced=True)
    trace = tmp_path / "x.fst"
    bench.run("hello", trace=Trace(trace, 0, 100))
    verilog = bench.simulator.verilog
    saved = write_save_file(trace, verilog, INSTRUCTION_SET.instructions).read_text()
    wanted = re.findall(r"^TOP\..*$", saved, re.MULTILINE)
    assert set(wanted) - signals_of(trace) == set()
    declared = declared_signals(file.read_text() for file in verilog.glob("*.v"))
    assert all(chosen(group, declared[group.module]) for group in GROUPS)


@pytest.mark.full
def test_a_trace_of_a_layer_has_the_cycles_between_its_marks(make_bench, tmp_path: Path) -> None:
    if shutil.which("fst2vcd") is None:
        pytest.skip("needs fst2vcd (make setup)")
    bench = make_bench(SocConfig(units=UNITS), traced=True)
    lengths = []
    for layer in range(3):
        trace = tmp_path / f"{layer}.fst"
        bench.run("layers", trace=Trace(trace, layer=layer))
        lengths.append(cycles_of(trace))
    short, long, none = lengths
    assert 4 * short < long < 8 * short
    assert none == 0


def vcd(trace: Path) -> list[str]:
    """The trace as text."""
    done = subprocess.run(["fst2vcd", trace], capture_output=True, check=False, text=True)
    return done.stdout.splitlines()


def signals_of(trace: Path) -> set[str]:
    """Names with their scopes, and ranges where they have several bits."""
    scopes: list[str] = []
    found = set()
    for line in vcd(trace):
        match line.split():
            case ["$scope", _, name, "$end"]:
                scopes.append(name)
            case ["$upscope", "$end"]:
                scopes.pop()
            case ["$var", _, _, _, name, *bits]:
                found.add(".".join([*scopes, name]) + (bits[0] if len(bits) > 1 else ""))
            case ["$enddefinitions", *_]:
                break
    return found


def cycles_of(trace: Path) -> int:
    """From the first time in it to the last; a cycle has two."""
    times = [int(line[1:]) for line in vcd(trace) if line.startswith("#")]
    return (times[-1] - times[0] + 1) // 2 if len(times) > 1 else 0
