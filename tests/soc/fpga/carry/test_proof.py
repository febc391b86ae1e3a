"""Proofs, with Yosys' models of the cells, that tidy netlists compute the same."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest

from soc.errors import ToolError
from soc.fpga.carry import fold, tidy_carries
from soc.fpga.carry.function import constant
from soc.fpga.devices import needed_by
from soc.fpga.edge_registers import add_edge_registers
from soc.fpga.estimate import NEXTPNR_FLAGS
from soc.fpga.netlist import Module, top_module
from soc.fpga.tools import tool_path
from soc.toolchain import run
from tests.soc.fpga.carry.evaluation import combinational
from tests.support.targets import UNITS

TOP = "adders"

VERILOG = f"""
module {TOP}(
    input clk, enable, select, input [15:0] a, b, c, d,
    output reg [16:0] total, output reg [15:0] difference, count, magnitude,
    output less, signed_less
);
    always @(posedge clk) begin
        total <= (select ? a : b) + (enable ? c : d);
        if (enable) difference <= (a & {{16{{select}}}}) - b;
        count <= count + select;
        magnitude <= (c ^ {{16{{c[15]}}}}) + c[15];
    end
    assign less = a < b;
    assign signed_less = $signed(c) < $signed(d);
endmodule
"""

PROOF = """
read_verilog -DNO_INCLUDES -nooverwrite +/lattice/cells_sim_ecp5.v
read_json both.json
hierarchy -check
flatten before after
miter -equiv -make_assert -flatten before after miter
cd miter
sat -verify -prove-asserts
"""
"""Every pair of netlists answers alike, whatever is at the inputs and at pins without a net."""


def synthesised(verilog: str, top: str, folder: Path, build_root: Path) -> Module:
    (folder / "design.v").write_text(verilog)
    script = f"read_verilog design.v; synth_ecp5 -top {top} -json design.json"
    run(["yosys", "-q", "-p", script], cwd=folder, env=tool_path(build_root))
    return top_module(json.loads((folder / "design.json").read_text()))


def prove(before: Module, after: Module, folder: Path, build_root: Path) -> None:
    """ToolError unless the LUTs and carries of both compute the same."""
    modules = {"before": combinational(before), "after": combinational(after)}
    assert modules["before"]["ports"] == modules["after"]["ports"]
    (folder / "both.json").write_text(json.dumps({"modules": modules}))
    (folder / "proof.ys").write_text(PROOF)
    run(["yosys", "-q", "proof.ys"], cwd=folder, env=tool_path(build_root))


def tidied(module: Module) -> Module:
    """A copy with tidy carries."""
    copied = copy.deepcopy(module)
    assert tidy_carries(copied) > 0
    return copied


@pytest.fixture(scope="module")
def adders(build_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Module:
    return synthesised(VERILOG, TOP, tmp_path_factory.mktemp("adders"), build_root)


def test_tidy_adders_are_the_same(adders: Module, build_root: Path, tmp_path: Path) -> None:
    after = tidied(adders)
    prove(adders, after, tmp_path, build_root)
    assert needed_by(after)["lut"] < 0.8 * needed_by(adders)["lut"]


def test_a_wrong_fold_is_refuted(
    adders: Module, build_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold, "of_lut", lambda _: constant(0))
    with pytest.raises(ToolError, match="proof did fail"):
        prove(adders, tidied(adders), tmp_path, build_root)


def test_a_wrong_carry_is_refuted(adders: Module, build_root: Path, tmp_path: Path) -> None:
    after = tidied(adders)
    cell = next(cell for cell in after["cells"].values() if cell["type"] == "CCU2C")
    cell["parameters"]["INIT0"] = f"{0b1111:016b}"  # the first carry is 1
    with pytest.raises(ToolError, match="proof did fail"):
        prove(adders, after, tmp_path, build_root)


def test_nextpnr_adds_nothing_to_tidy_chains(
    adders: Module, build_root: Path, tmp_path: Path
) -> None:
    after = tidied(adders)
    needed = needed_by(after)["lut"]
    add_edge_registers(after, clock="clk")
    (tmp_path / "tidy.json").write_text(json.dumps({"modules": {TOP: after}}))
    command = ["nextpnr-ecp5", "--25k", *NEXTPNR_FLAGS, "--json", "tidy.json", "--pack-only"]
    printed = run(command, cwd=tmp_path, env=tool_path(build_root))
    packed = int(re.search(r"TRELLIS_COMB: *(\d+)/", printed)[1])
    assert needed <= packed <= needed + 2  # with a LUT for each constant


@pytest.mark.full
def test_the_tidy_extension_is_the_same(build_root: Path, tmp_path: Path) -> None:
    from rtl_ext.top import Extension
    from rtl_ext.verilog import MODULE, extension_verilog

    verilog = extension_verilog(Extension([unit.make() for unit in UNITS]))
    before = synthesised(verilog, MODULE, tmp_path, build_root)
    prove(before, tidied(before), tmp_path, build_root)
