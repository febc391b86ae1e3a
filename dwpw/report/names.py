"""Short names of operators and kernels for tables."""

from __future__ import annotations

from collections.abc import Sequence

from dwpw.comparison import ComparedLayer, ComparedPart, ComparedRun
from dwpw.model.edges import HOST_KERNEL

OPERATORS = {
    "CONV_2D": "conv",
    "DEPTHWISE_CONV_2D": "dw",
    "FULLY_CONNECTED": "fc",
    "AVERAGE_POOL_2D": "avgpool",
    "MAX_POOL_2D": "maxpool",
    "CONCATENATION": "concat",
    "RESIZE_NEAREST_NEIGHBOR": "resize near",
    "RESIZE_BILINEAR": "resize lin",
}

KERNELS = {
    "conv_pointwise": "pw",
    "conv_rows": "rows",
    "conv_patches": "patch",
    "conv_wide": "wide",
    "depthwise_window": "window",
    "depthwise_conv": "dw",
    "depthwise_3x3": "dw3x3",
    "fully_connected": "fc",
    "average_pool": "pool",
}


MOST_NAMED = 2
"""Operators of a step."""


def operator_name(kind: str, window: str) -> str:
    """Kind with window and stride: "dw 3x3/2"."""
    return f"{OPERATORS.get(kind, kind.lower())} {window}".strip()


def layer_name(layer: ComparedLayer | ComparedPart) -> str:
    """The names of its operators: "dw 3x3 + conv 1x1"."""
    return step_name([operator_name(one.kind, one.window) for one in layer.operators])


def step_name(operators: Sequence[str]) -> str:
    """The names of operators that are one step; of many the first and the last one."""
    if len(operators) <= MOST_NAMED:
        return " + ".join(operators)
    return f"{operators[0]} .. {operators[-1]} ({len(operators)})"


def shape_name(shape: Sequence[int]) -> str:
    """Without the batch: "48x48x8"."""
    return "x".join(str(size) for size in (shape[1:] or shape))


def kernel_name(kernel: str, wanted_set: str) -> str:
    """Without the set that was asked for; a fallback keeps the first letter of its own."""
    if kernel == HOST_KERNEL:
        return kernel
    kernel_set, name = kernel.split("/")
    short = KERNELS.get(name, name)
    return short if kernel_set == wanted_set else f"{kernel_set[0]}:{short}"


def kernel_names(layers: Sequence[ComparedLayer], runs: Sequence[ComparedRun]) -> str:
    """The kernels that ran one layer, set by set; "=" is the same as the one before."""
    names = []
    before = None
    for layer, run in zip(layers, runs, strict=True):
        same = layer.kernels == before
        names.append("=" if same else layer_kernels(layer, run.kernels))
        before = layer.kernels
    return " ".join(names)


def layer_kernels(layer: ComparedLayer, wanted_set: str) -> str:
    """The kernels of a layer's steps: "dw3x3+pw"."""
    return "+".join(kernel_name(kernel, wanted_set) for kernel in layer.kernels)


def fallbacks(run: ComparedRun) -> dict[str, int]:
    """Kernels of a simpler set that ran in this set's place, with how many operators."""
    counts: dict[str, int] = {}
    for layer in run.layers:
        for kernel in layer.kernels:
            if not kernel.startswith(f"{run.kernels}/"):
                counts[kernel] = counts.get(kernel, 0) + len(layer.operators)
    return counts
