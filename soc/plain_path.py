"""Names of files that make can work with, for checkouts in folders that have spaces in theirs.

make takes a space for the end of a name, and other characters for its own; Verilator's makefiles
and LiteX's are full of absolute names.  So these tools see such a folder through a symbolic link
that lies among the temporary files.  Its name follows from the folder's, and so stays the same.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from soc.errors import ToolError
from soc.paths import REPOSITORY

PLAIN = re.compile(r"[\w./+@,=~-]*")
"""What neither make nor a shell takes for anything but part of a name."""


def plain(path: Path) -> Path:
    """The same file by a plain name, which is its own where that is plain."""
    if PLAIN.fullmatch(str(path)):
        return path
    # One link for everything in the checkout, so that names in it stay relative to each other.
    folder = REPOSITORY if path.is_relative_to(REPOSITORY) else path.parent
    name = path.relative_to(folder)
    if not PLAIN.fullmatch(str(name)):
        raise ToolError(f"{path}: make cannot work with this name; rename it without spaces")
    return _link(folder) / name


def _link(folder: Path) -> Path:
    """The link to a folder, made when it is not there yet."""
    links = Path(tempfile.gettempdir()) / f"dwpw-links-{os.getuid()}"
    link = links / hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    if not PLAIN.fullmatch(str(links)):
        raise ToolError(
            f"{folder}: make cannot work in a folder of this name, nor among the temporary files in"
            f" {links.parent}; move the checkout, or name another folder: TMPDIR=FOLDER dwpw ..."
        )
    try:
        links.mkdir(mode=0o700, exist_ok=True)
        if links.stat().st_uid != os.getuid():
            raise ToolError(f"{links}: belongs to somebody else; remove it")
        if not link.is_symlink():
            # Several may do this at the same time: each renames a link of its own.
            own = links / f"{link.name}.{os.getpid()}"
            own.symlink_to(folder)
            own.rename(link)
    except OSError as error:
        raise ToolError(f"{link}: cannot be linked to {folder}: {error.strerror}") from error
    return link
