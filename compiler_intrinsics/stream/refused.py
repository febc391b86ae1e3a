"""Why a command was not carried out."""

from __future__ import annotations

from .commands import Status


class Refused(Exception):
    """A command that cannot be carried out; `status` says why."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status
