"""Content-addressed build cache: the same key gives the same directory, built at most once.

An entry is built in a directory of its own and renamed when it is complete, so an interrupted
build leaves an unused directory and nothing that looks finished.  Builders of the same entry wait
for each other at a lock, which the system releases even when its holder is killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from soc.errors import ToolError
from soc.plain_path import plain
from soc.processes import ended_by

KEY_LENGTH = 20
"""Hex digits of the SHA-256 in a directory's name: 80 bits."""

POLL_SECONDS = 0.1


def digest(key: dict | bytes) -> str:
    """Name of the entry for `key`; a dict must be JSON, and its order does not matter."""
    data = key if isinstance(key, bytes) else json.dumps(key, sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()[:KEY_LENGTH]


def entry_of(root: Path, kind: str, key: dict | bytes) -> Path:
    """Where `cached` keeps what it has built for the key, whether it is there or not."""
    return root / f"{kind}-{digest(key)}"


def cached(root: Path, kind: str, key: dict | bytes, build: Callable[[Path], None]) -> Path:
    """Directory `root/kind-DIGEST`, filled by `build(directory)` when it does not exist yet.

    `build` gets the directory by a name that make can work with (`soc.plain_path`).
    ToolError when the system does not let it be written.
    """
    entry = entry_of(root, kind, key)
    if entry.is_dir():
        return entry
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _locked(root / f".{entry.name}.lock"):
            if not entry.is_dir():
                _build(root, entry, kind, build)
    except OSError as error:
        raise ToolError(f"{root}: cannot be built into: {_in_words(error)}") from error
    return entry


def _in_words(error: OSError) -> str:
    file = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{file}"


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as stream:
        while not _taken(stream):
            # Asked for again and again, because a thread that waits for it sees no signal.
            if ended_by() is not None:
                raise ToolError(f"{file}: not waited for any longer")
            time.sleep(POLL_SECONDS)
        yield


def _taken(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _build(root: Path, entry: Path, kind: str, build: Callable[[Path], None]) -> None:
    workplace = Path(tempfile.mkdtemp(prefix=f".{kind}-", dir=root))
    try:
        build(plain(workplace))
        workplace.chmod(0o755)  # mkdtemp's own mode would lock out other users
        workplace.rename(entry)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def hash_files(paths: Iterable[Path], base: Path) -> str:
    """SHA-256 over names (relative to `base`) and contents, in whatever order `paths` come."""
    total = hashlib.sha256()
    for path in sorted(paths):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{os.path.relpath(path, base)}\0{content}\n".encode())
    return total.hexdigest()
