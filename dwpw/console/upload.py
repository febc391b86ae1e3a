"""Progress of a run behind a serial line: a bar for the upload, then the layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from dwpw.console.progress import PlainLines
from dwpw.jobs import Job, Observer


class UploadDisplay:
    """A bar with the rate, live on a terminal; plain lines elsewhere. A context manager."""

    def __init__(self, console: Console, job: Job) -> None:
        self._console = console
        self._job = job
        self._lines: PlainLines | None = None
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
        """See `dwpw.serialport.runner.SerialRunner`."""
        if self._lines is None:
            self._lines = PlainLines(self._console)
            self._left = total
            self._bars.update(self._task, description="uploading", total=total)
        self._left -= brought
        self._bars.advance(self._task, brought)
        self._lines.say_now_and_then(f"uploading: {total - self._left:,} of {total:,} bytes")
        if self._left == 0:
            seconds = max(self._lines.seconds, 1e-3)
            self._console.print(
                f"uploaded {total:,} bytes in {seconds:.1f} s ({total / seconds / 1000:.1f} kB/s)",
                highlight=False,
                soft_wrap=True,
            )

    @property
    def observer(self) -> Observer:
        """What the run reports to."""
        count = len(self._job.plan.steps)
        lines = PlainLines(self._console)

        def on_event(event: Mapping[str, Any]) -> None:
            if event["dwpw"] == "layer":
                done = f"{event['index'] + 1}/{count} layers"
                self._bars.update(self._task, description=done)
                lines.say_now_and_then(f"{self._job.name}: {done}")

        return Observer(on_event=on_event)
