"""The one error that this room raises for its users."""

from __future__ import annotations


class ToolError(Exception):
    """A needed program is missing or failed: one line that names it and the remedy."""
