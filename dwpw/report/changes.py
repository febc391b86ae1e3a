"""What changed since an earlier comparison, in the words and cells of a comparison's report."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text

from dwpw.report.earlier import Change
from dwpw.report.layout import Layout
from dwpw.report.numbers import NOTHING, full, short, signed

UNCHANGED = "="


def change_columns(changes: Mapping[str, Change]) -> dict[str, Change]:
    """Title -> change, for the sets in which anything changed."""
    return {f"± {name}": change for name, change in changes.items() if not change.nothing}


def change_cell(cycles: int | None, layout: Layout) -> Text:
    """Cycles gained (green, below 0) or lost (red)."""
    if cycles is None:
        return Text(NOTHING)
    if cycles == 0:
        return Text(UNCHANGED, style="dim")
    return Text(
        signed(cycles, full if layout.full else short), style="green" if cycles < 0 else "red"
    )


def change_lines(changes: Mapping[str, Change]) -> list[str]:
    """A sentence for each set."""
    return [f"{name} since then: {_in_words(change)}" for name, change in changes.items()]


def _in_words(change: Change) -> str:
    if change.nothing:
        return "not a cycle more or less, in any layer."
    if change.total is None:
        return "no difference to show, because a tensor is or was not exact."
    percent = 100 * change.total / change.before
    parts = [part for part in change.layers if part is not None]
    faster, slower = sum(part < 0 for part in parts), sum(part > 0 for part in parts)
    return (
        f"{signed(change.total, full)} cycles ({percent:+.2f}%);"
        f" {faster} of {len(parts)} layers faster, {slower} slower."
    )
