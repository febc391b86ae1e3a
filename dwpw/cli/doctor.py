"""`dwpw doctor`: what is installed, which versions, what is missing and what installs it."""

from __future__ import annotations

import click

from dwpw.errors import UserError
from dwpw.health import Finding, examine

HEADING = ("", "what", "found", "wanted", "for")


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Show what is installed and what is missing; exit status 2 if something needed is missing."""
    findings = examine()
    for line in table_lines(findings):
        click.echo(line)
    click.echo()
    commands = list(dict.fromkeys(f.remedy for f in findings if f.needed and not f.satisfied))
    if not commands:
        click.echo("Everything that is needed is installed.")
        return
    click.echo("Missing or of another version; these commands install it:")
    for command in commands:
        click.echo(f"  {command}")
    context.exit(UserError.exit_code)


def table_lines(findings: list[Finding]) -> list[str]:
    """One line per program and package. Plain text: rich may be what is missing."""
    rows = [HEADING, *(_row(finding) for finding in findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADING))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _row(finding: Finding) -> tuple[str, ...]:
    if finding.satisfied:
        mark = "ok"
    elif finding.needed:
        mark = "DIFFERS" if finding.found else "MISSING"
    else:
        mark = "differs" if finding.found else "absent"
    found, wanted = finding.found or "-", finding.wanted or "any"
    return mark, finding.name, found, wanted, finding.purpose
