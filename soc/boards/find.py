"""A board by its name."""

from __future__ import annotations

import difflib

from soc.boards.catalogue import BY_NAME
from soc.boards.entry import Board
from soc.boards.foreign import ForeignBoard, targets
from soc.errors import ToolError


def find_board(name: str) -> Board | ForeignBoard:
    """An entry of ours, else a target of litex_boards."""
    if name in BY_NAME:
        return BY_NAME[name]
    known = targets()
    if name in known:
        return ForeignBoard(name)
    names = [*BY_NAME, *known]
    close = [one for one in names if name in one] or difflib.get_close_matches(name, names)
    hint = f"; did you mean {' or '.join(close[:3])}?" if close else ""
    raise ToolError(
        f"unknown board '{name}'{hint} (boards: {', '.join(BY_NAME)}, and every target of"
        " litex_boards)"
    )
