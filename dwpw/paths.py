"""Where things lie in a clone; imports no package, so that `dwpw doctor` runs on a bare machine."""

from __future__ import annotations

from soc.paths import REPOSITORY

FIRMWARE = REPOSITORY / "firmware"
BUILD_ROOT = REPOSITORY / "build"
