"""What the words of `Operator.param` mean to kernels of set `stream`."""

from __future__ import annotations

from enum import IntEnum


class StreamProgramParam(IntEnum):
    """Of stream/program: a step's first operator, whose `weights` are the program."""

    MEMORY_LIST = 0  # bytes from the program's start to the memory engine's commands
    COMPUTE_LIST = 1  # the same of the compute engine's
    STAMPS = 2  # bytes from the scratch memory's start to the ages at which parts were done
    PARTS = 3  # how many those are, words of 64 bits


PARAMS = (StreamProgramParam,)
