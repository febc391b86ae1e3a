"""Runs a comparison again whenever a source is saved.

Each run is a process of its own, which has read the sources as they are now.  What it counted goes
through a file to the next one, which shows the difference.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from soc.paths import FIRMWARE, REPOSITORY
from soc.processes import child
from soc.scratch import scratch_folder

PACKAGES = ("compiler_intrinsics", "rtl_ext", "soc", "dwpw")
SUFFIXES = frozenset({".py", ".c", ".h", ".S", ".cpp"})

POLL_MS = 200
"""How long the end of a run may go unnoticed."""

WAITING = "waiting for a source to be saved (Ctrl-C ends)"


@dataclass(frozen=True)
class Watched:
    """What a run depends on: the sources in `folders`, and single `files`."""

    folders: tuple[Path, ...]
    files: tuple[Path, ...]

    @classmethod
    def of(cls, folders: Iterable[Path], files: Iterable[Path]) -> Watched:
        """Our own sources, and more folders and files; each is named once, by its full path."""
        everything = [*(REPOSITORY / name for name in PACKAGES), FIRMWARE, *folders]
        return cls(
            tuple(dict.fromkeys(folder.resolve() for folder in everything)),
            tuple(dict.fromkeys(file.resolve() for file in files)),
        )

    def saved(self, changes: Iterable[tuple[object, str]]) -> list[Path]:
        """Those of the changes (kind, path) that a run depends on, in the order of their names."""
        paths = {Path(path) for _, path in changes}
        return sorted(
            path
            for path in paths
            if path in self.files
            or (path.suffix in SUFFIXES and any(path.is_relative_to(one) for one in self.folders))
        )

    @property
    def roots(self) -> list[Path]:
        """Folders to be told about: editors replace files, so that these are watched by folder."""
        parents = {file.parent for file in self.files}
        return [folder for folder in {*self.folders, *parents} if folder.is_dir()]


def watch(
    command: Sequence[str], watched: Watched, say: Callable[[str], None], result: Path | None
) -> NoReturn:
    """Run `command` now and after every save, until KeyboardInterrupt.

    command: takes `--json FILE` for its result, and `--since FILE` for the one before (the last
        exact one, once there is one).
    say: is told in words what happens between the runs.
    result: file that gets each result as well.
    """
    import watchfiles  # here, so that nothing else needs it

    notices = watchfiles.watch(
        *watched.roots, watch_filter=None, rust_timeout=POLL_MS, yield_on_timeout=True
    )
    next(notices)  # from here on no save is missed
    with scratch_folder("dwpw-watch-") as folder:
        now, before = folder / "now.json", folder / "before.json"

        def ended() -> None:
            if now.exists() and result is not None:
                shutil.copy(now, result)
            # A tensor that differs has no cycles: the next run could not be held against them.
            if now.exists() and (_is_exact(now) or not (before.exists() and _is_exact(before))):
                now.replace(before)
            say(WAITING)

        while True:
            now.unlink(missing_ok=True)
            since = ("--since", str(before)) if before.exists() else ()
            saved = _run(
                [*command, "--json", str(now), *since],
                ended,
                (watched.saved(changes) for changes in notices),
            )
            say(f"saved: {', '.join(_short(path) for path in saved)}")


def _run(
    command: Sequence[str], ended: Callable[[], None], saves: Iterable[list[Path]]
) -> list[Path]:
    """Run until something is saved, which is returned; it ends a run that has not ended before."""
    with child(command, stdout=None, stderr=None) as process:
        running = True
        for saved in saves:
            if running and process.poll() is not None:
                running = False
                ended()
            if saved:
                return saved
    raise AssertionError("saves go on without end")


def _is_exact(file: Path) -> bool:
    return all(run["exact"] for run in json.loads(file.read_text())["runs"])


def _short(path: Path) -> str:
    """As people name it."""
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else path.name
