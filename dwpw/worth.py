"""What single instructions are worth: the same kernels, with others in their place.

Each variant is a firmware whose intrinsics header lacks some instructions
(`compiler_intrinsics.header.generate`); plan, image and SoC stay the same.  Which can be left out,
and what then does their work, is said by their records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compiler_intrinsics.instruction_set import Instruction
from dwpw.comparison import ComparedRun, Comparison
from dwpw.errors import UserError


@dataclass(frozen=True)
class Variant:
    """Instructions that are left out together, and what does their work."""

    without: tuple[str, ...]
    instead: str


@dataclass(frozen=True)
class Gain:
    """A variant's run; saved: cycles that the instructions save, None where a tensor differs."""

    variant: Variant
    run: ComparedRun
    saved: int | None


@dataclass(frozen=True)
class Gains:
    """What the instructions of a set save.

    full: the run with all of them; needed: those that cannot be left out.
    """

    full: Comparison
    gains: tuple[Gain, ...]
    needed: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether every tensor of every run is exact."""
        return self.full.exact and all(one.run.exact for one in self.gains)


def variants(
    instructions: Sequence[Instruction], chosen: Sequence[str] = ()
) -> tuple[Variant, ...]:
    """What is measured: one variant for each of `chosen`, mnemonics separated by commas.

    Without a choice, every instruction that can be left out, those of one family together.
    `UserError` for a mnemonic that cannot.
    """
    optional = [item for item in instructions if item.optional]
    if not chosen:
        families: dict[object, list[Instruction]] = {}
        for item in optional:
            families.setdefault(item.family, []).append(item)
        return tuple(map(_variant, families.values()))
    return tuple(_variant([_named(name, optional) for name in one.split(",")])
                 for one in chosen)  # fmt: skip


def _named(name: str, optional: Sequence[Instruction]) -> Instruction:
    for item in optional:
        if item.mnemonic == name:
            return item
    known = ", ".join(item.mnemonic for item in optional)
    raise UserError(f"--without {name}: no instruction that can be left out (these can: {known})")


def _variant(left_out: Sequence[Instruction]) -> Variant:
    calls = [call[0].mnemonic for item in left_out for call in item.substitute]
    told = [f"{name} = {value}" for item in left_out for name, value in item.without_it]
    instead = [", ".join(dict.fromkeys(calls))] if calls else []
    if told:
        instead.append(f"kernels are told {', '.join(told)}")
    return Variant(tuple(item.mnemonic for item in left_out), "; ".join(instead))


def measure(
    instructions: Sequence[Instruction],
    chosen: Sequence[str],
    run: Callable[[tuple[str, ...]], Comparison],
) -> Gains:
    """Run everything; `run` makes a comparison of one run without those instructions."""
    planned = variants(instructions, chosen)
    full = run(())
    found = []
    for variant in planned:
        one = run(variant.without).runs[0]
        exact = one.exact and full.exact
        found.append(Gain(variant, one, one.cycles - full.runs[0].cycles if exact else None))
    needed = tuple(item.mnemonic for item in instructions if not item.optional)
    return Gains(full, tuple(found), needed)
