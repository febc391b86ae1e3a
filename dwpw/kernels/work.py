"""What a kernel must do at the least: the lower bound that a measured layer is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Resource:
    """Something that a kernel keeps busy for some cycles.

    name: for tables and JSON, such as "array".  document: what takes one of its cycles.
    """

    name: str
    document: str


ISSUE = Resource("issue", "an instruction of the CPU: a load, a store or a custom instruction")
LOADS = Resource("loads", "a load; part of `issue`")
STORES = Resource("stores", "a store; part of `issue`")
PORT = Resource("port", "a custom instruction; part of `issue`")
CPU_RESOURCES = (ISSUE, LOADS, STORES, PORT)
"""Of a CPU that issues one instruction per cycle; a unit has its own besides."""


@dataclass(frozen=True)
class Work:
    """The inner work of one operator, as its kernel divides it; no addresses, no loops.

    cycles: name of a resource -> cycles that it is needed for.  Resources work at the same time.
    """

    cycles: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def needs(**cycles: int) -> Work:
        """Work on the resources of these names."""
        return Work({name: count for name, count in cycles.items() if count})

    @staticmethod
    def issued(loads: int = 0, port: int = 0, stores: int = 0) -> Work:
        """Instructions of the CPU."""
        return Work.needs(issue=loads + port + stores, loads=loads, port=port, stores=stores)

    def __add__(self, other: Work) -> Work:
        names = dict.fromkeys((*self.cycles, *other.cycles))
        return Work({name: self.of(name) + other.of(name) for name in names})

    def __mul__(self, times: int) -> Work:
        return Work.needs(**{name: count * times for name, count in self.cycles.items()})

    def of(self, resource: str) -> int:
        """Cycles that the resource is needed for."""
        return self.cycles.get(resource, 0)

    @property
    def instructions(self) -> int:
        """Cycles that the CPU needs: one per instruction."""
        return self.of(ISSUE.name)

    @property
    def bound(self) -> int:
        """Cycles that the operator needs: those of the resource that is needed the longest."""
        return max(self.cycles.values(), default=0)

    @property
    def binding(self) -> str:
        """Name of that resource; empty where there is no work."""
        return max(self.cycles, key=self.of, default="")
