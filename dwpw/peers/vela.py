"""What Arm's compiler for the Ethos-U accelerators estimates for a model, layer by layer.

Nobody has run it: the compiler counts cycles by a model of the accelerator and of a memory that is
its default.  PyPI's ethos-u-vela is an optional extra: pip install 'dwpw[beside]'.
"""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from dwpw.errors import UserError
from soc.scratch import scratch_folder

ACCELERATORS = (
    *("ethos-u55-32", "ethos-u55-64", "ethos-u55-128", "ethos-u55-256"),
    *("ethos-u65-256", "ethos-u65-512"),
)
PACKAGE, MODULE = "ethos-u-vela", "ethosu"
SECONDS = 600

NAME, CYCLES, TARGET = "Name", "Op Cycles", "Target"
"""Columns of the compiler's table."""


@dataclass(frozen=True)
class Estimate:
    """What the compiler says.

    layers: name of an operator's output tensor -> cycles of what it was made into.
    on_cpu: names of those that the accelerator does not take, which are not counted.
    """

    accelerator: str
    compiler: str
    layers: Mapping[str, int]
    on_cpu: tuple[str, ...]

    @property
    def cycles(self) -> int:
        """Of all that the accelerator takes."""
        return sum(self.layers.values())

    def of(self, names: Iterable[str]) -> int | None:
        """Cycles of the operators with these outputs; None when one is not to be found."""
        found = [self.layers.get(name) for name in names]
        return None if None in found else sum(found)


def require_accelerator(name: str) -> None:
    """Refuse what cannot be estimated, before anything runs."""
    if name not in ACCELERATORS:
        raise UserError(f"--beside {name}: is none of {', '.join(ACCELERATORS)}")
    if importlib.util.find_spec(MODULE) is None:
        raise UserError(
            f"--beside {name}: needs Arm's compiler, the Python package {PACKAGE}:"
            " pip install 'dwpw[beside]'"
        )


def estimate(model: Path, accelerator: str) -> Estimate:
    """Compile the model; `UserError` when the compiler does not take it."""
    require_accelerator(accelerator)
    with scratch_folder("dwpw-vela-") as folder:
        command = [
            *(sys.executable, "-m", "ethosu.vela", str(model), "--verbose-performance"),
            *("--accelerator-config", accelerator, "--output-dir", str(folder)),
        ]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UserError(f"{model}: {PACKAGE} did not end within {SECONDS} s") from error
        table = next(iter(folder.glob("*_per-layer.csv")), None)
        if done.returncode or table is None:
            said = done.stdout.strip().splitlines() or ["no message"]
            raise UserError(f"{model}: {PACKAGE} gives no estimate for it: {said[-1].strip()}")
        return parse_table(table.read_text(), accelerator, f"{PACKAGE} {version(PACKAGE)}")


def parse_table(text: str, accelerator: str, compiler: str) -> Estimate:
    """The compiler's table, a line for each of its own operators; several may make one of ours."""
    layers: Counter[str] = Counter()
    on_cpu = []
    try:
        for row in csv.DictReader(text.splitlines()):
            if row[TARGET] == "CPU":
                on_cpu.append(row[NAME])
            else:
                layers[row[NAME]] += round(float(row[CYCLES]))
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{compiler}: writes another table than dwpw can read: {error}") from error
    return Estimate(accelerator, compiler, dict(layers), tuple(on_cpu))
