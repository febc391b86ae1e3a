"""Where things lie; imports no package, so that `dwpw doctor` runs on a bare machine."""

from __future__ import annotations

from soc.paths import FILES, FIRMWARE, REPOSITORY, build_root

__all__ = [
    "BUILD_ROOT",
    "FILES",
    "FIRMWARE",
    "REPOSITORY",
    "SHIPPED_INPUT",
    "SHIPPED_MODEL",
]

BUILD_ROOT = build_root()
"""Read once: a run shall not change its mind."""

SHIPPED_MODEL = FILES / "models" / "fashion_mobilenet_v1_025_96.tflite"
SHIPPED_INPUT = FILES / "models" / "inputs" / "03_dress_0013.png"
"""What runs where no model is named (models/README.md)."""
