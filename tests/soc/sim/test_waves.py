"""GTKWave's save file: what it names is in the trace, and instructions have their names."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from compiler_intrinsics.simd import INSTRUCTION_SET
from soc.config import SocConfig
from soc.sim.simulate import Trace
from soc.sim.waves import (
    FUNCTION_ID,
    GROUPS,
    SIGNALS_FILE,
    mnemonics,
    save_file,
    signals_of,
    write_save_file,
)
from tests.support.targets import UNITS

NETLIST = """\
module VexRiscv (
  output              CfuPlugin_bus_cmd_valid,
  output     [9:0]    CfuPlugin_bus_cmd_payload_function_id,
  input      [31:0]   dBus_rsp_payload_data,
  input               clk
);
  wire       [31:0]   decode_PC;
  reg                 decode_arbitration_isStuck = 1'b0;
endmodule
module other (
  input               dBus_cmd_valid
);
endmodule
"""


@pytest.fixture
def verilog(tmp_path: Path) -> Path:
    """The folder of a simulator without a unit."""
    folder = tmp_path / "verilog"
    folder.mkdir()
    (folder / "cpu.v").write_text(NETLIST)
    (tmp_path / SIGNALS_FILE).write_text('{"layer": {"sys_clk": 1}, "L2": {"line": 20}}')
    return folder


def test_signals_are_known_with_their_scope_and_bits(verilog: Path) -> None:
    assert signals_of(verilog) == {
        "layer": {"TOP.sim.sys_clk": 1},
        "L2": {"TOP.sim.line": 20},
        "CPU": {
            "TOP.sim.VexRiscv.decode_PC": 32,
            "TOP.sim.VexRiscv.decode_arbitration_isStuck": 1,
            "TOP.sim.VexRiscv.dBus_rsp_payload_data": 32,
        },
        "custom-function port": {
            f"TOP.sim.VexRiscv.{FUNCTION_ID}": 10,
            "TOP.sim.VexRiscv.CfuPlugin_bus_cmd_valid": 1,
        },
    }


def test_a_group_without_signals_is_left_out_and_the_others_end(verilog: Path) -> None:
    text = save_file(Path("t.fst"), Path("t.txt"), signals_of(verilog))
    begun = re.findall(r"@800200\n-(.*)", text)
    assert begun == ["layer", "CPU", "custom-function port", "L2"]
    assert re.findall(r"@1000200\n-(.*)", text) == begun


def test_the_function_id_is_shown_by_mnemonic_and_as_it_is(verilog: Path) -> None:
    text = save_file(Path("t.fst"), Path("t.txt"), signals_of(verilog))
    name = f"TOP.sim.VexRiscv.{FUNCTION_ID}[9:0]"
    assert f"@2022\n^1 {Path('t.txt').resolve()}\n{name}\n@22\n{name}\n" in text


def test_every_instruction_has_a_line_with_the_value_as_gtkwave_shows_it() -> None:
    lines = mnemonics(INSTRUCTION_SET.instructions).splitlines()
    by_mnemonic = INSTRUCTION_SET.by_mnemonic
    assert len(lines) == len({one.function_id for one in INSTRUCTION_SET.instructions})
    assert f"{by_mnemonic['pop'].function_id:03X} pop" in lines


@pytest.mark.full
def test_all_that_the_save_file_names_is_in_the_trace(make_bench, tmp_path: Path) -> None:
    bench = make_bench(SocConfig(units=UNITS), traced=True)
    trace = tmp_path / "x.fst"
    bench.run("hello", trace=Trace(trace, 0, 100))
    verilog = bench.simulator.verilog
    saved = write_save_file(trace, verilog, INSTRUCTION_SET.instructions).read_text()
    wanted = re.findall(r"^TOP\..*$", saved, re.MULTILINE)
    assert set(wanted) - traced(trace) == set()
    groups = signals_of(verilog)
    assert list(GROUPS) == [title for title in GROUPS if len(groups[title]) >= 3]


@pytest.mark.full
def test_a_trace_of_a_layer_has_the_cycles_between_its_marks(make_bench, tmp_path: Path) -> None:
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


def traced(trace: Path) -> set[str]:
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
