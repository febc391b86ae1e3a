"""The streaming unit with small memories, as a SoC is built with it."""

from __future__ import annotations

from dwpw.target.registry import find_target

NAME = "stream-32,stream.activation_words=1024,stream.weight_entries=512"
TARGET = find_target(NAME)
UNITS = tuple(unit.hardware for unit in TARGET.units)
"""As the SoC is built with."""
(GEOMETRY,) = (unit.geometry for unit in TARGET.units if unit.name == "stream")
