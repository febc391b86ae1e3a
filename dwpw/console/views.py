"""`--html` and `--timeline`: what commands that run a model write for people to look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from dwpw.comparison import compare_layers
from dwpw.console.prepare import Prepared
from dwpw.console.simulated import Simulated
from dwpw.errors import UserError
from dwpw.paths import BUILD_ROOT
from dwpw.report.area_table import SCHEMA, area_json
from dwpw.report.html.content import Report, command_line, installed_versions
from dwpw.report.html.page import write_page
from dwpw.report.html.pictures import write_pictures
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.report.timeline import Track, timeline, timeline_of
from dwpw.runlog import RunLog
from dwpw.target.target import Target
from soc.fpga.estimate import measured_estimate
from soc.fpga.report import NAMES

html_option = click.option(
    "--html",
    "html_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the result as a page with charts that needs no network.",
)

area_option = click.option(
    "--area",
    "area_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What the target costs, for the page: a file of dwpw area --json"
    "  [default: what dwpw area has measured here]",
)

timeline_option = click.option(
    "--timeline",
    "timeline_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the layers as trace events, for Perfetto or chrome://tracing.",
)


@dataclass(frozen=True)
class Views:
    """What is to be written, None where it is not wanted.

    cost: of the target, for the page.  pictures: folder for the page's charts.
    """

    html: Path | None = None
    timeline: Path | None = None
    cost: Mapping[str, Any] | None = None
    pictures: Path | None = None

    @property
    def wanted(self) -> bool:
        """Whether anything needs the performance counters."""
        return self.html is not None or self.timeline is not None

    def write(self, simulated: Simulated) -> None:
        """Both files; a timeline of wrong tensors is none."""
        comparison = simulated.comparison
        ledgers = simulated.ledgers
        if self.timeline is not None:
            if comparison.exact:
                write_document(timeline_of(ledgers), self.timeline)
            else:
                _say_not_written(self.timeline)
        if self.html is not None:
            report = Report(comparison, ledgers, self.cost, command_line(), installed_versions())
            write_page(report, self.html)
            if self.pictures is not None:
                write_pictures(report, self.pictures)


def write_run_timeline(prepared: Prepared, log: RunLog, exact: bool, path: Path) -> None:
    """The timeline of one run without counters; of wrong tensors there is none."""
    if not exact:
        _say_not_written(path)
        return
    (job,) = prepared.jobs
    track = Track(job.plan.kernel_set.name, compare_layers(job.plan, log, prepared.golden))
    write_document(timeline([track], log.clock_hz), path)


def _say_not_written(path: Path) -> None:
    click.echo(f"{path}: not written, because a tensor differs", err=True)


def read_views(
    target: Target,
    html: Path | None,
    timeline: Path | None,
    area: Path | None,
    pictures: Path | None = None,
) -> Views:
    """What the options ask for; `UserError` before a run of minutes, not behind it."""
    if area is not None and html is None:
        raise UserError("--area is about what a page shows: give --html FILE too")
    for path in (html, timeline):
        if path is not None:
            require_writable(path)
    if html is None:
        return Views(timeline=timeline)
    if pictures is not None:
        make_folder(pictures)
    return Views(html, timeline, read_area(area) if area else measured_area(target), pictures)


def make_folder(folder: Path) -> None:
    """The folder, for files that are written much later; `UserError` where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder}: cannot be made: {error.strerror}") from error
    require_writable(folder / "totals.svg")


def read_area(path: Path) -> dict[str, Any]:
    """A file of `dwpw area --json`."""
    try:
        document = json.loads(path.read_text())
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{path}: is not JSON: give a file of dwpw area --json") from error
    needed = {"device", "tools", "extension", "fmax_mhz", *NAMES}
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise UserError(f"{path}: is not of schema {SCHEMA}: give a file of dwpw area --json")
    if missing := sorted(needed - document.keys()):
        raise UserError(f"{path}: has no {missing[0]}: give a file of dwpw area --json")
    return document


def measured_area(target: Target) -> dict[str, Any] | None:
    """What `dwpw area` has measured of this target's units, None if nothing."""
    found = target.units and measured_estimate([one.hardware for one in target.units], BUILD_ROOT)
    return area_json(found, target) if found else None
