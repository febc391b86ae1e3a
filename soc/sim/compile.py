"""Verilog and harness -> simulator binary.

The model of a SoC with all units is some 100 KB of code, which is gone through once in each cycle:
a cycle of `stream-32` is 13,000 instructions, and 1,350 of the 64-byte lines that hold them are not
in a first-level cache of 32 KB (`valgrind --tool=cachegrind`, compiled with -O2). So the time
follows the size of the code, whatever it computes. Of the same code -O3, -Os, -O1, -march=native
and fewer branches are within 4 %; with the profile of a run it is 5 % slower, without Verilator's
DFG 4 %. To let the requantisers and `simd` sleep while nothing goes into them gains 2 %.
"""

from __future__ import annotations

from pathlib import Path

from soc import verilated
from soc.cache import hash_files
from soc.sim.status import STATUS_CYCLE_LIMIT, STATUS_SETUP_ERROR

HARNESS = Path(__file__).parent / "harness"
TRACING = {True: "trace_fst.cpp", False: "trace_off.cpp"}
"""The file of the harness that is for traced models, and the one for others."""

TOP = "sim"
VERILATOR_FLAGS = (
    *("-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", "--flatten"),
    # small enough for pieces of equal size
    *("--output-split", "4000", "--output-split-cfuncs", "2000"),
    *("-Wno-fatal", "-Wno-lint", "--quiet-stats"),
)
COMPILER_FLAGS = (
    f"-DSIM_STATUS_CYCLE_LIMIT={STATUS_CYCLE_LIMIT}",
    f"-DSIM_STATUS_SETUP_ERROR={STATUS_SETUP_ERROR}",
)


def recipe() -> str:
    """Text that changes with everything that shapes a simulator besides its design."""
    files = [p for p in HARNESS.iterdir() if p.suffix in (".cpp", ".h")]
    own = [Path(__file__), Path(verilated.__file__)]
    return hash_files([*files, *own], Path(__file__).parent)


def compile_simulator(soc: Path, folder: Path, build_root: Path, traced: bool) -> None:
    """`folder/sim`, from the folder that `soc.sim.elaborate` has filled."""
    model = verilated.Model(
        *(TOP, folder / "model", traced, (HARNESS,), COMPILER_FLAGS), first=(HARNESS / "extend.h",)
    )
    verilog = sorted((soc / "verilog").glob("*.v"))
    model.translate([soc / "memories.vlt", *verilog], VERILATOR_FLAGS)
    objects = model.objects(also=[soc / "sim_layout.cpp"])
    # Of the model the harness sees no more than the pins, so it is compiled once for all of them.
    harness = [p for p in sorted(HARNESS.glob("*.cpp")) if p.name != TRACING[not traced]]
    objects += model.compilation(verilated.OFTEN).objects(build_root, harness)
    model.link([*objects, *model.library(build_root)], folder / "sim")
