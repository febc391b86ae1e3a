"""A GTKWave save file beside a waveform: the signals that matter in groups, and the custom
instructions by name.

The CPU's names are those of its netlist; the others come from `soc.sim.signals`, which knows what
Migen has called them in this SoC.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from compiler_intrinsics.instruction_set import Instruction
from rtl_ext.cfu_bus import FUNCTION_ID_BITS
from soc.counters import CPU_MODULE
from soc.sim.compile import TOP

SCOPE, CPU_SCOPE = f"TOP.{TOP}.", f"TOP.{TOP}.{CPU_MODULE}."
"""Where the signals of the SoC and of its CPU lie in the trace."""

SIGNALS_FILE = "waves.json"
"""Beside the simulator's Verilog: group -> name -> bits."""

LAYER, UNIT, MEMORY, CONTROLLER = "layer", "unit", "L2", "SDRAM"
CPU, PORT = "CPU", "custom-function port"
GROUPS = (LAYER, CPU, PORT, UNIT, MEMORY, CONTROLLER)
"""In the order in which they are shown."""

HEX, BINARY, TRANSLATED = "@22", "@28", "@2022"
HEX_DIGIT_BITS = 4
GROUP_BEGIN, GROUP_END = "@800200", "@1000200"
"""GTKWave's flags of what follows."""

FUNCTION_ID = "CfuPlugin_bus_cmd_payload_function_id"

NETLIST = {
    CPU: (
        r"decode_(?:PC|INSTRUCTION)",
        r"(?:decode|execute|memory|writeBack)_arbitration_is(?:Valid|Stuck)",
        r"lastStage(?:Pc|Instruction|IsValid|IsFiring)",
        r"[id]Bus_cmd_(?:valid|ready|payload_address|payload_wr)",
        r"[id]Bus_rsp_(?:valid|payload_data)",
    ),
    PORT: (FUNCTION_ID, r"CfuPlugin_bus_cmd_\w+", r"CfuPlugin_bus_rsp_(?:valid|ready|payload\w+)"),
}
"""Group -> which of the CPU's signals, in their order."""

DECLARED = re.compile(
    r"^\s*(?:(?:input|output)\s+(?:wire\s+|reg\s+)?|wire\s+|reg\s+)(?:signed\s+)?"
    r"(?:\[(\d+):0\]\s*)?([A-Za-z_]\w*)"
    r"\s*(?:=[^;,]*)?[;,]?\s*$",
    re.MULTILINE,
)
MODULE = re.compile(rf"^module {CPU_MODULE} ?\((.*?)^endmodule", re.MULTILINE | re.DOTALL)

Signals = Mapping[str, int]
"""Name -> bits."""


def beside(trace: Path) -> tuple[Path, Path]:
    """The save file of a waveform, and the names of the custom instructions."""
    return trace.with_suffix(".gtkw"), trace.with_suffix(".mnemonics.txt")


def write_save_file(trace: Path, verilog: Path, instructions: Sequence[Instruction]) -> Path:
    """Write the save file of a waveform, and for it the names of the instructions.

    verilog: the simulator's folder.
    """
    saved, names = beside(trace)
    names.write_text(mnemonics(instructions))
    saved.write_text(save_file(trace, names, signals_of(verilog)))
    return saved


def mnemonics(instructions: Iterable[Instruction]) -> str:
    """GTKWave's table for a filter: a line with the value, as it shows it, and the text for it."""
    digits = -(-FUNCTION_ID_BITS // HEX_DIGIT_BITS)
    by_id = {one.function_id: one.mnemonic for one in instructions}
    return "".join(f"{value:0{digits}X} {by_id[value]}\n" for value in sorted(by_id))


def signals_of(verilog: Path) -> dict[str, Signals]:
    """Path in the trace -> bits, of each group."""
    known = json.loads((verilog.parent / SIGNALS_FILE).read_text())
    groups = {title: _below(SCOPE, signals) for title, signals in known.items()}
    for source in sorted(verilog.glob("*.v")):
        for declared in map(declared_signals, MODULE.findall(source.read_text())):
            for title, expressions in NETLIST.items():
                groups[title] = _below(CPU_SCOPE, chosen(expressions, declared))
    return groups


def _below(scope: str, signals: Signals) -> Signals:
    return {scope + name: bits for name, bits in signals.items()}


def declared_signals(module: str) -> Signals:
    """The ports and signals in the text of a module."""
    return {name: int(high or 0) + 1 for high, name in DECLARED.findall(module)}


def chosen(expressions: Sequence[str], declared: Signals) -> Signals:
    """Those that match one of the expressions as a whole, in the order of these."""
    return {
        name: bits
        for expression in expressions
        for name, bits in declared.items()
        if re.fullmatch(expression, name)
    }


def save_file(trace: Path, names: Path, groups: Mapping[str, Signals]) -> str:
    """Text of the save file; a group that this SoC does not have is left out."""
    lines = [f'[dumpfile] "{trace.resolve()}"', "[signals_width] 330", "[sst_expanded] 1"]
    for title in GROUPS:
        if groups.get(title):
            lines += [GROUP_BEGIN, f"-{title}"]
            for path, bits in groups[title].items():
                lines += _shown(path, bits, names)
            lines += [GROUP_END, f"-{title}"]
    return "\n".join(lines) + "\n"


def _shown(name: str, bits: int, names: Path) -> Iterator[str]:
    path = name + (f"[{bits - 1}:0]" if bits > 1 else "")
    if name.endswith(FUNCTION_ID):
        yield from (TRANSLATED, f"^1 {names.resolve()}", path)
    yield from (HEX if bits > 1 else BINARY, path)
