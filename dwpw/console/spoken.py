"""The command that is running, as one would type it again."""

from __future__ import annotations

import shlex

import click
from click.core import ParameterSource


def command_line(context: click.Context) -> str:
    """`dwpw NAME ARGUMENT --option VALUE ...`: what was given, with the long names of options."""
    arguments: list[str] = []
    options: list[str] = []
    for parameter in context.command.params:
        if context.get_parameter_source(parameter.name) is not ParameterSource.COMMANDLINE:
            continue
        value = context.params[parameter.name]
        values = value if isinstance(value, tuple) else (value,)
        if isinstance(parameter, click.Argument):
            arguments += map(str, values)
            continue
        name = max(parameter.opts, key=len)
        if parameter.is_flag:
            options.append(name if value else max(parameter.secondary_opts, key=len))
        else:
            for one in values:
                options += [name, str(one)]
    return shlex.join(["dwpw", context.command.name, *arguments, *options])
