"""Performance counters: where every cycle of the CPU goes, and what its units do meanwhile.

VexRiscv's netlist does not show its pipeline, so a copy of it gets one more output port per event.
In every cycle, an instruction retires, or the pipeline closes a gap that some stage opened earlier.
A stage opens a gap when it is stuck while the stage behind it moves on, so counting gaps by the
stage and the reason accounts for every cycle once (up to the few in flight at a reading).

A unit brings the signals of its own events with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from litex.gen import LiteXModule
from litex.soc.interconnect.csr import CSRStatus, CSRStorage
from migen import If, Signal

from soc import memory_map
from soc.config import HardwareUnit

CPU_MODULE = "VexRiscv"


@dataclass(frozen=True)
class Event:
    """Something that is counted in each cycle in which `expression` (of the CPU's netlist, or empty
    for a unit's) is true.

    A gap is a cycle in which no instruction retires; the other events are merely counted.  The
    gaps leave out what a flush removes from the pipeline: instructions that a refill or an
    exception makes the CPU execute again.
    """

    name: str
    expression: str
    document: str
    gap: bool = False


_EXECUTE_GAP = "(execute_arbitration_isStuck && !memory_arbitration_isStuck)"
_DECODE_GAP = "(!decode_arbitration_isFiring && !execute_arbitration_isStuck)"
_REFILLING = "(IBusCachedPlugin_cache_io_mem_cmd_valid || when_InstructionCache_l239)"

EVENTS = (
    Event(
        "load_miss",
        f"{_EXECUTE_GAP} && when_DBusCachedPlugin_l363",
        "a D$ line is being refilled; nothing executes meanwhile",
        gap=True,
    ),
    Event(
        "store_wait",
        "writeBack_arbitration_isStuck",
        "the bus has not taken an earlier store",
        gap=True,
    ),
    Event(
        "long_operation",
        "memory_arbitration_isStuck && !writeBack_arbitration_isStuck",
        "divisions, and answers of the extension that come late",
        gap=True,
    ),
    Event(
        "port_order",
        f"{_EXECUTE_GAP} && !when_DBusCachedPlugin_l363 && when_CfuPlugin_l193",
        "custom instruction waits for a load, store or branch in front of it",
        gap=True,
    ),
    Event(
        "port_busy",
        f"{_EXECUTE_GAP} && !when_DBusCachedPlugin_l363 && !when_CfuPlugin_l193"
        " && when_CfuPlugin_l200",
        "extension does not take the custom instruction: queue full or result not ready",
        gap=True,
    ),
    Event(
        "execute_other",
        f"{_EXECUTE_GAP} && !when_DBusCachedPlugin_l363 && !when_CfuPlugin_l193"
        " && !when_CfuPlugin_l200",
        "D$ flush, CSR access",
        gap=True,
    ),
    Event(
        "operand_wait",
        f"{_DECODE_GAP} && decode_arbitration_isValid && decode_arbitration_isStuck",
        "operand of a load or multiplication not there yet",
        gap=True,
    ),
    Event(
        "fetch_miss",
        f"{_DECODE_GAP} && !(decode_arbitration_isValid && decode_arbitration_isStuck)"
        f" && {_REFILLING}",
        "I$ refills",
        gap=True,
    ),
    Event(
        "fetch_restart",
        f"{_DECODE_GAP} && !(decode_arbitration_isValid && decode_arbitration_isStuck)"
        f" && !{_REFILLING}",
        "fetch starts again behind a taken branch",
        gap=True,
    ),
    Event(
        "branches",
        "BranchPlugin_jumpInterface_valid && !execute_arbitration_isStuck",
        "taken branches and jumps that the fetch had not foreseen",
    ),
    Event("custom", "CfuPlugin_bus_cmd_valid && CfuPlugin_bus_cmd_ready", "custom instructions"),
    Event("refills", "dBus_cmd_valid && dBus_cmd_ready && !dBus_cmd_payload_wr", "D$ line refills"),
    Event("stores", "dBus_cmd_valid && dBus_cmd_ready && dBus_cmd_payload_wr", "stores on the bus"),
    Event(
        "fetches",
        "iBus_cmd_valid && (_zz_iBusWishbone_ADR == 3'b000) && iBusWishbone_ACK",
        "I$ line refills",
    ),
    Event("data_bus", "dBusWishbone_CYC && !dBusWishbone_ACK", "cycles the data bus waits"),
    Event("fetch_bus", "iBusWishbone_CYC && !iBusWishbone_ACK", "cycles the fetch bus waits"),
)


def unit_events(units: Iterable[HardwareUnit]) -> tuple[Event, ...]:
    """What is counted of the units; names are UNIT_NAME."""
    return tuple(
        Event(f"{unit.name}_{name}", "", document)
        for unit in units
        for name, document in unit.counters
    )


def port_name(event: str) -> str:
    """The CPU's output port for the event of that name."""
    return f"event_{event}"


def netlist_with_events(netlist: str) -> str:
    """The CPU's Verilog with an output port for each event.

    Raises ValueError when the netlist is not the one that the expressions were written for.
    """
    head = f"module {CPU_MODULE} (\n"
    if netlist.count(head) != 1:
        raise ValueError(f"the netlist has no module {CPU_MODULE}")
    start = netlist.index(head) + len(head)
    end = netlist.index("endmodule", start)
    ports = "".join(f"  output              {port_name(event.name)},\n" for event in EVENTS)
    values = "".join(
        f"  assign {port_name(event.name)} = {event.expression};\n" for event in EVENTS
    )
    return netlist[:start] + ports + netlist[start:end] + values + netlist[end:]


def write_netlist_with_events(source: Path, folder: Path) -> Path:
    """A copy of the netlist `source` with event ports, in `folder`."""
    copy = folder / f"{source.stem}_events.v"
    copy.write_text(netlist_with_events(source.read_text()))
    return copy


class Counters(LiteXModule):
    """A 32-bit CSR for each event, behind a CSR that starts and stops them all.

    Starting sets them to zero; they wrap.  The CSRs lie in the order of the events, those of the
    CPU before those of the units; `running` comes first.

    Parameters:
        units: `unit_events` of the SoC.

    Ports:
        events: name -> in, one bit: the CPU's `port_name`, or a unit's signal.
    """

    def __init__(self, units: Sequence[Event] = ()) -> None:
        events = (*EVENTS, *units)
        self.events = {event.name: Signal(name=port_name(event.name)) for event in events}
        self.running = running = CSRStorage(1, n=0, description="1 clears and starts, 0 stops.")

        # # #

        start = running.re & running.storage
        for place, event in enumerate(events, start=1):
            status = CSRStatus(32, n=place, name=event.name, description=event.document)
            setattr(self, event.name, status)
            count = status.status
            self.sync += [
                If(start, count.eq(0)).Elif(
                    running.storage & self.events[event.name], count.eq(count + 1)
                )
            ]


def c_header(units: Sequence[Event]) -> str:
    """`dwpw_counters.h`: names of the counters, and where their CSRs lie.

    units: `unit_events` of the SoC.

    The same with and without counters: where there are none, the CSR bus answers 0 in the same
    time, so that one firmware runs on both and takes the same cycles.
    """
    events = (*EVENTS, *units)
    names = "".join(f'    "{event.name}",\n' for event in events)
    return (
        "// Generated by soc/counters.py: do not edit.\n"
        f"enum {{ DWPW_COUNTERS = {len(events)} }};\n"
        f"#define DWPW_COUNTERS_BASE 0x{memory_map.COUNTERS_BASE:08x}u\n"
        f"static const char *const dwpw_counter_names[DWPW_COUNTERS] = {{\n{names}}};\n"
    )
