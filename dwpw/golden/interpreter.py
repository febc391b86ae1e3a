"""The process that computes golden layers: `python -m dwpw.golden.interpreter FD`.

FD is a socket over which `dwpw.golden.process` sends jobs and takes tensors. The process ends with
the other end of the socket.
"""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing.connection import Connection

import numpy as np

from dwpw.golden.process import Job, Refusal
from dwpw.golden.segments import Segment, segments


def _run_segment(segment: Segment, known: dict[int, np.ndarray]) -> None:
    """Add the segment's outputs to the tensors that are known, by number."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=segment.content,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    for number in segment.inputs:
        interpreter.set_tensor(number, known[number])
    interpreter.invoke()
    for number in segment.outputs:
        known[number] = np.ascontiguousarray(interpreter.get_tensor(number)).copy()


def run(job: Job) -> list[np.ndarray] | Refusal:
    """The tensors that the job asks for; a `Refusal` where the interpreter wants no such model."""
    known = {job.input: job.tensor}
    try:
        for part in segments(job.content, job.input, job.ours):
            if isinstance(part, Segment):
                _run_segment(part, known)
            else:
                operator = job.ours[part]
                known[operator.output] = operator.in_the_file(known[operator.input])
    except (ValueError, RuntimeError) as error:
        return Refusal(" ".join(str(error).split()))
    return [known[number] for number in job.outputs]


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
