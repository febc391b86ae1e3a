"""`python -m dwpw.prediction MODEL`: what the cycle model says of the unit's part of a model."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.model import read_model
from dwpw.prediction.cycles import StepCycles, predict
from dwpw.stream.model import Rates


def main() -> None:
    """Print a row for each operator, and the totals."""
    parser = argparse.ArgumentParser(prog="python -m dwpw.prediction", description=__doc__)
    parser.add_argument("model", type=Path)
    for size in fields(Geometry):
        name = f"--{size.name.replace('_', '-')}"
        parser.add_argument(name, type=int, default=size.default)
    rate = Rates().bytes_per_cycle
    parser.add_argument("--bytes-per-cycle", type=float, default=rate, help="of main RAM")
    options = vars(parser.parse_args())
    rates = Rates(bytes_per_cycle=options.pop("bytes_per_cycle"))
    graph = read_model(options.pop("model"))
    geometry = Geometry(**options)
    steps = predict(geometry, graph, rates)
    print(f"{'operator':>8}  {'kind':18}{'output':>14}{'busy':>12}{'waiting':>10}{'moving':>12}")
    for step in steps:
        _print_step(step)
    print(f"{'all':>8}  {sum(step.total for step in steps):,.0f} cycles in {len(steps)} steps")


def _print_step(step: StepCycles) -> None:
    for row in step.operators:
        operator = row.operator
        shape = "x".join(map(str, operator.output_shape))
        print(
            f"{operator.index:>8}  {operator.kind:18}{shape:>14}"
            f"{row.busy:>12,.0f}{row.waiting:>10,.0f}{row.moving:>12,.0f}"
        )
    print(f"{'step':>8}  {step.total:,.0f} cycles")


if __name__ == "__main__":
    main()
