"""Where the clone lies; imports nothing, so that `dwpw doctor` runs on a bare machine."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
