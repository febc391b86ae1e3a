"""Measured networks of the paper in a folder: a file for each run, written when the run ends.

A file is what `dwpw compare --json` writes, with one run: NETWORK.SET.json.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dwpw.comparison import Comparison
from dwpw.errors import UserError
from dwpw.paper import CountedRow
from dwpw.report.earlier import read_earlier
from dwpw.report.jsonfile import require_writable, write_json
from dwpw.report.numbers import DIFFERS, full, rate
from dwpw.soc_info import SocInfo


@dataclass(frozen=True)
class MeasuredRun:
    """One network with one kernel set.

    cycles, instructions: of the whole inference, None where a tensor differs.
    main_ram: bytes that the simulated SoC had.
    written: when the file was.
    """

    kernels: str
    cycles: int | None
    instructions: int | None
    main_ram: int
    file: Path
    written: datetime

    @property
    def exact(self) -> bool:
        """Whether every tensor was."""
        return self.cycles is not None


@dataclass(frozen=True)
class PaperRuns:
    """All that the table shows of runs.

    sets: names of the kernel sets that have columns.
    runs: by the name of a row and a set; earlier: those that this call of dwpw has not measured.
    """

    soc: SocInfo
    sets: tuple[str, ...]
    runs: Mapping[tuple[str, str], MeasuredRun]
    earlier: tuple[MeasuredRun, ...]

    def of(self, row: CountedRow) -> list[MeasuredRun | None]:
        """The runs of a row in the order of `sets`, None for what was not measured."""
        return [self.runs.get((row.paper.name, one)) for one in self.sets]

    @property
    def exact(self) -> bool:
        """Whether every run was."""
        return all(run.exact for run in self.runs.values())


@dataclass(frozen=True)
class Results:
    """The runs in a folder, all of one SoC."""

    folder: Path
    soc: SocInfo

    def path(self, row: CountedRow, kernels: str) -> Path:
        """Where a run is kept."""
        return self.folder / f"{row.paper.name}.{kernels}.json"

    def make_folder(self) -> None:
        """`UserError` when nothing can be kept there."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{self.folder}: cannot be made: {error.strerror}") from error
        require_writable(self.folder / "written")

    def keep(self, row: CountedRow, comparison: Comparison) -> Path:
        """Write the comparison of one run."""
        path = self.path(row, comparison.runs[0].kernels)
        write_json(comparison, path)
        return path

    def read(
        self, rows: Sequence[CountedRow], sets: Sequence[str], fresh: Collection[Path] = ()
    ) -> PaperRuns:
        """Every run that is there; `UserError` for one of another SoC or network.

        sets: the kernel sets of the SoC's target; fresh: files that have just been written.
        """
        runs = {
            (row.paper.name, kernels): self._read_run(row, kernels)
            for row in rows
            for kernels in sets
            if self.path(row, kernels).exists()
        }
        return PaperRuns(
            soc=self.soc,
            sets=tuple(one for one in sets if any(one == kernels for _, kernels in runs)),
            runs=runs,
            earlier=tuple(run for run in runs.values() if run.file not in fresh),
        )

    def _read_run(self, row: CountedRow, kernels: str) -> MeasuredRun:
        path = self.path(row, kernels)
        document = read_earlier(path)
        self._require_same_soc(path, document.get("soc"))
        counts = [document["model"].get(name) for name in ("macs", "parameters")]
        runs = [run for run in document["runs"] if run["kernels"] == kernels]
        if counts != [row.blueprint.macs, row.blueprint.parameters] or len(runs) != 1:
            raise UserError(f"{path}: is no run of {row.paper.name} with {kernels}; remove it")
        (run,) = runs
        return MeasuredRun(
            kernels=kernels,
            cycles=run["cycles"],
            instructions=run.get("instructions"),
            main_ram=document["soc"]["main_ram"],
            file=path,
            written=datetime.fromtimestamp(path.stat().st_mtime),
        )

    def _require_same_soc(self, path: Path, soc: Any) -> None:
        wanted = asdict(self.soc)
        found = soc if isinstance(soc, dict) else {}
        if any(found.get(name) != value for name, value in wanted.items() if name != "main_ram"):
            raise UserError(
                f"{path}: was measured on {found.get('target')}, memory {found.get('memory')}, and"
                f" this table is of {self.soc.target}, memory {self.soc.memory}; give the other"
                " --target and --memory, or another --results FOLDER"
            )
        if not isinstance(found.get("main_ram"), int):
            raise UserError(f"{path}: was not measured on a simulated SoC; remove it")


def run_line(row: CountedRow, comparison: Comparison, path: Path) -> str:
    """What is said when a run has ended."""
    (run,) = comparison.runs
    result = (
        f"{full(run.cycles)} cycles, {rate(row.blueprint.macs, run.cycles)} MAC per cycle, every"
        " tensor exact"
        if run.exact
        else f"{DIFFERS}, so that it has no cycles"
    )
    return f"{row.paper.name} with {run.kernels}: {result}; kept in {path}"
