"""`dwpw paper table`: the MobileNet paper's costs, counted."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.console.options import json_option, output_console
from dwpw.paper import counted
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.report.paper_table import paper_table_json, print_paper_table


@click.command()
@json_option
def table(json_path: Path | None) -> None:
    """Count multiply-adds and parameters of the networks that the MobileNet paper compares."""
    if json_path is not None:
        require_writable(json_path)
    rows = counted()
    print_paper_table(rows, output_console())
    if json_path is not None:
        write_document(paper_table_json(rows), json_path)
