"""What `dwpw.compare`, `dwpw.explain` and `dwpw.area` return: what the commands print, which reads
as a dictionary and as a table as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from dwpw.comparison import Comparison
from dwpw.errors import UserError
from dwpw.ledger import Ledger
from dwpw.report import jsonfile, ledger_json
from dwpw.report.area_table import area_json
from dwpw.target.target import Target
from soc.fpga.estimate import Area

if TYPE_CHECKING:
    import pandas

FRAMES = "pandas is not installed, which to_frame() needs: pip install 'dwpw[frames]'"


@dataclass(frozen=True)
class Compared(Comparison):
    """Kernel sets side by side, beside the golden layers."""

    @classmethod
    def of(cls, comparison: Comparison) -> Compared:
        """The same with the methods of this class."""
        return cls(**_values(comparison))

    def to_dict(self) -> dict[str, Any]:
        """What `dwpw compare --json` writes."""
        return jsonfile.to_json(self)

    def to_frame(self) -> pandas.DataFrame:
        """A row for each operator of each kernel set."""
        return _frame(
            {"kernels": run["kernels"], **layer}
            for run in self.to_dict()["runs"]
            for layer in run["layers"]
        )


@dataclass(frozen=True)
class Explained(Ledger):
    """Where the cycles of one kernel set went."""

    @classmethod
    def of(cls, ledger: Ledger) -> Explained:
        """The same with the methods of this class."""
        return cls(**_values(ledger))

    def to_dict(self) -> dict[str, Any]:
        """What `dwpw explain --json` writes."""
        return ledger_json.to_json(self)

    def to_frame(self) -> pandas.DataFrame:
        """A row for each operator; accounts and counters are columns such as "lost.D$"."""
        return _frame(self.to_dict()["layers"])


@dataclass(frozen=True)
class EstimatedArea(Area):
    """What the units of a target take of an FPGA, and how fast they are."""

    target: Target

    @classmethod
    def of(cls, area: Area, target: Target) -> EstimatedArea:
        """The estimate with what it is of."""
        return cls(**_values(area), target=target)

    def to_dict(self) -> dict[str, Any]:
        """What `dwpw area --json` writes."""
        return area_json(self, self.target)

    def to_frame(self) -> pandas.DataFrame:
        """One row, so that those of several targets can be put below each other."""
        left_out = ("schema", "tools", "routes")
        found = {name: value for name, value in self.to_dict().items() if name not in left_out}
        return _frame([{"target": self.target.name, **found}])


def _values(result: Any) -> dict[str, Any]:
    return {field.name: getattr(result, field.name) for field in fields(result)}


def _frame(rows: Iterable[Mapping[str, Any]]) -> pandas.DataFrame:
    """A table of those rows; `UserError` without pandas."""
    try:
        import pandas  # optional, and slow to import
    except ModuleNotFoundError as error:
        raise UserError(FRAMES) from error
    return pandas.json_normalize(list(rows))
