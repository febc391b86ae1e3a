"""Kernel stream/program: which steps the unit takes, and their programs as constants."""

from __future__ import annotations

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_stream import StreamProgramParam
from dwpw.stream.choose import fits
from dwpw.stream.operators import is_packed, unit_operator
from dwpw.stream.program import make_program


def accepts(geometry: Geometry, *operators: LoweredOperator) -> bool:
    """Each operator is one that the unit can do and has the memory for.

    Within a step no rows are kept as bytes: results come in words of 8 channels.
    """
    return not any(map(is_packed, operators[1:])) and all(
        takes(geometry, operator) for operator in operators
    )


def takes(geometry: Geometry, operator: LoweredOperator) -> bool:
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
        },
        relocations=program.relocations,
    )
    return first, *(PackedConstants() for _ in operators[1:])
