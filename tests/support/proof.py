"""Claims about a module of hardware, proved by SymbiYosys and Z3, and the same module with a fault.

A claim is a one-bit signal that is always 1. It is proved for every input that the assumptions
allow, in two parts: it holds in the first `depth` cycles behind a reset, and if it holds for `depth`
cycles it holds in the next one. Registers that no reset touches begin with any value.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from migen import Module, Signal

from rtl_ext.verilog import module_verilog

NAME = "dwpw_proof"
TOOLS = Path(sys.executable).parent

CONFIGURATION = """\
[options]
mode {mode}
depth {depth}
vcd off
[engines]
smtbmc z3
[script]
read -formal {name}.sv
prep -top {name}
[files]
{name}.sv
"""

FIRST_CYCLE = """
reg started = 0;
always @(posedge sys_clk) started <= 1;
always @* assume(sys_rst == !started);
"""

PASSED, REFUTED = 0, 2
"""What sby exits with; anything else is no answer."""


class Bench(Module):
    """A module under claims; what drives it and what is assumed of that are written in Migen.

    Signals that nothing drives are inputs: `free` makes one. `claims` and `assumptions` are
    signals by their names.
    """

    def __init__(self) -> None:
        self.inputs: list[Signal] = []
        self.claims: dict[str, Signal] = {}
        self.assumptions: dict[str, Signal] = {}

    def free(self, *signals: Signal) -> None:
        """Signals that take any value in any cycle."""
        self.inputs += signals

    def constant(self, name: str, bits: int) -> Signal:
        """A number that is anything, and stays."""
        value, before, known = Signal(bits, name=name), Signal(bits), Signal()
        self.free(value)
        self.sync += [before.eq(value), known.eq(1)]
        self.assume(f"{name}_stays", ~known | (value == before))
        return value

    def claim(self, name: str, holds: object) -> None:
        """It always holds."""
        self._say(self.claims, f"claim_{name}", holds)

    def assume(self, name: str, holds: object) -> None:
        """Only what it holds for is looked at."""
        self._say(self.assumptions, f"assume_{name}", holds)

    def _say(self, where: dict[str, Signal], name: str, holds: object) -> None:
        where[name] = signal = Signal(name=name)
        self.comb += signal.eq(holds)


@dataclass(frozen=True)
class Verdict:
    """Whether all claims are proved, else the names of those that have a counterexample; neither
    when Z3 has found none and has no proof."""

    proved: bool
    refuted: frozenset[str]


def prove(bench: Bench, depth: int, mode: str = "prove") -> Verdict:
    """What becomes of the claims; mode `bmc` looks at the first `depth` cycles alone."""
    said = [*bench.claims.values(), *bench.assumptions.values()]
    verilog = module_verilog(bench, [*bench.inputs, *said], NAME)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"{NAME}.sv").write_text(_with_claims(verilog, bench))
        configuration = CONFIGURATION.format(mode=mode, depth=depth, name=NAME)
        Path(folder, f"{NAME}.sby").write_text(configuration)
        tools = [f"--{tool}={_program(f'yowasp-{name}')}" for tool, name in _CALLED.items()]
        done = subprocess.run(
            [_program("yowasp-sby"), *tools, f"{NAME}.sby"],
            cwd=folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    refuted = frozenset(re.findall(r"Assert failed in \S+: claim_(\w+)", done.stdout))
    assert done.returncode in (PASSED, REFUTED, 4), done.stdout
    return Verdict(done.returncode == PASSED, refuted if done.returncode == REFUTED else frozenset())


_CALLED = {"yosys": "yosys", "smtbmc": "yosys-smtbmc"}
