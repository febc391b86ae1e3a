"""Operators that the interpreter does not compute as a device does, computed here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Ours(ABC):
    """An operator in integers.

    input, output: numbers of its tensors; shape: of its output.
    """

    input: int
    output: int
    shape: tuple[int, ...]

    @abstractmethod
    def __call__(self, tensor: np.ndarray) -> np.ndarray:
        """The int8 output for an int8 input."""

    def in_the_file(self, tensor: np.ndarray) -> np.ndarray:
        """The output as the file has it: uint8 where the input is."""
        if tensor.dtype == np.uint8:
            return self((tensor ^ np.uint8(0x80)).view(np.int8)).view(np.uint8) ^ np.uint8(0x80)
        return self(tensor)
