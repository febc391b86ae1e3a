"""Reads and runs hostile files in a process with little memory: `... SERVER FOLDER FIRST LAST`.

Prints the number of a file before it is opened, and behind it how it ended. Whoever started it sees
of which file it has died.
"""

from __future__ import annotations

import resource
import signal
import sys
import traceback
from pathlib import Path

from dwpw.comparison import all_exact, compare_layers
from dwpw.console.options import RunOptions
from dwpw.console.prepare import prepare
from dwpw.errors import UserError
from dwpw.hostengine.engine import HostRunner
from dwpw.jobs import make_host_job
from dwpw.model import Graph, read_model
from dwpw.plan.planner import plan
from tests.support.hostile import hostile_file
from tests.support.targets import KERNEL_SETS, TARGET

MEMORY = 1 << 30
"""Bytes that this process and every child of it may have for data."""

SECONDS = 20
"""For one file; a machine that is busy needs some."""

LARGEST_WORK = 2_000_000
"""Multiplications and elements of a model that is run: more would only take time."""

GOOD = ("refused", "large", "exact")
"""How a file may end."""


def work_of(graph: Graph) -> int:
    """How long a model takes, about."""
    total = 0
    for one in graph.operators:
        height, width = one.window.size
        output = graph.tensors[one.output].elements
        total += one.macs + graph.tensors[one.input].elements + output * height * width
    return total


def run(path: Path, server: Path) -> str:
    """Read, plan, pack, compute, by all kernel sets."""
    options = RunOptions(path, (), resize=False, target=TARGET, max_cycles=None)
    graph = read_model(path)
    if work_of(graph) > LARGEST_WORK:
        for one in KERNEL_SETS:
            make_host_job(plan(graph, TARGET, one), [])
        return "large"
    prepared = prepare(options, KERNEL_SETS, pack=make_host_job)
    golden = prepared.golden
    for job in prepared.jobs:
        log = HostRunner(server).run(job)
        if not all_exact(graph, compare_layers(job.plan, log, golden), log, golden):
            return f"{job.name} is not exact"
    return "exact"


def outcome(path: Path, server: Path) -> str:
    """One of GOOD, or what is wrong."""
    try:
        return run(path, server)
    except UserError as error:
        text = str(error)
        if not text.startswith(f"{path}: ") or len(text.splitlines()) != 1:
            return f"not one line that names the file: {text!r}"
        # What is accepted must run: the firmware's own checks are for images, not for models.
        return f"refused too late: {text!r}" if "the firmware" in text else "refused"
    except Exception:
        return f"a traceback: {traceback.format_exc()!r}"


def main() -> None:
    server, folder = Path(sys.argv[1]), Path(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    for seed in range(int(sys.argv[3]), int(sys.argv[4])):
        print(seed, end=" ", flush=True)
        path = folder / f"{seed}.tflite"
        path.write_bytes(hostile_file(seed).content)
        signal.alarm(SECONDS)
        print(outcome(path, server), flush=True)
        signal.alarm(0)
        path.unlink()


if __name__ == "__main__":
    main()
