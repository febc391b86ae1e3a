"""`dwpw model show`: what a model consists of, and which kernels would run it."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.console.options import json_option, output_console, target_option
from dwpw.report.jsonfile import require_writable, write_document
from dwpw.report.survey_table import print_survey, survey_json
from dwpw.survey import survey
from dwpw.target.target import Target


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@target_option
@json_option
def show(model: Path, target: Target, json_path: Path | None) -> None:
    """List the operators of MODEL with their shapes, costs and kernels.

    Operators that dwpw does not run are listed too, with the reason, and change no exit status.
    """
    found = survey(model, target)
    if json_path is not None:
        require_writable(json_path)
    print_survey(found, output_console())
    if json_path is not None:
        write_document(survey_json(found), json_path)
