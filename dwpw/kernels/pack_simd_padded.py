"""Kernel of set `simd` for PAD and the convolution behind it: which it takes, and their constants.

A convolution pads with its input's zero point.  Where PAD does too, both are one convolution with
more padding, which has a kernel of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dwpw.image.format import PadParam
from dwpw.kernels.packing import KernelRule, LoweredOperator, PackedConstants
from dwpw.kernels.param_simd import SimdPaddedKernel, SimdPaddedParam
from dwpw.kernels.work import Work

PADDED = ("CONV_2D", "DEPTHWISE_CONV_2D", "CONV_WIDE", "DEPTHWISE_WIDE")
"""Kinds of convolutions."""


def _both(pad: LoweredOperator, conv: LoweredOperator) -> LoweredOperator:
    """The convolution with the padding of both."""
    padding = tuple(sum(pair) for pair in zip(pad.pad, conv.pad, strict=True))
    return replace(conv, input_shape=pad.input_shape, pad=padding)


def _sees_input(op: LoweredOperator) -> bool:
    """Every window has a part inside the input."""

    def along(axis: int) -> bool:
        reach = (op.kernel[axis] - 1) * op.dilation[axis] + 1
        last = (op.output_shape[axis] - 1) * op.stride[axis] - op.pad[axis]
        return op.pad[axis] < reach and last < op.input_shape[axis]

    return along(0) and along(1)


def _fit_together(pad: LoweredOperator, conv: LoweredOperator) -> bool:
    """Channels stay, and PAD pads as the convolution does."""
    return (
        pad.kind == "PAD"
        and conv.kind in PADDED
        and pad.input_shape[2] == pad.output_shape[2]
        and pad.param[PadParam.PAD_VALUE] == -conv.input_offset
        and _sees_input(_both(pad, conv))
    )


def padded(rules: Sequence[KernelRule]) -> KernelRule:
    """The rule for what these rules take with more padding."""
    by_name = {rule.name: rule for rule in rules}
    kernels = {kernel: by_name[f"simd/{kernel.name.lower()}"] for kernel in SimdPaddedKernel}

    def find(both: LoweredOperator) -> SimdPaddedKernel | None:
        taking = (kernel for kernel, rule in kernels.items() if rule.accepts(both))
        return next((kernel for kernel in taking if not kernels[kernel].lacks), None)

    def accepts(pad: LoweredOperator, conv: LoweredOperator) -> bool:
        return _fit_together(pad, conv) and find(_both(pad, conv)) is not None

    def pack(
        pad: LoweredOperator, conv: LoweredOperator
    ) -> tuple[PackedConstants, PackedConstants]:
        both = _both(pad, conv)
        kernel = find(both)
        first = PackedConstants(param={SimdPaddedParam.KERNEL: int(kernel)})
        return first, kernels[kernel].pack(both)

    def work(
        pad: LoweredOperator,
        conv: LoweredOperator,
        first: PackedConstants,
        second: PackedConstants,
    ) -> Work:
        kernel = kernels[SimdPaddedKernel(first.param[SimdPaddedParam.KERNEL])]
        return kernel.work(_both(pad, conv), second)

    return KernelRule("simd/padded", accepts, pack, work, window=2)
