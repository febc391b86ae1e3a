"""What single instructions are worth: the same kernels, with others in their place.

Each variant is a firmware whose intrinsics header lacks some instructions
(`compiler_intrinsics.header.generate`); plan, image and SoC stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from compiler_intrinsics.simd.spec import INSTRUCTIONS
from dwpw.comparison import ComparedRun


@dataclass(frozen=True)
class Variant:
    """Instructions that are left out together, and what does their work."""

    without: tuple[str, ...]
    instead: str


def _substituted(prefix: str) -> tuple[str, ...]:
    return tuple(
        item.mnemonic
        for item in INSTRUCTIONS
        if item.substitute and item.mnemonic.startswith(prefix)
    )


VARIANTS = (
    Variant(_substituted("dot2"), "two dot1: one word per instruction"),
    Variant(("rep",), "pointwise passes the pixel again for every four output channels"),
    Variant(_substituted("dw2"), "two dw1: one word per instruction"),
    Variant(_substituted("skip2"), "two skip1: one word per instruction"),
)


@dataclass(frozen=True)
class Gain:
    """A variant's run; saved: cycles that the instructions save."""

    variant: Variant
    run: ComparedRun
    saved: int


def gain(variant: Variant, run: ComparedRun, full: ComparedRun) -> Gain:
    """What the variant's instructions save in the run `full`, which has them."""
    return Gain(variant, run, run.cycles - full.cycles)
