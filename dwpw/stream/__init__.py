"""Operators to programs of the streaming unit (docs/stream.md): pure Python, no hardware.

A step of lowered operators becomes `UnitOperator`s (`operators`), is cut into segments (`segment`,
`choose`) and written down as commands (`write`), which get weights (`weights`), needs (`jobs`) and
an order (`model`) and become bytes (`assemble`, `program`). `replay` reads what a program takes
from its bytes.
"""
