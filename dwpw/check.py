"""The first wrong element of a run, from a dump of every tensor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dwpw.errors import UserError
from dwpw.golden import GoldenLayer
from dwpw.model import Graph, Operator


@dataclass(frozen=True)
class WrongElement:
    """index: position in the tensor's shape (NHWC); wrong: elements that differ, of `elements`."""

    operator: Operator
    index: tuple[int, ...]
    got: int
    wanted: int
    wrong: int
    elements: int

    def __str__(self) -> str:
        return (
            f"{self.operator}: first wrong element at {list(self.index)}: got {self.got},"
            f" wanted {self.wanted} ({self.wrong:,} of {self.elements:,} elements differ)"
        )


def first_wrong_element(
    graph: Graph, golden: Sequence[GoldenLayer], dumped: Iterable[bytes]
) -> WrongElement | None:
    """Compare the tensors of all operators, in the order in which they were computed."""
    tensors = list(dumped)
    if len(tensors) != len(graph.operators):
        raise UserError(f"{len(tensors)} of {len(graph.operators)} tensors were dumped")
    for operator, layer, content in zip(graph.operators, golden, tensors, strict=True):
        wanted = layer.tensor
        if len(content) != wanted.size:
            raise UserError(f"{operator}: {len(content)} of {wanted.size} bytes were dumped")
        got = np.frombuffer(content, np.int8).reshape(wanted.shape)
        different = got != wanted
        if different.any():
            index = tuple(int(i) for i in np.argwhere(different)[0])
            return WrongElement(
                operator=operator,
                index=index,
                got=int(got[index]),
                wanted=int(wanted[index]),
                wrong=int(different.sum()),
                elements=wanted.size,
            )
    return None
