"""The command line: one file per command, all of them thin.

A command's module is imported when the command is used, so `dwpw doctor` works while packages
that other commands need are missing.
"""

from __future__ import annotations

import signal
from importlib import import_module
from typing import Any

import click

from dwpw.errors import UserError
from soc.errors import ToolError

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 + SIGINT."""
TERMINATED = 143

COMMANDS = ("compare", "explain", "gains", "sim", "build", "load", "area", "doctor")
"""`dwpw NAME` is function NAME of module `dwpw.cli.NAME`."""


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
            return super().invoke(context)
        except (UserError, ToolError) as error:
            _fail(context, f"error: {error}", UserError.exit_code)
        except ModuleNotFoundError as error:
            text = f"error: Python package {error.name} is not installed: see dwpw doctor"
            _fail(context, text, UserError.exit_code)
        except KeyboardInterrupt:
            _fail(context, "interrupted", INTERRUPTED)


def _fail(context: click.Context, text: str, status: int) -> None:
    click.echo(text, err=True)
    context.exit(status)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dwpw")
def cli() -> None:
    """What custom RISC-V instructions save on an int8 MobileNet, layer by layer and bit-exact."""


def _terminate(_signal: int, _frame: object) -> None:
    raise SystemExit(TERMINATED)


def main() -> None:
    """Entry point; SIGTERM unwinds like Ctrl-C, so that no simulator outlives us."""
    signal.signal(signal.SIGTERM, _terminate)
    cli(prog_name="dwpw")
