"""The one exception that the user sees without a traceback."""

from __future__ import annotations


class UserError(Exception):
    """Bad input or set-up: one clear line that names the culprit and the remedy (exit code 2)."""

    exit_code = 2
