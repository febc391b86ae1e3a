"""Whole numbers, rounded up."""

from __future__ import annotations


def ceil_div(value: int, step: int) -> int:
    """How many steps reach `value`."""
    return -(-value // step)


def round_up(value: int, step: int) -> int:
    """The next multiple of `step`."""
    return ceil_div(value, step) * step
