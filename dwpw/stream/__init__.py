"""Operators to programs of the streaming unit (docs/stream.md): pure Python, no hardware.

A step of lowered operators becomes `UnitOperator`s (`operators`), is cut into segments (`segment`,
`choose`), written down as commands (`write`), which get weights (`weights`), an order (`jobs`,
`model`) and become bytes (`program`).
"""
