"""`dwpw model`: models without running them."""

from __future__ import annotations

import click

from dwpw.cli.model_make import make
from dwpw.cli.model_show import show


@click.group()
def model() -> None:
    """Make models to order, or look at one."""


model.add_command(make)
model.add_command(show)
