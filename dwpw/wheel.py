"""Puts into a wheel what a clone has beside its packages.

Loaded by setuptools (pyproject.toml), and by nothing else.  `soc.paths.FILES` finds the copies.
"""

from __future__ import annotations

from pathlib import Path

from setuptools.command.build_py import build_py

PLACE = "dwpw/files"

PATTERNS = (
    "pyproject.toml",
    "scripts/system_packages.txt",
    "firmware/**/*.[chS]",
    "firmware/**/*.cs",
    "models/README.md",
    "models/*.tflite",
    "models/*.labels.txt",
    "models/inputs/*.png",
)
"""Of the clone: the firmware, the shipped model with its inputs, and what the doctor reads."""


class BuildWithFiles(build_py):
    """`build_py` that copies those files, unless the clone itself is installed."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for source in self._files():
                target = Path(self.build_lib, PLACE, source)
                self.mkpath(str(target.parent))
                self.copy_file(str(source), str(target))

    def get_source_files(self) -> list[str]:
        """For archives of the sources, which wheels are made from as well."""
        return [*super().get_source_files(), *map(str, self._files())]

    def _files(self) -> list[Path]:
        """Relative to the clone, which is where setuptools runs."""
        return sorted({path for pattern in PATTERNS for path in Path().glob(pattern)})
