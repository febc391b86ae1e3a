"""Sizes of the streaming unit: the one place where they are written down."""

from __future__ import annotations

from dataclasses import dataclass

GROUPS = 8
"""Output channels at once: a word of activations has a byte for each."""

ACCUMULATOR_BYTES = 4
PARAMETER_BYTES = 9
"""Of an output channel: bias and multiplier of 4 bytes each, and a shift."""

LEFT_BITS = 1
"""Of a shift to the left, which is 0 or 1: scales of 2 and more, results finer than accumulators,
are not worth their logic in every requantiser."""

MOST_LEFT = (1 << LEFT_BITS) - 1

PARAMETER_BLOCK = GROUPS * PARAMETER_BYTES
"""Bytes: the biases of a group's channels, their multipliers, their shifts."""

TAPS = (1, 2, 4, 8)
"""Products that may be added into an accumulator in a cycle."""

WIDEST_WINDOW = 4
"""Pixels side by side that a depthwise step reads at most: banks of the activation memory."""

MOST_WORDS = 1 << 14
"""Of activations: addresses in commands have so many places."""

MOST_ENTRIES = 1 << 14


@dataclass(frozen=True)
class Geometry:
    """Sizes that change no command's meaning, only what fits and how long it takes.

    Attributes:
        taps: products per accumulator and cycle; `GROUPS` times as many lanes.
        requantisers: values that are scaled in a cycle.
        activation_words: words of 8 bytes of the activation memory.
        weight_entries: entries of the weight memory, a weight for each lane in each.

    Raises ValueError, naming the size, for one that the hardware cannot have.
    """

    taps: int = 4
    requantisers: int = 4
    activation_words: int = 8192
    weight_entries: int = 2048

    def __post_init__(self) -> None:
        if self.taps not in TAPS:
            raise ValueError(f"taps must be one of {', '.join(map(str, TAPS))}, not {self.taps}")
        if self.requantisers not in (1, 2, 4, 8):
            raise ValueError(f"requantisers must be 1, 2, 4 or 8, not {self.requantisers}")
        most = {"activation_words": MOST_WORDS, "weight_entries": MOST_ENTRIES}
        for name, limit in most.items():
            value = getattr(self, name)
            if not 16 <= value <= limit or value & (value - 1):
                raise ValueError(f"{name} must be a power of two of 16..{limit}, not {value}")

    @property
    def groups(self) -> int:
        """Accumulators: output channels at once."""
        return GROUPS

    @property
    def lanes(self) -> int:
        """Multipliers of the MAC array."""
        return self.groups * self.taps

    @property
    def banks(self) -> int:
        """Banks of the activation memory; word w lies in bank w modulo banks."""
        return min(self.taps, WIDEST_WINDOW)

    @property
    def entry_bytes(self) -> int:
        """Bytes of an entry of the weight memory."""
        return self.lanes

    @property
    def parameter_entries(self) -> int:
        """Entries that hold the parameters of a group of channels."""
        return -(-PARAMETER_BLOCK // self.entry_bytes)

    @property
    def result_cycles(self) -> int:
        """Cycles in which the accumulators of a result are scaled: a result takes no fewer."""
        return GROUPS // self.requantisers
