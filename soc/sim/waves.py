"""A GTKWave save file beside a waveform: the signals that matter in groups, and the custom
instructions by name.

Names come from the Verilog that the simulator was made from, so that a group has what this SoC has:
one with the `ideal` memory has no L2, and every unit names its own signals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from compiler_intrinsics.instruction_set import Instruction
from soc.counters import CPU_MODULE
from soc.sim.compile import TOP

SCOPES = {TOP: f"TOP.{TOP}.", CPU_MODULE: f"TOP.{TOP}.{CPU_MODULE}."}
"""Module -> where its signals lie in the trace."""

HEX, BINARY, TRANSLATED = "@22", "@28", "@2022"
GROUP_BEGIN, GROUP_END = "@800200", "@1000200"
"""GTKWave's flags of what follows."""

FUNCTION_ID = "CfuPlugin_bus_cmd_payload_function_id"

HANDSHAKE = r"(?:valid|ready|busy|level|complete|state|owner|free|acc\d+)"

DECLARED = re.compile(
    r"^\s*(?:(?:input|output)\s+(?:wire\s+|reg\s+)?|wire\s+|reg\s+)(?:signed\s+)?"
    r"(?:\[(\d+):0\]\s*)?([A-Za-z_]\w*)"
    r"\s*(?:=[^;,]*)?[;,]?\s*$",
    re.MULTILINE,
)
MODULE = re.compile(r"^module (\w+) ?\((.*?)^endmodule", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Group:
    """Signals of a module whose names match one of the expressions as a whole, in their order."""

    title: str
    module: str
    expressions: tuple[str, ...]


GROUPS = (
    Group("layer", TOP, ("sys_clk", r"layer_(?:start|stop)")),
    Group(
        "CPU",
        CPU_MODULE,
        (
            r"decode_(?:PC|INSTRUCTION)",
            r"(?:decode|execute|memory|writeBack)_arbitration_is(?:Valid|Stuck)",
            r"lastStage(?:Pc|Instruction|IsValid|IsFiring)",
            r"[id]Bus_cmd_(?:valid|ready|payload_address|payload_wr)",
            r"[id]Bus_rsp_(?:valid|payload_data)",
        ),
    ),
    Group(
        "custom-function port",
        CPU_MODULE,
        (FUNCTION_ID, r"CfuPlugin_bus_cmd_\w+", r"CfuPlugin_bus_rsp_\w+"),
    ),
    Group("unit", TOP, (rf"connect_units_(?:\w+_)?{HANDSHAKE}",)),
    Group(
        "L2",
        TOP,
        (
            "l2cache_state",
            r"simsoc_request_(?:line|offset|store|bytes|data|ahead)",
            r"simsoc_(?:dbus|ibus)_(?:cyc|stb|we|ack|adr)",
        ),
    ),
    Group(
        "SDRAM",
        TOP,
        (
            r"(?:refresher|multiplexer|bankmachine\d+)_state",
            r"sdrammodel_dfi_p0_(?:\w+_n|address|bank|rddata\w*|wrdata\w*)",
        ),
    ),
)


def beside(trace: Path) -> tuple[Path, Path]:
    """The save file of a waveform, and the names of the custom instructions."""
    return trace.with_suffix(".gtkw"), trace.with_suffix(".mnemonics.txt")


def write_save_file(trace: Path, verilog: Path, instructions: Sequence[Instruction]) -> Path:
    """Write `TRACE.gtkw` and, for the names of the instructions, `TRACE.mnemonics.txt`.

    verilog: the simulator's folder.
    """
    declared = declared_signals(file.read_text() for file in sorted(verilog.glob("*.v")))
    saved, names = beside(trace)
    names.write_text(mnemonics(instructions))
    saved.write_text(save_file(trace, names, declared))
    return saved


def mnemonics(instructions: Iterable[Instruction]) -> str:
    """GTKWave's table for a filter: a line with the value, as it shows it, and the text for it."""
    digits = 3
    by_id = {one.function_id: one.mnemonic for one in instructions}
    return "".join(f"{value:0{digits}X} {by_id[value]}\n" for value in sorted(by_id))


def declared_signals(sources: Iterable[str]) -> dict[str, dict[str, int]]:
    """Module -> signal -> bits, of the modules in SCOPES."""
    return {
        module: {name: int(high or 0) + 1 for high, name in DECLARED.findall(body)}
        for source in sources
        for module, body in MODULE.findall(source)
        if module in SCOPES
    }


def save_file(trace: Path, names: Path, declared: Mapping[str, Mapping[str, int]]) -> str:
    """Text of the save file."""
    lines = [f'[dumpfile] "{trace.resolve()}"', "[signals_width] 330", "[sst_expanded] 1"]
    for group in GROUPS:
        signals = chosen(group, declared.get(group.module, {}))
        if signals:
            shown = (_shown(group.module, *signal, names) for signal in signals.items())
            lines += [GROUP_BEGIN, f"-{group.title}", *(line for part in shown for line in part)]
            lines += [GROUP_END, f"-{group.title}"]
    return "\n".join(lines) + "\n"


def chosen(group: Group, declared: Mapping[str, int]) -> dict[str, int]:
    """The group's signals, in the order of its expressions."""
    return {
        name: bits
        for expression in group.expressions
        for name, bits in declared.items()
        if re.fullmatch(expression, name)
    }


def _shown(module: str, name: str, bits: int, names: Path) -> Iterator[str]:
    path = f"{SCOPES[module]}{name}" + (f"[{bits - 1}:0]" if bits > 1 else "")
    if name == FUNCTION_ID:
        yield from (TRANSLATED, f"^1 {names.resolve()}", path)
    yield from (HEX if bits > 1 else BINARY, path)
