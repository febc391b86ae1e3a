"""Room in the activation memory between the tensors that stay there."""

from __future__ import annotations

from dataclasses import dataclass

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.stream.place import Planes


@dataclass
class Room:
    """Words of the activation memory between tensors that stay."""

    start: int
    stop: int

    @classmethod
    def beside(cls, geometry: Geometry, *tensors: Planes | None) -> Room:
        """What such tensors, which lie at both ends, leave free."""
        start, stop = 0, geometry.activation_words
        for tensor in tensors:
            if tensor is not None and tensor.base == 0:
                start = tensor.words
            elif tensor is not None:
                stop = tensor.base
        return cls(start, stop)

    def take(self, room: Planes, count: int) -> list[Planes]:
        """So many of these, one behind the other."""
        taken = [room.moved(self.start + number * room.words) for number in range(count)]
        self.start += count * room.words
        assert self.start <= self.stop, "the segment was chosen to fit"
        return taken
