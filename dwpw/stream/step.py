"""Kernel stream/program: which steps the unit takes, and their programs as constants."""

from __future__ import annotations

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_stream import StreamProgramParam
from dwpw.stream.choose import fits
from dwpw.stream.operators import is_packed, unit_operator
from dwpw.stream.program import make_program


def takes(geometry: Geometry, *operators: LoweredOperator) -> int:
    """How many of a chain of operators, from the first one on, are a step of the unit's."""
    for place, operator in enumerate(operators):
        # Results come in words of 8 channels, so only the first one can have others.
        if (place and is_packed(operator)) or not accepts(geometry, operator):
            return place
    return len(operators)


def accepts(geometry: Geometry, operator: LoweredOperator) -> bool:
    """Whether the unit can do the operator by itself, in however small pieces."""
    made = unit_operator(geometry, operator)
    return made is not None and fits(geometry, made)


def pack(
    geometry: Geometry, *operators: LoweredOperator, traced: bool = False
) -> tuple[PackedConstants, ...]:
    """The program is the first operator's `weights`; the others have no constants.

    traced: the program also stores the tensors between the operators.
    """
    program = make_program(geometry, operators, traced)
    first = PackedConstants(
        weights=program.blob,
        scratch_bytes=program.scratch_bytes,
        param={
            StreamProgramParam.MEMORY_LIST: program.memory_list,
            StreamProgramParam.COMPUTE_LIST: program.compute_list,
            StreamProgramParam.STAMPS: program.stamps,
            StreamProgramParam.PARTS: len(program.segments),
        },
        parts=tuple(len(segment.operators) for segment in program.segments),
        relocations=program.relocations,
        commands=program.commands,
    )
    return first, *(PackedConstants() for _ in operators[1:])
