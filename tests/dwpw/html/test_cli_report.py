"""The commands that write a page or a timeline; building and simulating are replaced."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dwpw.console.views import read_area
from dwpw.errors import UserError
from tests.dwpw.html.conftest import COST
from tests.dwpw.test_cli import call, simulated  # noqa: F401  (a fixture)


def held(page: Path) -> dict:
    """The documents inside a page."""
    text = page.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="documents">(.*?)</script>', text, re.DOTALL)[1])


@pytest.mark.usefixtures("simulated")
def test_report_writes_page_timeline_and_pictures(model_path: Path, tmp_path: Path) -> None:
    page, timeline, pictures = tmp_path / "r.html", tmp_path / "t.json", tmp_path / "pictures"
    area = tmp_path / "area.json"
    area.write_text(json.dumps(COST))
    result = call(
        *("report", model_path, "-o", page, "--timeline", timeline),
        *("--pictures", pictures, "--area", area),
    )
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == f"{page}: written"
    assert held(page)["area"] == COST
    assert [run["kernels"] for run in held(page)["explain"]] == ["reference", "scalar", "simd"]
    assert json.loads(timeline.read_text())["traceEvents"]
    assert {one.name for one in pictures.iterdir()} >= {"layers.svg", "roofline.svg"}


@pytest.mark.usefixtures("simulated")
def test_compare_and_explain_write_the_page_beside_their_table(
    model_path: Path, tmp_path: Path
) -> None:
    for command, count in ((("compare", "--kernels", "scalar,simd"), 2), (("explain",), 1)):
        page = tmp_path / f"{command[0]}.html"
        result = call(*command, model_path, "--html", page)
        assert result.exit_code == 0
        assert "All " in result.output
        assert len(held(page)["explain"]) == len(held(page)["compare"]["runs"]) == count


def test_a_wrong_tensor_gives_status_1_a_page_and_no_timeline(
    simulated: dict[str, int],  # noqa: F811
    model_path: Path,
    tmp_path: Path,
) -> None:
    simulated["simd"] = 1
    page, timeline = tmp_path / "r.html", tmp_path / "t.json"
    result = call("report", model_path, "-o", page, "--timeline", timeline)
    assert result.exit_code == 1
    assert f"{timeline}: not written, because a tensor differs" in result.output
    assert not timeline.exists()
    assert "A tensor DIFFERS" in page.read_text(encoding="utf-8")


@pytest.mark.usefixtures("simulated")
def test_sim_writes_a_timeline_of_its_steps(model_path: Path, tmp_path: Path) -> None:
    timeline = tmp_path / "t.json"
    assert call("sim", model_path, "--timeline", timeline).exit_code == 0
    steps = [one for one in json.loads(timeline.read_text())["traceEvents"] if one["ph"] == "X"]
    assert sum(one["dur"] for one in steps if one["cat"] == "step") == 55 * 40_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no", "is not JSON"),
        ("[]", "is not of schema dwpw.area/1"),
        ('{"schema": "dwpw.compare/1"}', "is not of schema dwpw.area/1"),
        ('{"schema": "dwpw.area/1"}', "has no bram"),
    ],
)
def test_a_file_that_is_no_area_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "area.json"
    path.write_text(text)
    with pytest.raises(UserError, match=f"{words}: give a file of dwpw area --json"):
        read_area(path)
