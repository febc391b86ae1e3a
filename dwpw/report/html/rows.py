"""The plain rows that charts draw: one per bar, point or end of a line."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from typing import Any

from dwpw.comparison import ComparedLayer, Comparison
from dwpw.ledger import ACCOUNTS, Ledger, LedgerLayer, total
from dwpw.report.names import layer_kernels, layer_name, shape_name
from dwpw.roofline import Limits, limits_of, points_of

Row = dict[str, Any]

INSTRUCTIONS, AGAIN = "instr", "again"
ACCOUNT_NAMES = (INSTRUCTIONS, *ACCOUNTS, AGAIN)
"""In the order of the stack, those of `dwpw explain`."""


def layer_label(layer: ComparedLayer) -> str:
    """The name of a bar: "3 dw 3x3/2"; the number makes it unique."""
    return f"{layer.number} {layer_name(layer)}"


def compared_rows(comparison: Comparison) -> list[Row]:
    """A row per layer and kernel set; what is not exact has no row."""
    return [
        {
            "layer": layer_label(layer),
            "shape": shape_name(layer.shape),
            "set": run.kernels,
            "kernel": layer_kernels(layer, run.kernels),
            "cycles": layer.cycles,
            "macs": layer.macs,
            "times": first.cycles / layer.cycles if first.exact else None,
            "speed": layer.macs / layer.cycles,
        }
        for first, *others in comparison.rows
        for run, layer in zip(comparison.runs, (first, *others), strict=True)
        if layer.exact and layer.cycles
    ]


def total_rows(comparison: Comparison) -> list[Row]:
    """A row per kernel set: the whole inference."""
    first = comparison.runs[0]
    hz = comparison.soc.clock_hz
    return [
        {
            "set": run.kernels,
            "cycles": run.cycles,
            "ms": 1000 * run.cycles / hz,
            "times": first.cycles / run.cycles if first.exact else None,
        }
        for run in comparison.runs
        if run.exact and run.cycles
    ]


def account_rows(ledger: Ledger) -> list[Row]:
    """A row per layer and account."""
    return [
        {"layer": layer_label(compared), "layer_cycles": layer.cycles, **row}
        for compared, layer in ledger.rows
        if compared.exact
        for row in _accounts(layer)
    ]


def account_totals(ledgers: tuple[Ledger, ...]) -> list[Row]:
    """A row per kernel set and account: of all layers."""
    rows = []
    for ledger in ledgers:
        run = ledger.comparison.runs[0]
        if run.exact and ledger.layers:
            everything = total(ledger.layers)
            rows += [
                {"set": run.kernels, "layer_cycles": everything.cycles, **row}
                for row in _accounts(everything)
            ]
    return rows


def _accounts(layer: LedgerLayer) -> Iterator[Row]:
    """Cycles of each account.  The remainder of a tiny layer may lie a few cycles below 0, which no
    bar can show: there it is 0."""
    cycles = {
        INSTRUCTIONS: layer.instructions,
        **{account: layer.lost(account) for account in ACCOUNTS},
        AGAIN: max(layer.again, 0),
    }
    for place, name in enumerate(ACCOUNT_NAMES):
        share = cycles[name] / layer.cycles if layer.cycles else 0
        yield {"account": name, "place": place, "cycles": cycles[name], "share": share}


def roofline_rows(comparison: Comparison) -> list[Row]:
    """A row per layer and kernel set below the roofs."""
    return [
        {
            "layer": layer_label(point.layer),
            "group": point.layer.group,
            "set": point.run.kernels,
            "intensity": point.intensity,
            "speed": point.speed,
            "bytes": point.bytes,
        }
        for point in points_of(comparison)
    ]


def roof_rows(comparison: Comparison) -> list[Row]:
    """The ends of each roof's line: up the memory's slope, then flat."""
    points = points_of(comparison)
    if not points:
        return []
    limits = limits_of(comparison.soc)
    low = _decade_below(min(point.intensity for point in points))
    high = _decade_above(max(point.intensity for point in points))
    return [
        {"roof": roof.name, "intensity": x, "speed": min(roof.macs_per_cycle, _slope(limits, x))}
        for roof in limits.roofs
        for x in _ends(limits, roof.macs_per_cycle, low, high)
    ]


def _slope(limits: Limits, intensity: float) -> float:
    """MACs per cycle for which the memory brings the bytes."""
    if limits.bytes_per_cycle is None:
        return float("inf")
    return intensity * limits.bytes_per_cycle


def _ends(limits: Limits, roof: float, low: float, high: float) -> list[float]:
    if limits.bytes_per_cycle is None:
        return [low, high]
    ridge = roof / limits.bytes_per_cycle
    return sorted({low, high, *([ridge] if low < ridge < high else [])})


def _decade_below(value: float) -> float:
    return 10 ** int(log10(value) // 1)


def _decade_above(value: float) -> float:
    return 10 ** int(-(-log10(value) // 1))
