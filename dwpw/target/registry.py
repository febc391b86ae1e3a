"""Targets by name: those of ours, with other sizes if wanted, and those of other packages."""

from __future__ import annotations

from importlib import import_module

from dwpw.errors import UserError
from dwpw.target.simd import SIMD, SIMD_OF_FEW_BLOCKS
from dwpw.target.stream import SMALL_STREAM, STREAM
from dwpw.target.target import Target
from dwpw.target.unit import Unit

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target(f"simd-{SIMD.geometry.lanes}", (SIMD,)),
        # In the SoC it has all the block RAMs of its FPGA but one.
        Target(f"stream-{SMALL_STREAM.geometry.lanes}", (SIMD_OF_FEW_BLOCKS, SMALL_STREAM)),
        Target(f"stream-{STREAM.geometry.lanes}", (SIMD, STREAM)),
        Target(f"stream-{SMALL_STREAM.geometry.lanes}-only", (SMALL_STREAM,)),
    )
}
"""Name -> target; what commands iterate over."""

DEFAULT_TARGET = next(iter(TARGETS))
"""The name of the target that commands take unless told otherwise."""


def find_target(text: str) -> Target:
    """The target of "NAME", "NAME,SIZE=VALUE,..." or "package.module:VARIABLE[,SIZE=VALUE,...]".

    A size that several units have is written UNIT.SIZE.
    """
    name, *changes = text.split(",")
    target = _of_module(name) if ":" in name else TARGETS.get(name)
    if target is None:
        raise UserError(f"unknown target '{name}' (known: {', '.join(TARGETS)}, or MODULE:NAME)")
    if not changes:
        return target
    units = {unit.name: unit for unit in target.units}
    wanted: dict[str, dict[str, int]] = {unit: {} for unit in units}
    for change in changes:
        size, _, value = change.partition("=")
        unit, field = _owner(target, size.strip())
        if not value.strip().isdecimal():
            raise UserError(f"size '{field}' of {unit.name} must be a number, not '{value}'")
        wanted[unit.name][field] = int(value)
    resized = tuple(unit.resized(wanted[unit.name]) for unit in target.units)
    return Target(text, resized, target.cpu, target.memory, target.clock_hz, target.main_ram)


def _owner(target: Target, size: str) -> tuple[Unit, str]:
    """The unit that has a size, and the size's name there."""
    wanted, _, field = size.rpartition(".")
    owners = [unit for unit in target.units if field in unit.sizes and wanted in ("", unit.name)]
    if len(owners) > 1:
        names = " or ".join(f"{unit.name}.{field}" for unit in owners)
        raise UserError(f"size '{field}' of target {target.name} is not clear: write {names}")
    if not owners:
        known = ", ".join(target.sizes) or "none"
        raise UserError(f"target {target.name} has no size '{size}' (it has: {known})")
    return owners[0], field


def _of_module(text: str) -> Target:
    """A target that another package defines."""
    module, _, variable = text.partition(":")
    try:
        found = getattr(import_module(module), variable)
    except Exception as error:  # it is somebody else's module, which may fail as it likes
        raise UserError(f"target {text}: cannot be imported: {error}") from error
    if not isinstance(found, Target):
        raise UserError(
            f"target {text}: is no dwpw.target.target.Target, but {type(found).__name__}"
        )
    return found
