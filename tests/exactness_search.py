"""Random layers of every operator, by the host-built kernels and by both TFLite interpreters.

    python -m tests.exactness_search --layers 100000 --seed 0

A layer is a kind and a seed; kind k of n takes the seeds from --seed on for its n-th part of the
layers, so that any layer can be had again (`tests.support.random_models.random_case`).  The golden
layers stand for LiteRT's reference kernels.  The exit status is 1 when anything differs.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from dwpw.golden import description, golden_layers
from dwpw.model.flatbuffer import decode
from dwpw.model.read import check
from dwpw.plan.planner import plan
from tests.support import second_opinion
from tests.support.exactness import differences, kernel_differences
from tests.support.host_firmware import HostFirmware, build_server
from tests.support.random_models import KINDS, random_case
from tests.support.random_operators import ONLY_LITERT
from tests.support.targets import KERNEL_SETS, TARGET

SHARE = 250
"""Layers that one process takes at a time."""

Judge = Callable[[str, int], list[str]]
"""From a kind and a seed to what differs."""


def kernels_differ(firmware: HostFirmware, kind: str, seed: int) -> list[str]:
    """What the kernels of any set compute otherwise than the golden layers."""
    content, tensors = random_case(kind, seed)
    graph = check(Path(f"{kind}-{seed}.tflite"), decode(content))
    golden = golden_layers(graph, tensors)
    return [
        f"{kind}, seed {seed}, {one.name}: {difference}"
        for one in KERNEL_SETS
        for difference in kernel_differences(
            firmware, plan(graph, TARGET, one, traced=True), tensors, golden
        )
    ]


def second_opinion_differs(kind: str, seed: int) -> list[str]:
    """What TFLite Micro computes otherwise than the golden layers."""
    content, tensors = random_case(kind, seed)
    graph = check(Path(f"{kind}-{seed}.tflite"), decode(content))
    found = differences(graph, second_opinion.layers(graph, tensors), golden_layers(graph, tensors))
    return [f"{kind}, seed {seed}, {second_opinion.PACKAGE}: {difference}" for difference in found]


def search(judge: Judge, kind: str, seeds: Sequence[int]) -> list[str]:
    """Everything that differs."""
    return [difference for seed in seeds for difference in judge(kind, seed)]


@dataclass(frozen=True)
class Share:
    """What one process takes at a time."""

    kind: str
    seeds: range


def shares(layers: int, first_seed: int) -> Iterator[Share]:
    """At least so many layers, the same number of each kind."""
    each = -(-layers // len(KINDS))
    for start in range(first_seed, first_seed + each, SHARE):
        for kind in KINDS:
            yield Share(kind, range(start, min(start + SHARE, first_seed + each)))


def judged(share: Share) -> list[str]:
    """A share by everybody who can judge it, in a process of its own."""
    with HostFirmware(build_server()) as firmware:
        found = search(
            lambda kind, seed: kernels_differ(firmware, kind, seed), *vars(share).values()
        )
    if second_opinion.installed() and share.kind not in ONLY_LITERT:
        found += search(second_opinion_differs, *vars(share).values())
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.exactness_search", description=__doc__)
    parser.add_argument("--layers", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="the first one of every kind")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()

    second = second_opinion.installed()
    build_server()
    print(
        f"golden: {description()}; second opinion: {second or second_opinion.MISSING}", flush=True
    )
    start, done, wrong = time.monotonic(), 0, 0
    with ProcessPoolExecutor(options.jobs) as pool:
        running = {pool.submit(judged, one): one for one in shares(options.layers, options.seed)}
        for future in as_completed(running):
            for difference in future.result():
                print(difference, flush=True)
                wrong += 1
            done += len(running[future].seeds)
            if done % 5000 < SHARE:
                print(f"{done:,} layers, {time.monotonic() - start:.0f} s", flush=True)
    judges = [one.name for one in KERNEL_SETS] + ([second] if second else [])
    verdict = f"{wrong} differ" if wrong else "none differs"
    print(f"{done:,} layers by {', '.join(judges)} in {time.monotonic() - start:.0f} s: {verdict}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
