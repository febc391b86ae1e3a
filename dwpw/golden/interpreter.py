"""The process that computes golden layers: `python -m dwpw.golden.interpreter FD`.

FD is a socket over which `dwpw.golden.process` sends jobs and takes tensors. The process ends with
the other end of the socket.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import numpy as np

from dwpw.golden.ours import Ours
from dwpw.golden.process import Batch, Job, Refusal
from dwpw.golden.segments import Segment, segments

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter


Part = tuple[Segment, "Interpreter"] | Ours
"""Of a model: what the interpreter runs, ready to run, or an operator of ours."""


def _ready(segment: Segment) -> Interpreter:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=segment.content,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    return interpreter


def _parts(job: Job) -> Iterator[Part]:
    """The model in its order, each part made when it is asked for."""
    for part in segments(job.content, job.inputs, job.ours):
        yield (part, _ready(part)) if isinstance(part, Segment) else job.ours[part]


def _outputs(job: Job, parts: Iterable[Part], tensors: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The tensors that the job asks for, with these inputs."""
    known = dict(zip(job.inputs, tensors, strict=True))
    for part in parts:
        if isinstance(part, tuple):
            _run_segment(*part, known)
        else:
            known[part.output] = part.in_the_file(known[part.input])
    return [known[number] for number in job.outputs]


def _run_segment(segment: Segment, interpreter: Interpreter, known: dict[int, np.ndarray]) -> None:
    """Add the segment's outputs to the tensors that are known, by number."""
    for number in segment.inputs:
        interpreter.set_tensor(number, known[number])
    interpreter.invoke()
    for number in segment.outputs:
        known[number] = np.ascontiguousarray(interpreter.get_tensor(number)).copy()


def run(request: Job | Batch) -> list[np.ndarray] | list[list[np.ndarray]] | Refusal:
    """The tensors that are asked for; a `Refusal` where the interpreter wants no such model."""
    try:
        if isinstance(request, Job):
            return _outputs(request, _parts(request), request.tensors)
        parts = [*_parts(request.job)]  # the same interpreters for all inputs
        return [_outputs(request.job, parts, tensors) for tensors in request.tensors]
    except (ValueError, RuntimeError) as error:
        return Refusal(" ".join(str(error).split()))


def serve(connection: Connection) -> None:
    """Answer jobs until nobody is there to ask."""
    try:
        while True:
            connection.send(run(connection.recv()))
    except (EOFError, OSError):
        # Nothing is left to be tidied up, and native destructors take their time.
        os._exit(0)


if __name__ == "__main__":
    # Ctrl-C reaches every process of a terminal; the other end decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(Connection(int(sys.argv[1])))
