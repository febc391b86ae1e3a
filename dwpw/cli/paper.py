"""`dwpw paper`: what the MobileNet paper claims, checked (arXiv 1704.04861)."""

from __future__ import annotations

import click

from dwpw.cli.paper_separable import separable
from dwpw.cli.paper_table import table


@click.group()
def paper() -> None:
    """Check what the MobileNet paper claims."""


paper.add_command(table)
paper.add_command(separable)
