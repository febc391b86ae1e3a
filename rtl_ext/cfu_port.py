"""VexRiscv's custom-function port, shared by several units."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from migen import Case, If, Module, Record, Signal

from .cfu_bus import CFU_BUS, FUNCTION_ID_BITS, WORD
from .unit_port import UNIT_PORT


class CfuPort(Module):
    """Passes each command to the unit that owns its function id, and answers in the next cycle.

        bus.cmd ──> owner ──> units[n] ──> answer register ──> bus.rsp
                    none  ──> 0 ─────────────┘

    Throughput: a command per cycle.  Latency: 1; a registered answer lets the CPU issue one
    instruction per cycle.  A command waits while its unit is not ready, and while the answer
    before it has not been fetched.

    A function id that no unit owns is answered with 0 and reaches no unit.

    Parameters:
        owned: the function ids of each unit.

    Ports:
        bus    CFU_BUS             seen from the CPU
        units  list of UNIT_PORT   out to the units, in the order of `owned`

    Raises ValueError for a function id that does not exist or that two units own.
    """

    def __init__(self, owned: Sequence[Collection[int]]):
        self.bus = bus = Record(CFU_BUS)
        self.units = [Record(UNIT_PORT, name=f"unit{n}") for n in range(len(owned))]

        # # #

        cmd, rsp = bus.cmd, bus.rsp
        owner = Signal(max(1, len(owned)))  # a bit for each unit, none for a foreign encoding
        free = Signal()  # the answer register may be written
        ready = Signal(reset=1)
        answer = Signal(WORD)
        self.comb += [
            Case(
                cmd.payload.function_id,
                {code: owner.eq(1 << unit) for code, unit in _owners(owned).items()},
            ),
            free.eq(~rsp.valid | rsp.ready),
        ]
        for number, unit in enumerate(self.units):
            self.comb += [
                unit.valid.eq(cmd.valid & free & owner[number]),
                unit.function_id.eq(cmd.payload.function_id),
                unit.a.eq(cmd.payload.inputs_0),
                unit.b.eq(cmd.payload.inputs_1),
                If(owner[number], ready.eq(unit.ready), answer.eq(unit.answer)),
            ]

        answer_r = Signal(WORD, reset_less=True)
        self.comb += [
            # Ready whenever nothing is asked: VexRiscv repeats a command whose instruction is held
            # in execute (behind a division) when it sees `ready` low after it was taken.
            cmd.ready.eq(~cmd.valid | (free & ready)),
            rsp.payload.outputs_0.eq(answer_r),
        ]
        self.sync += [
            If(free, rsp.valid.eq(cmd.valid & cmd.ready)),
            If(cmd.valid & cmd.ready, answer_r.eq(answer)),
        ]


def _owners(owned: Sequence[Collection[int]]) -> dict[int, int]:
    """Function id -> number of the unit that owns it."""
    owners: dict[int, int] = {}
    for unit, codes in enumerate(owned):
        for code in sorted(codes):
            if not 0 <= code < 1 << FUNCTION_ID_BITS:
                raise ValueError(
                    f"unit {unit}: function id {code} does not fit {FUNCTION_ID_BITS} bits"
                )
            other = owners.setdefault(code, unit)
            if other != unit:
                raise ValueError(f"units {other} and {unit} both own function id {code}")
    return owners
