"""The host tool: reads a model, plans it, runs it on the SoC, compares it with golden layers.

    import dwpw
    dwpw.compare("model.tflite", kernels="scalar,simd").to_frame()

Everything that is decided about a model is decided here.  Nothing here describes hardware or runs
on the target; no other source folder imports this one.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FOUND_IN = {
    "area": "dwpw.api",
    "compare": "dwpw.api",
    "explain": "dwpw.api",
    "UserError": "dwpw.errors",
}

__all__ = sorted(_FOUND_IN)


def __getattr__(name: str) -> Any:
    """What docs/python.md describes, imported when it is asked for: it brings a lot with it."""
    if name not in _FOUND_IN:
        raise AttributeError(f"module 'dwpw' has no attribute '{name}'")
    return getattr(import_module(_FOUND_IN[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
