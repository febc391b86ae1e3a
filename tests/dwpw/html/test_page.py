"""What a page says, and that it needs nothing but itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

from dwpw.ledger import total
from dwpw.model import Graph
from dwpw.report.html.charts import charts_of
from dwpw.report.html.content import Report
from dwpw.report.html.page import page_text
from dwpw.report.html.rows import ACCOUNT_NAMES, account_rows, account_totals, compared_rows
from dwpw.report.html.table import columns_of, documents, layer_records, table_html
from dwpw.report.ledger_json import to_json
from tests.dwpw.html.conftest import make_report

LARGEST = 4_000_000
"""Bytes of a page."""


def test_a_page_refers_to_nothing_outside_of_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    markup = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert re.findall(r'(?:src|href)="(?!data:)', markup) == []
    assert re.findall(r"<script[^>]*src", text) == []
    assert "@import" not in text
    assert page.stat().st_size < LARGEST


def test_scripts_end_where_they_should(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script>") == 4


def test_every_kernel_set_has_a_chart_of_its_ledger(report: Report) -> None:
    assert list(charts_of(report)) == [
        *("totals", "layers", "accounts"),
        *("ledger-reference", "ledger-scalar", "ledger-simd"),
        "roofline",
    ]


def test_the_bars_of_a_layer_add_up_to_its_cycles(report: Report) -> None:
    for ledger in report.ledgers:
        rows = account_rows(ledger)
        layers = dict.fromkeys(row["layer"] for row in rows)
        for name, (_, layer) in zip(layers, ledger.rows, strict=True):
            own = [row for row in rows if row["layer"] == name]
            assert [row["account"] for row in own] == list(ACCOUNT_NAMES)
            assert sum(row["cycles"] for row in own) == layer.cycles


def test_the_shares_of_a_kernel_set_are_all_of_its_cycles(report: Report) -> None:
    rows = account_totals(report.ledgers)
    for ledger in report.ledgers:
        own = [row for row in rows if row["set"] == ledger.comparison.runs[0].kernels]
        assert sum(row["cycles"] for row in own) == total(ledger.layers).cycles
        assert abs(sum(row["share"] for row in own) - 1) < 1e-9


def test_a_wrong_tensor_has_no_bar_and_no_total(graph: Graph) -> None:
    report = make_report(graph, wrong={"simd": 1})
    rows = compared_rows(report.comparison)
    simd = {row["layer"] for row in rows if row["set"] == "simd"}
    others = {row["layer"] for row in rows if row["set"] == "scalar"}
    assert len(others - simd) == 1
    text = page_text(report)
    assert "A tensor DIFFERS" in text
    assert "<td>simd</td><td>DIFFERS</td>" in text


def test_the_table_has_everything_that_json_has_of_a_layer(report: Report) -> None:
    records = layer_records(report)
    columns = columns_of(records)
    for ledger in report.ledgers:
        for fields in to_json(ledger)["layers"]:
            for name, value in fields.items():
                parts = value if isinstance(value, dict) else {}
                wanted = [f"{name}.{part}" for part in parts] or [name]
                assert not isinstance(value, dict) or parts
                missing = [one for one in wanted if one not in columns]
                assert missing == [] or value is None
    assert len(records) == sum(len(to_json(ledger)["layers"]) for ledger in report.ledgers)


def test_the_page_holds_the_documents_of_every_command(report: Report, page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    held = json.loads(re.search(r'id="documents">(.*?)</script>', text, re.DOTALL)[1])
    assert held == json.loads(json.dumps(documents(report)))
    assert held["compare"]["schema"] == "dwpw.compare/1"


def test_the_page_says_what_the_target_costs_or_that_nobody_measured_it(report: Report) -> None:
    measured, unknown = page_text(report), page_text(replace(report, cost=None))
    assert "<td>1,234</td>" in measured
    assert "<td>81.5</td>" in measured
    assert "Not measured" in unknown
    assert "Not measured" not in measured


def test_names_from_files_and_command_lines_are_no_markup(report: Report) -> None:
    graph = replace(report.comparison.graph, path=Path("<b>.tflite"))
    comparison = replace(report.comparison, graph=graph)
    text = page_text(replace(report, comparison=comparison, command="dwpw '</script><b>'"))
    assert "<b>" not in text
    assert "&lt;b&gt;" in text


def test_a_number_keeps_its_value_beside_its_text() -> None:
    html = table_html([{"kernels": "simd", "cycles": 12345}, {"kernels": "simd", "cycles": None}])
    assert 'data-v="12345">12,345</td>' in html
    assert ">–</td>" in html
