"""Where the clone lies, or the installed packages; imports nothing, so that `dwpw doctor` runs on
a bare machine."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
"""The folder of our packages: the clone, or `site-packages`."""

IN_CLONE = (REPOSITORY / "pyproject.toml").is_file()

FILES = REPOSITORY if IN_CLONE else REPOSITORY / "dwpw" / "files"
"""What is no Python package, laid out as in the clone; a wheel has copies (`dwpw.wheel`)."""

FIRMWARE = FILES / "firmware"


def build_root() -> Path:
    """Where the build cache lies: DWPW_BUILD, or `build/` of the clone, or the user's cache."""
    if given := os.environ.get("DWPW_BUILD"):
        return Path(given).absolute()
    if IN_CLONE:
        return REPOSITORY / "build"
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches).absolute() / "dwpw"


def python_path(clone: Path = REPOSITORY) -> str:
    """PYTHONPATH for a process of ours: the clone, then where units of other packages may lie."""
    own = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join([str(clone), *(str(Path(one).resolve()) for one in own if one)])
