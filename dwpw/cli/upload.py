"""Progress of a run behind a serial line: a bar for the upload, then the layers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from dwpw.run import Observer


class UploadDisplay:
    """A bar with the rate, live on a terminal; one plain line elsewhere. A context manager."""

    def __init__(self, console: Console, operators: int) -> None:
        self._console = console
        self._operators = operators
        self._started: float | None = None
        self._left = 0
        self._bars = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(24),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bars.add_task("connecting", total=None)

    def __enter__(self) -> UploadDisplay:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def on_upload(self, total: int, brought: int) -> None:
        """See `dwpw.load.runner.SerialRunner`."""
        if self._started is None:
            self._started = time.monotonic()
            self._left = total
            self._bars.update(self._task, description="uploading", total=total)
        self._left -= brought
        self._bars.advance(self._task, brought)
        if self._left == 0:
            seconds = max(time.monotonic() - self._started, 1e-3)
            self._console.print(
                f"uploaded {total:,} bytes in {seconds:.1f} s ({total / seconds / 1000:.1f} kB/s)",
                highlight=False,
                soft_wrap=True,
            )

    @property
    def observer(self) -> Observer:
        """What the run reports to."""

        def on_event(event: Mapping[str, Any]) -> None:
            if event["dwpw"] == "layer":
                done = f"{event['index'] + 1}/{self._operators} layers"
                self._bars.update(self._task, description=done)

        return Observer(on_event=on_event)
