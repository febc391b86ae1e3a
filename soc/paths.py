"""Where the clone lies; imports nothing, so that `dwpw doctor` runs on a bare machine."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def python_path(clone: Path = REPOSITORY) -> str:
    """PYTHONPATH for a process of ours: the clone, then where units of other packages may lie."""
    own = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join([str(clone), *(str(Path(one).resolve()) for one in own if one)])
