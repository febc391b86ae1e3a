"""The paper's table: counts, and a reason for whatever differs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dwpw.cli import cli
from dwpw.paper import PAPER, counted, rounds_to

ROWS = counted()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.blueprint.title)
def test_every_count_rounds_to_the_papers_figure_or_is_within_3_percent(row) -> None:
    assert row.close


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.blueprint.title)
def test_a_row_has_a_reason_exactly_where_it_differs(row) -> None:
    assert bool(row.paper.why) != row.as_printed


def test_vgg16_without_its_fully_connected_layers_rounds_to_the_papers_figure() -> None:
    (row,) = (row for row in ROWS if row.paper.network == "vgg16")
    macs = {"CONV_2D": 0, "FULLY_CONNECTED": 0}
    for node in row.blueprint.nodes:
        if node.macs:
            macs[node.kind] += node.macs
    assert round(macs["FULLY_CONNECTED"] / 1e6) == 124
    assert round(macs["CONV_2D"] / 1e6) == 15_347


def test_googlenets_stem_takes_what_the_reason_says() -> None:
    (row,) = (row for row in ROWS if row.paper.network == "googlenet")
    assert round(row.blueprint.nodes[0].macs / 1e6) == 118


@pytest.mark.parametrize(
    ("count", "printed", "rounds"),
    [
        (4_249_999, "4.2", True),
        (4_250_001, "4.2", False),
        (290_700_000, "290", False),
        (568_740_352, "569", True),
    ],
)
def test_rounding_takes_as_many_decimals_as_are_printed(
    count: int, printed: str, rounds: bool
) -> None:
    assert rounds_to(count, printed) == rounds


def test_the_command_prints_every_row_and_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    result = CliRunner().invoke(cli, ["paper", "table", "--json", str(path)])
    assert result.exit_code == 0
    assert "mobilenet_v1 0.25, 224x224x3" in result.stdout
    assert "vgg16, 224x224x3: ours has the fully connected" in result.stdout
    document = json.loads(path.read_text())
    assert document["schema"] == "dwpw.paper.table/1"
    assert len(document["rows"]) == len(PAPER)
    assert document["rows"][0]["macs"] == 568_740_352
