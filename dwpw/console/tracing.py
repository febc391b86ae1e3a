"""What `dwpw sim --trace` is told: which cycles, and of which layer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dwpw.errors import UserError
from dwpw.plan.planner import Plan
from dwpw.report.jsonfile import require_writable
from soc.sim.simulate import Trace
from soc.sim.waves import beside


def parse_trace(path: Path | None, window: str | None, layer: str | None = None) -> Trace | None:
    """The waveform that was asked for; which step a layer is needs the plan (`of_layer`)."""
    if path is None:
        for option, given in (("--trace-window", window), ("--trace-layer", layer)):
            if given is not None:
                raise UserError(f"{option} needs --trace FILE.fst")
        return None
    if window is not None and layer is not None:
        raise UserError("--trace-window and --trace-layer exclude each other: give one of them")
    start, end = 0, None
    if window is not None:
        try:
            first, last = window.split(":")
            start, end = int(first or 0), int(last) if last else None
        except ValueError as error:
            raise UserError(f"--trace-window {window}: is not START:END in cycles") from error
        if start < 0 or (end is not None and end <= start):
            raise UserError(f"--trace-window {window}: END must lie behind START")
    for written in (path, *beside(path)):
        require_writable(written)
    return Trace(path, start, end)


def of_layer(trace: Trace | None, plan: Plan, layer: str | None) -> Trace | None:
    """The same waveform, of that layer only; None is of all."""
    if trace is None or layer is None:
        return trace
    return replace(trace, layer=step_of(plan, layer))


def step_of(plan: Plan, layer: str) -> int:
    """The step that runs an operator, given by its number in the file or by its name."""
    found = [
        (step, planned.operator)
        for step, one in enumerate(plan.steps)
        for planned in one.operators
        if layer in (str(planned.operator.index), planned.operator.name)
    ]
    if not found:
        numbers = [planned.operator.index for one in plan.steps for planned in one.operators]
        raise UserError(
            f"--trace-layer {layer}: {plan.graph.path.name} runs no such operator: give a number"
            f" from {min(numbers)} to {max(numbers)} or a name (dwpw model show)"
        )
    if len({step for step, _ in found}) > 1:
        numbers = ", ".join(str(operator.index) for _, operator in found)
        raise UserError(f"--trace-layer {layer}: operators {numbers} have that name: give a number")
    return found[0][0]
