"""Windows over maps of pixels: where they begin, and the halo that they read around a map."""

from __future__ import annotations

from dataclasses import dataclass

from dwpw.kernels.packing import LoweredOperator


@dataclass(frozen=True)
class Window:
    """A window that moves over a padded map.

    size, stride, dilation: (h, w).
    top, left, bottom, right: rows and columns around the map that it reads.
    """

    size: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    top: int
    left: int
    bottom: int
    right: int

    @property
    def span(self) -> tuple[int, int]:
        """Rows and columns from the first tap to the last, both included."""
        heights, widths = (
            (size - 1) * dilation + 1
            for size, dilation in zip(self.size, self.dilation, strict=True)
        )
        return heights, widths

    def rows_of(self, outputs: range) -> range:
        """Rows of the input, those of the halo included, that rows of outputs are made from."""
        first = outputs.start * self.stride[0] - self.top
        return range(first, (outputs.stop - 1) * self.stride[0] - self.top + self.span[0])


def window_of(op: LoweredOperator) -> Window:
    """The operator's own; all of the map for MEAN."""
    size = op.input_shape[:2] if op.kind == "MEAN" else op.kernel
    behind = []
    for axis in range(2):
        span = (size[axis] - 1) * op.dilation[axis] + 1
        end = (op.output_shape[axis] - 1) * op.stride[axis] - op.pad[axis] + span
        behind.append(max(0, end - op.input_shape[axis]))
    return Window(size, op.stride, op.dilation, *op.pad, *behind)
