"""Which kernel runs an operator: the rules of the kernel sets, in order of preference.

The rules of kernel set SET stand in `dwpw/plan/pack_SET.py`; an operator that no rule of a set
takes falls back to the next simpler set.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from dwpw.errors import UserError
from dwpw.image.format import KernelSet
from dwpw.plan.packing import KernelRule, LoweredOperator


def kernel_set(name: str) -> KernelSet:
    """The kernel set of that name."""
    known = {one.name.lower(): one for one in KernelSet}
    if name not in known:
        raise UserError(f"unknown kernel set '{name}' (known: {', '.join(known)})")
    return known[name]


def set_rules(one: KernelSet) -> tuple[KernelRule, ...]:
    """The rules of one kernel set, the most preferred first."""
    return import_module(f"dwpw.plan.pack_{one.name.lower()}").RULES


def rules(wanted: KernelSet) -> Iterator[KernelRule]:
    """The rules of a set and then of every simpler one, the most preferred first."""
    for candidate in sorted(KernelSet, reverse=True):
        if candidate <= wanted:
            yield from set_rules(candidate)


def choose(wanted: KernelSet, operator: LoweredOperator) -> KernelRule:
    """The first rule that takes the operator."""
    for rule in rules(wanted):
        if rule.accepts(operator):
            return rule
    raise UserError(
        f"operator {operator.index} ({operator.kind}): no kernel of '{wanted.name.lower()}'"
        " or a simpler set takes these parameters"
    )
