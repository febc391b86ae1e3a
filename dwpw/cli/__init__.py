"""The command line: one file per command, all of them thin.

A command's module is imported when the command is used, so `dwpw doctor` works while packages
that other commands need are missing.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from dwpw.errors import UserError
from dwpw.paths import BUILD_ROOT
from soc.errors import ToolError
from soc.processes import end_children_on_signals, ended_by
from soc.scratch import temporary_root

BY_SIGNAL = 128
"""Exit status of a command that a signal has ended, less the signal's number, as shells have it."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

COMMANDS = (
    "compare",
    "explain",
    "report",
    "gains",
    "peers",
    "sim",
    "accuracy",
    "build",
    "load",
    "mlperf",
    "renode",
    "area",
    "model",
    "paper",
    "doctor",
)
"""`dwpw NAME` is function NAME of module `dwpw.cli.NAME`; `model` and `paper` are groups."""


class _Commands(click.Group):
    """Loads commands when they are used; turns errors of the user's making into one line."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return getattr(import_module(f"dwpw.cli.{name}"), name)

    def invoke(self, context: click.Context) -> Any:
        try:
            result = super().invoke(context)
            sys.stdout.flush()  # where a full disk shows
            return result
        except (UserError, ToolError, OSError, ModuleNotFoundError, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt) or ended_by() is not None:
                _fail(context, "interrupted", BY_SIGNAL + (ended_by() or signal.SIGINT))
            if isinstance(error, BrokenPipeError):  # whoever read our output has seen enough
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                context.exit(BY_SIGNAL + signal.SIGPIPE)
            _fail(context, f"error: {_in_words(error)}", UserError.exit_code)


def _in_words(error: Exception) -> str:
    """One line."""
    if isinstance(error, ModuleNotFoundError):
        return f"Python package {error.name} is not installed: see dwpw doctor"
    if not isinstance(error, OSError):
        return str(error)
    where = f"{error.filename}: " if error.filename else ""
    what = f"{where}{error.strerror or error}"
    if error.errno in NO_ROOM:
        what += (
            f"; free some room: temporary files go to {temporary_root()} (or TMPDIR=FOLDER),"
            f" what is built to {BUILD_ROOT}"
        )
    return what


def _fail(context: click.Context, text: str, status: int) -> None:
    with suppress(OSError):  # a terminal that hung up
        click.echo(text, err=True)
    context.exit(status)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dwpw")
def cli() -> None:
    """What custom RISC-V instructions save on an int8 MobileNet, layer by layer and bit-exact."""


def main() -> None:
    """Entry point.  Status 1 is a result (a tensor differs), so a fault of ours ends with 2."""
    end_children_on_signals()
    try:
        cli(prog_name="dwpw")
    except SystemExit:
        if ended_by() is None:
            raise
        sys.exit(BY_SIGNAL + ended_by())  # wherever it came, and whatever click made of it
    except Exception:
        traceback.print_exc()
        sys.exit(UserError.exit_code)
