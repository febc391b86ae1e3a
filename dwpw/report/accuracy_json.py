"""An accuracy as JSON, schema `dwpw.accuracy/1`.

Fields may be added, never renamed.  `correct` and `top1` are null where an output, or a tensor of
what was simulated, differs from TFLite's: a share of a wrong computation is no result.
"""

from __future__ import annotations

from typing import Any

from dwpw.accuracy import Accuracy
from dwpw.golden import description

SCHEMA = "dwpw.accuracy/1"


def accuracy_json(accuracy: Accuracy) -> dict[str, Any]:
    """In plain values; row of `confusion` is the true class, column the model's."""
    graph = accuracy.graph
    return {
        "schema": SCHEMA,
        "model": {
            "file": graph.path.name,
            "sha256": graph.sha256,
            "macs": graph.macs,
            "parameters": graph.parameters,
        },
        "target": accuracy.target,
        "kernels": accuracy.kernels,
        "golden": description(),
        "images": accuracy.images,
        "count": accuracy.count,
        "exact": accuracy.exact,
        "correct": accuracy.correct if accuracy.exact else None,
        "top1": accuracy.top1 if accuracy.exact else None,
        "classes": list(accuracy.names),
        "confusion": accuracy.confusion.tolist(),
        "unequal": list(accuracy.unequal),
        "simulated": [
            {"image": one.source, "tensors": one.tensors, "exact": one.exact}
            for one in accuracy.simulated
        ],
    }
