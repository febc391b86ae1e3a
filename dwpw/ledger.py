"""The cycle ledger: the lower bound of every layer, its cycles, and where the rest went.

Every cycle of a layer is in one account: an instruction retired, or one of the gaps that
`soc.counters` counts.  What is left over are instructions that a D$ refill flushed from the
pipeline, which were executed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dwpw.activity import Activity
from dwpw.comparison import ComparedLayer, Comparison
from dwpw.errors import UserError
from dwpw.kernels.work import CPU_RESOURCES, Resource, Work
from dwpw.plan.planner import Plan
from dwpw.runlog import RunLog
from soc.counters import EVENTS, Event, unit_events

GAPS = tuple(event.name for event in EVENTS if event.gap)

ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "D$": ("load_miss",),
    "store": ("store_wait",),
    "port": ("port_order", "port_busy"),
    "fetch": ("fetch_miss", "fetch_restart"),
    "other": ("operand_wait", "long_operation", "execute_other"),
}
"""Title of a column -> the gaps in it."""


@dataclass(frozen=True)
class LedgerLayer:
    """Where the cycles of one step went, or of several together.

    work: what the kernels must do at the least; None where nobody has counted it.
    counters: those of soc/counters.py.
    engines: what each engine of a unit did, where its commands were watched.
    """

    macs: int
    cycles: int
    instructions: int
    work: Work | None
    bound: int | None
    counters: Mapping[str, int]
    engines: Mapping[str, Activity] = field(default_factory=dict)

    def lost(self, account: str) -> int:
        """Cycles in the gaps of that column."""
        return sum(self.counters[gap] for gap in ACCOUNTS[account])

    @property
    def again(self) -> int:
        """Cycles of instructions that did not retire; a few too many or too few, because the
        counters start before the layer's first instruction and stop behind its last."""
        return self.cycles - self.instructions - sum(self.counters[gap] for gap in GAPS)

    @property
    def overhead(self) -> int | None:
        """Instructions beyond the work: addresses, loops, calls."""
        return None if self.work is None else self.instructions - self.work.instructions


@dataclass(frozen=True)
class Ledger:
    """A run with its accounts; `comparison` has one run.

    resources: what the target keeps busy: of the CPU, then of its units.
    events: what was counted of the units.
    """

    comparison: Comparison
    layers: tuple[LedgerLayer, ...]
    resources: tuple[Resource, ...]
    events: tuple[Event, ...]

    @property
    def rows(self) -> tuple[tuple[ComparedLayer, LedgerLayer], ...]:
        """Every step as it was compared, with its account."""
        return tuple(zip(self.comparison.runs[0].layers, self.layers, strict=True))

    @property
    def bounded(self) -> tuple[LedgerLayer, ...]:
        """The layers that have a bound."""
        return tuple(layer for layer in self.layers if layer.bound is not None)


def make_ledger(comparison: Comparison, plan: Plan, log: RunLog) -> Ledger:
    """The accounts of a run; `UserError` when the SoC that it ran on has no counters."""
    events = unit_events(unit.hardware for unit in plan.target.units)
    names = {event.name for event in (*EVENTS, *events)}
    layers = []
    compared = comparison.runs[0].layers
    for step, layer, own in zip(plan.steps, log.layers, compared, strict=True):
        if set(layer.counters) != names:
            raise UserError(
                f"{step.operators[0].operator}: the run log has no performance counters of it:"
                " build the SoC and the firmware again"
            )
        work = step.work
        layers.append(
            LedgerLayer(
                macs=sum(planned.operator.macs for planned in step.operators),
                cycles=layer.cycles,
                instructions=layer.instructions,
                work=work,
                bound=None if work is None else work.bound,
                counters=layer.counters,
                engines=_added(own.engines),
            )
        )
    units = [resource for unit in plan.target.units for resource in unit.resources]
    return Ledger(comparison, tuple(layers), (*CPU_RESOURCES, *units), events)


def _added(parts: Iterable[Mapping[str, Activity]]) -> dict[str, Activity]:
    """What each engine did in all parts."""
    added: dict[str, Activity] = {}
    for part in parts:
        for name, one in part.items():
            added[name] = added.get(name, Activity()) + one
    return added


def total(layers: Sequence[LedgerLayer]) -> LedgerLayer:
    """The sum of layers; work and bound only if all have them.

    Layers run one after the other, so the bound of all is the sum of their bounds.
    """
    works = [layer.work for layer in layers if layer.work is not None]
    complete = len(works) == len(layers)
    names = layers[0].counters if layers else ()
    return LedgerLayer(
        macs=sum(layer.macs for layer in layers),
        cycles=sum(layer.cycles for layer in layers),
        instructions=sum(layer.instructions for layer in layers),
        work=sum(works, Work()) if complete else None,
        bound=sum(layer.bound for layer in layers) if complete else None,
        counters={name: sum(layer.counters[name] for layer in layers) for name in names},
        engines=_added(layer.engines for layer in layers),
    )


@dataclass(frozen=True)
class Cause:
    """One reason for cycles beyond the bound.

    cycles: lost to it.  text: what it is.  count: how often it happened, None where nothing
    counts that; unit: of what.
    """

    cycles: int
    text: str
    count: int | None = None
    unit: str = ""


GAP_CAUSES = {
    "load_miss": ("D$ refills", "refills", "lines"),
    "store_wait": ("stores that the bus has not taken yet", "stores", "stores"),
    "port_order": ("custom instructions behind a load, store or branch", "custom", "instructions"),
    "port_busy": ("extension not ready for a custom instruction", "custom", "instructions"),
    "fetch_miss": ("I$ refills", "fetches", "lines"),
    "fetch_restart": ("fetching again behind taken branches", "branches", "branches"),
    "operand_wait": ("operands of loads and multiplications", None, ""),
    "long_operation": ("divisions and late answers of the extension", None, ""),
    "execute_other": ("CSR accesses and D$ flushes", None, ""),
}
"""Gap -> what it is, the event that counts how often, and of what."""


def causes(ledger: Ledger) -> list[Cause]:
    """Why the run takes more cycles than its bound, the largest reason first.

    While the engines of a unit carry out a step the CPU only looks whether they are done, so that
    its own accounts are no reason there.
    """
    layers = [layer for layer in ledger.layers if not layer.engines]
    found = [*_causes_of_cpu(layers), *_causes_of_engines(ledger.layers)]
    return sorted((one for one in found if one.cycles > 0), key=lambda one: -one.cycles)


def _causes_of_cpu(layers: Sequence[LedgerLayer]) -> Iterator[Cause]:
    if not layers:
        return
    everything = total(layers)
    counters = everything.counters
    for gap, (text, event, unit) in GAP_CAUSES.items():
        yield Cause(counters[gap], text, counters[event] if event else None, unit)
    yield Cause(everything.again, "instructions flushed by refills and executed again")
    bounded = [layer for layer in layers if layer.bound is not None]
    if bounded:
        overhead = sum(layer.overhead for layer in bounded)
        yield Cause(overhead, "instructions for addresses, loops and calls")


def _causes_of_engines(layers: Sequence[LedgerLayer]) -> Iterator[Cause]:
    """Of steps that engines carry out; the first engine is the one that multiplies."""
    watched = [layer for layer in layers if layer.engines]
    if not watched:
        return
    everything = total(watched)
    (name, first), *others = everything.engines.items()
    waits = f"{name} waits for {' and '.join(other for other, _ in others) or 'its commands'}"
    yield Cause(first.waiting, waits, first.commands, "commands")
    around = everything.cycles - first.busy - first.waiting
    yield Cause(around, f"before the first command and behind the last one of {name}")
