"""Configurations of the extension, as the command line names them."""

from __future__ import annotations

from compiler_intrinsics.simd.geometry import DEFAULT, Geometry
from dwpw.errors import UserError

EXTENSION = "simd"


def parse_extension(text: str) -> Geometry:
    """Sizes of "simd" or "simd,FIELD=SIZE,..."."""
    name, *changes = text.split(",")
    if name != EXTENSION:
        raise UserError(f"unknown extension '{name}' (known: {EXTENSION})")
    sizes = vars(DEFAULT).copy()
    for change in changes:
        field, _, size = change.partition("=")
        if field not in sizes:
            raise UserError(f"extension {name} has no size '{field}' (it has: {', '.join(sizes)})")
        if not size.isdecimal():
            raise UserError(f"size of '{field}' must be a number, not '{size}'")
        sizes[field] = int(size)
    try:
        return Geometry(**sizes)
    except ValueError as error:
        raise UserError(f"extension {text}: {error}") from error
