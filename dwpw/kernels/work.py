"""What a kernel must do at the least: the lower bound that a measured layer is compared with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """The inner work of one operator, as its kernel divides it; no addresses, no loops.

    loads, stores: memory instructions of the CPU.
    custom: instructions of the extension.
    words: words that the extension's MAC array takes, one per cycle.
    results: packed results that its requantiser makes, `RESULT_CYCLES` apart.
    """

    loads: int = 0
    custom: int = 0
    stores: int = 0
    words: int = 0
    results: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            loads=self.loads + other.loads,
            custom=self.custom + other.custom,
            stores=self.stores + other.stores,
            words=self.words + other.words,
            results=self.results + other.results,
        )

    def __mul__(self, times: int) -> Work:
        return Work(
            loads=self.loads * times,
            custom=self.custom * times,
            stores=self.stores * times,
            words=self.words * times,
            results=self.results * times,
        )

    @property
    def instructions(self) -> int:
        """Cycles that the CPU needs: one per instruction."""
        return self.loads + self.custom + self.stores

    @property
    def array_cycles(self) -> int:
        """Cycles that the extension needs."""
        return max(self.words, RESULT_CYCLES * self.results)

    @property
    def bound(self) -> int:
        """Cycles that the operator needs: CPU and extension work at the same time."""
        return max(self.instructions, self.array_cycles)


RESULT_CYCLES = 4
"""The requantiser takes the four accumulators of a result one by one (`rtl_ext.simd.sequencer`)."""
