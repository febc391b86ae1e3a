"""The ledger's arithmetic, its table and its JSON."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from dwpw.comparison import Comparison
from dwpw.errors import UserError
from dwpw.golden import golden_layers
from dwpw.inputs import random_tensors
from dwpw.ledger import ACCOUNTS, GAP_CAUSES, GAPS, Cause, Ledger, causes, make_ledger, total
from dwpw.model import Graph
from dwpw.plan.planner import plan
from dwpw.report import explain_page
from dwpw.report.ledger_json import to_json
from dwpw.report.ledger_table import print_ledger, sentence
from tests.dwpw.fake_run import COUNTERS, comparison, run_log
from tests.support.targets import SIMD, TARGET


def ledger_of(graph: Graph, wrong: int | None = None) -> Ledger:
    """The ledger of a fake run of set simd; `wrong` names an operator that differs."""
    golden = golden_layers(graph, random_tensors(graph))
    spoilt = {} if wrong is None else {"simd": wrong}
    planned = plan(graph, TARGET, SIMD)
    compared: Comparison = comparison(graph, golden, [SIMD], spoilt)
    return make_ledger(compared, planned, run_log(planned, golden))


def printed(ledger: Ledger, width: int, layers: bool = True) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_ledger(ledger, console, layers)
    return console.file.getvalue()


def test_every_gap_is_in_one_account_and_has_a_cause() -> None:
    assert sorted(gap for gaps in ACCOUNTS.values() for gap in gaps) == sorted(GAPS)
    assert sorted(GAP_CAUSES) == sorted(GAPS)


def test_the_accounts_of_every_layer_add_up_to_its_cycles(graph: Graph) -> None:
    ledger = ledger_of(graph)
    for layer in (*ledger.layers, total(ledger.layers)):
        lost = sum(layer.lost(account) for account in ACCOUNTS)
        assert layer.instructions + lost + layer.again == layer.cycles


def test_the_total_is_the_sum_and_has_a_bound_only_if_all_layers_have(graph: Graph) -> None:
    ledger = ledger_of(graph)
    assert total(ledger.layers).cycles == 55 * 40_000
    assert total(ledger.layers).bound is None
    bounded = total(ledger.bounded)
    assert bounded.bound == sum(layer.bound for layer in ledger.bounded) > 0
    assert bounded.counters["refills"] == len(ledger.bounded) * COUNTERS["refills"]


def test_only_kernels_with_counted_work_have_a_bound(graph: Graph) -> None:
    kernels = {compared.kernels: layer.bound for compared, layer in ledger_of(graph).rows}
    assert kernels[("simd/depthwise_3x3",)] > 0
    assert kernels[("reference/softmax",)] is None


def test_causes_come_largest_first(graph: Graph) -> None:
    found = [cause.cycles for cause in causes(ledger_of(graph))]
    assert found == sorted(found, reverse=True)


def test_a_cause_in_words_has_its_share_and_the_cycles_of_each() -> None:
    cause = Cause(5_000, "D$ refills", 100, "lines")
    words = " 50.0%       5,000  D$ refills: 100 lines, 50.0 cycles each"
    assert sentence(cause, 10_000) == words
    assert sentence(Cause(1, "others"), 1000) == "  0.1%           1  others"


def test_a_run_without_counters_is_refused(graph: Graph) -> None:
    ledger = ledger_of(graph)
    golden = golden_layers(graph, random_tensors(graph))
    planned = plan(graph, TARGET, SIMD)
    log = run_log(planned, golden)
    log = replace(log, layers=tuple(replace(layer, counters={}) for layer in log.layers))
    with pytest.raises(UserError, match=r"operator 0 \(PAD '.*no performance counters of it"):
        make_ledger(ledger.comparison, planned, log)


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_the_table_fits_and_names_every_column(graph: Graph, width: int) -> None:
    text = printed(ledger_of(graph), width)
    table = text.split("\n\n")[1]
    assert max(map(len, table.splitlines())) <= width
    assert "…" not in table
    for title in ("bound", "cycles", "ratio", "instr", *ACCOUNTS, "again"):
        assert title in table.splitlines()[0]


def test_without_layers_only_the_sum_remains(graph: Graph) -> None:
    text = printed(ledger_of(graph), 120, layers=False)
    assert "softmax" not in text
    assert "2,200,000" in text


def test_a_wrong_tensor_has_a_bound_but_no_counts(graph: Graph) -> None:
    ledger = ledger_of(graph, wrong=2)
    data = to_json(ledger)
    assert data["cycles"] is data["causes"] is None
    layer = data["layers"][2]
    assert layer["bound"] > 0
    assert layer["cycles"] is layer["lost"] is layer["counters"] is None
    assert "DIFFERS" in printed(ledger, 120)
    assert "120,000" not in printed(ledger, 120)


def test_the_json_has_the_accounts_of_every_layer(graph: Graph) -> None:
    data = to_json(ledger_of(graph))
    assert data["schema"] == "dwpw.explain/2"
    assert {"model", "soc", "golden", "input", "kernels", "exact", "total", "causes"} <= set(data)
    for layer in data["layers"]:
        assert layer["counters"] == COUNTERS
        assert (
            layer["instructions"] + sum(layer["lost"].values()) + layer["again"]
            == (layer["cycles"])
        )
    assert data["layers"][2]["work"]["requantiser"] == 64
    assert data["layers"][9]["work"] is None


def test_the_page_in_docs_is_the_generated_one(repository) -> None:
    page = (repository / "docs" / "explain.md").read_text()
    assert page == explain_page.generate(), (
        "run: python -m dwpw.report.explain_page > docs/explain.md"
    )
