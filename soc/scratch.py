"""Temporary folders, with a clear word where there is no room for them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from soc.errors import ToolError


@contextlib.contextmanager
def scratch_folder(prefix: str, files: Mapping[str, bytes] | None = None) -> Iterator[Path]:
    """A folder with these files (name -> content) that is gone when the block ends.

    ToolError when it cannot be made or filled.
    """
    with contextlib.ExitStack() as stack:
        try:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
            for name, content in (files or {}).items():
                (folder / name).write_bytes(content)
        except OSError as error:
            raise ToolError(
                f"{temporary_root()}: temporary files cannot be written: {error.strerror or error};"
                " free some room there, or name another folder: TMPDIR=FOLDER dwpw ..."
            ) from error
        yield folder


def temporary_root() -> str:
    """Where temporary files go, or should have gone."""
    try:
        return tempfile.gettempdir()
    except OSError:  # no folder of all that Python tries can be written
        return os.environ.get("TMPDIR", "/tmp")
