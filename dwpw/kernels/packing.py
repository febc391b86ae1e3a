"""What a kernel brings to the planner: a predicate, and a packer of its constants.

The planner lowers every operator of the graph to a `LoweredOperator`: shapes, windows and the
integer arithmetic of the TFLite reference kernels, nothing left in floating point.  Each kernel
set has one module, `dwpw/kernels/pack_SET.py`, whose rules list its kernels, the most special one
first.  The planner takes the first rule that accepts the operator and calls its packer::

    def is_pointwise(op: LoweredOperator) -> bool: ...
    def pack_pointwise(op: LoweredOperator) -> PackedConstants: ...

    RULES = (KernelRule("simd/conv_pointwise", is_pointwise, pack_pointwise), ...)

A kernel may take several operators at once, one behind the other, and keep what lies between them
to itself; the functions of its rule then take as many operators::

    def pack_separable(depthwise: LoweredOperator, pointwise: LoweredOperator)
        -> tuple[PackedConstants, PackedConstants]: ...

Where a kernel takes any number of operators up to `window`, `takes` says how many.

Everything in the image record that a packer does not override comes from the lowered operator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dwpw.image.limits import MAX_STEP
from dwpw.kernels.work import Work


@dataclass(frozen=True)
class LoweredOperator:
    """One operator in integers: what predicates and packers look at.

    Tensors are NHWC with N = 1; a tensor of rank 2 (after FULLY_CONNECTED, say) has h = w = 1.

    index: operator index in the .tflite file.
    kind: "CONV_2D", "ADD", "SOFTMAX" ... as TFLite names them. "RESHAPE" also for any other that
        leaves the bytes as they are, "TABLE" for those that work value by value, "COPY" for those
        that take some elements or take them in another order, "MEAN_LINES" for MEAN over other
        dimensions than H and W: of the input as (h, w, c) over w. "MUL_CHANNELS" for MUL by one
        value for each channel of several pixels. "CONV_WIDE" and "DEPTHWISE_WIDE" have int16
        weights, of -255 to 255; "AVERAGE_POOL_UP" rounds halves up.
    values: int8 [1 or c, 256], the outputs of a TABLE for the bytes of its input.
    table: int32, where the RESIZE operators find the pixels of each row and column.
    input_shape, output_shape: (h, w, c).  For FULLY_CONNECTED (1, 1, features).
    kernel, stride, dilation: (h, w) of the window; (1, 1) where the operator has none.
    pad: (top, left); bottom and right follow from the shapes.
    depth_multiplier: output channels per input channel of DEPTHWISE_CONV_2D, else 1.
    input_offset, input2_offset: minus the zero point of the inputs; output_offset: the zero
        point of the output.  All in -128..128.
    act_min, act_max: clamp of the output, zero point included, in -128..127.
    weights: int8 in TFLite's own layout: CONV_2D [out_c, kernel_h, kernel_w, in_c],
        DEPTHWISE_CONV_2D [kernel_h, kernel_w, out_c], FULLY_CONNECTED [out_c, in_features];
        None where the operator has none.  The zero point has been subtracted already.
    weight_zero_point: what was subtracted from int8 to have wide weights.
    bias: int32 [out_c], zeros when the model has none; None where there are no weights.
    multiplier, shift: int32 [out_c], one per output channel even when the model is quantised per
        tensor; Q0.31 and a left shift when positive.  None where there are no weights.
    param: the eight words of the image record (`AddParam`, `MeanParam`, ...).
    """

    index: int
    kind: str
    input_shape: tuple[int, int, int]
    output_shape: tuple[int, int, int]
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    pad: tuple[int, int] = (0, 0)
    depth_multiplier: int = 1
    input_offset: int = 0
    input2_offset: int = 0
    output_offset: int = 0
    act_min: int = -128
    act_max: int = 127
    weights: np.ndarray | None = None
    weight_zero_point: int = 0
    bias: np.ndarray | None = None
    multiplier: np.ndarray | None = None
    shift: np.ndarray | None = None
    param: tuple[int, ...] = (0,) * 8
    values: np.ndarray | None = None
    table: np.ndarray | None = None


@dataclass(frozen=True)
class Relocation:
    """Where constants name a place in the arena, as the streaming unit's programs do.

    offset: bytes from the start of `PackedConstants.weights` to 32 little-endian bits, to which
        the tensor's offset in the arena is added.
    operator: the place in its step of the operator whose tensor it is.
    tensor: "input", "input2", "output" or "scratch".
    """

    offset: int
    operator: int
    tensor: str


@dataclass(frozen=True)
class PlannedCommand:
    """Of an engine of a unit.

    operator: the place in its step of the operator that it works for.  name: for people.
    """

    operator: int
    name: str


@dataclass(frozen=True)
class PackedConstants:
    """The constants of one operator as its kernel wants them in the image.

    weights, bias, multiplier, shift, table: arrays of any shape and any integer dtype; the image
        holds their C-order little-endian bytes, each starting at a multiple of
        `dwpw.plan.image.CONSTANT_ALIGNMENT`.  None leaves the span empty.
    scratch_bytes: working memory in the arena while the operator runs, aligned like a tensor.
    overrides: scalar fields of `dwpw.image.format.Operator` to set differently, by name, for
        instance {"input_offset": 0} when it has been folded into the bias.
    param: words of `Operator.param` to set differently, by position.
    relocations: addresses in `weights` that the image adds tensors' places to.
    parts: of the first operator of a step: how many operators each part has whose cycles its kernel
        tells by itself; empty where it tells none.
    commands: of the first operator of a step: what each engine of the unit, by its name in
        `soc.config.engine_names`, is told to do, in this order.
    """

    weights: np.ndarray | None = None
    bias: np.ndarray | None = None
    multiplier: np.ndarray | None = None
    shift: np.ndarray | None = None
    table: np.ndarray | None = None
    scratch_bytes: int = 0
    overrides: Mapping[str, int] = field(default_factory=dict)
    param: Mapping[int, int] = field(default_factory=dict)
    relocations: tuple[Relocation, ...] = ()
    parts: tuple[int, ...] = ()
    commands: Mapping[str, tuple[PlannedCommand, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class KernelRule:
    """A kernel's name "SET/NAME", which operators it takes, how it is packed.

    accepts: takes the operators of a step, as many as `window` says.
    pack: the constants of the operator; of several, a tuple with those of each.
    work: what the kernel must do at the least, for `dwpw explain`, from the operators and then the
        constants of each; None where nobody has counted it.
    lacks: what the unit's sizes lack for the kernel, in words; empty when it can run.  A kernel
        that would be chosen but cannot run is a refusal, never a silent fall back.
    window: operators that the kernel takes in one step, or the most of them where there is `takes`.
        Between them lie tensors that nobody else reads; the planner asks the rule only where that
        is so.
    takes: how many of these operators, from the first one on, the kernel takes in one step; 0 is
        none of them.  It stands in the place of `accepts`.
    pack_traced: packer of a plan whose steps store what lies inside too, where that takes other
        constants.
    """

    name: str
    accepts: Callable[..., bool] | None
    pack: Callable[..., PackedConstants | tuple[PackedConstants, ...]]
    work: Callable[..., Work] | None = None
    lacks: str = ""
    window: int = 1
    takes: Callable[..., int] | None = None
    pack_traced: Callable[..., PackedConstants | tuple[PackedConstants, ...]] | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.window <= MAX_STEP:
            raise ValueError(f"kernel {self.name}: a step has 1 to {MAX_STEP} operators")
        if (self.accepts is None) == (self.takes is None):
            raise ValueError(f"kernel {self.name}: it needs `accepts` or `takes`, not both")

    def length(self, chain: Sequence[LoweredOperator]) -> int:
        """How many of these operators are a step of the kernel's; 0 where it takes none.

        chain: those that may be a step, all that there are up to `window`.
        """
        if self.takes is not None:
            return self.takes(*chain)
        enough = len(chain) == self.window and self.accepts(*chain)
        return self.window if enough else 0

    def constants(
        self, operators: Sequence[LoweredOperator], traced: bool = False
    ) -> tuple[PackedConstants, ...]:
        """The constants of a step, those of each operator; traced: what lies inside is stored."""
        pack = self.pack_traced if traced and self.pack_traced else self.pack
        packed = pack(*operators)
        return packed if isinstance(packed, tuple) else (packed,)


def has_3x3_window_per_channel(op: LoweredOperator) -> bool:
    """The depthwise convolution of MobileNets: 3x3, no dilation, one output per channel."""
    return (
        op.kind == "DEPTHWISE_CONV_2D"
        and op.kernel == (3, 3)
        and op.dilation == (1, 1)
        and op.depth_multiplier == 1
    )


def pack_plain(op: LoweredOperator) -> PackedConstants:
    """Constants in TFLite's own layout: the packer of kernels that need no other."""
    return PackedConstants(
        weights=op.weights, bias=op.bias, multiplier=op.multiplier, shift=op.shift
    )


def pack_values(op: LoweredOperator) -> PackedConstants:
    """The tables of a TABLE as they are, int8 [1 or c, 256]."""
    return PackedConstants(table=op.values)
