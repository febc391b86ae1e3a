"""Numbers for people: cycles, factors and shares in few characters."""

from __future__ import annotations

from collections.abc import Callable

DIFFERS = "DIFFERS"
NOTHING = "-"
BETWEEN = "between layers"
"""The row of what the whole inference takes beyond the sum of its layers (docs/explain.md)."""


def full(count: int) -> str:
    """Every digit, in groups of three."""
    return f"{count:,}"


def short(count: int) -> str:
    """Four significant digits with a unit, at most seven characters: "12.35 M"."""
    for unit, size in (("G", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)):
        # 999,950 and more would round up to 1,000 of the smaller unit.
        if count >= size * 0.99995:
            value = count / size
            digits = 3 if value < 9.9995 else 2 if value < 99.995 else 1
            return f"{value:.{digits}f} {unit}"
    return str(count)


def signed(count: int, digits: Callable[[int], str]) -> str:
    """A difference with its sign; `digits` is `full` or `short`."""
    return ("-" if count < 0 else "+") + digits(abs(count))


def factor(numerator: int | None, denominator: int | None) -> str:
    """How many times larger; three significant digits below 100."""
    if not numerator or not denominator:
        return NOTHING
    value = numerator / denominator
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:,.{digits}f}x"


def rate(macs: int, cycles: int | None) -> str:
    """MAC per cycle."""
    if not macs or not cycles:
        return NOTHING
    value = macs / cycles
    if value < 0.0005:
        return "<.001"
    return f"{value:.3f}" if value < 0.9995 else f"{value:.2f}"


def share(part: int | None, whole: int | None) -> str:
    """Per cent of the whole."""
    if part is None or not whole:
        return NOTHING
    return f"{100 * part / whole:.1f}%"
