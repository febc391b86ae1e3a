"""A cycle ledger as JSON, schema `dwpw.explain/2`.

Fields may be added, never renamed.  As in `dwpw.compare/1`, the counts of a layer are null where
its tensor differs from the golden one.
"""

from __future__ import annotations

from typing import Any

from dwpw.comparison import ComparedLayer
from dwpw.ledger import ACCOUNTS, Ledger, LedgerLayer, causes, total
from dwpw.report.jsonfile import about, layer_fields, run_fields
from soc.counters import EVENTS

SCHEMA = "dwpw.explain/2"


def to_json(ledger: Ledger) -> dict[str, Any]:
    """The ledger in plain values."""
    run = ledger.comparison.runs[0]
    return {
        "schema": SCHEMA,
        **about(ledger.comparison),
        "resources": {one.name: one.document for one in ledger.resources},
        "counters": {event.name: event.document for event in (*EVENTS, *ledger.events)},
        "accounts": {account: list(gaps) for account, gaps in ACCOUNTS.items()},
        **run_fields(run),
        "total": _account(total(ledger.layers), run.exact),
        "causes": [vars(cause) for cause in causes(ledger)] if run.exact else None,
        "layers": [
            fields
            for step, (compared, layer) in enumerate(ledger.rows)
            for fields in _layers(step, compared, layer)
        ],
    }


def _layers(step: int, compared: ComparedLayer, layer: LedgerLayer) -> list[dict[str, Any]]:
    """The operators of a step; its account stands with the last one."""
    account = _account(layer, compared.exact)
    *others, last = layer_fields(step, compared)
    return [*({**fields, **dict.fromkeys(account)} for fields in others), {**last, **account}]


def _account(layer: LedgerLayer, exact: bool) -> dict[str, Any]:
    work = layer.work
    return {
        "bound": layer.bound,
        "work": work and dict(work.cycles),
        "binding": work and work.binding,
        "lost": {account: layer.lost(account) for account in ACCOUNTS} if exact else None,
        "again": layer.again if exact else None,
        "counters": dict(layer.counters) if exact else None,
    }
