"""Kernel of set `simd` for convolutions whose windows fill the unit's store with the weights of one
result: how they are divided, and their constants.

A window that has more words than the store is divided by channels into a main part and pieces.  The
sums of a piece pass to the main part as three digits, which bounds them, and so the size of a
piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compiler_intrinsics.simd.geometry import GROUPS, TAPS, Geometry
from dwpw.image.limits import D_CACHE_BYTES, PIXELS_UNDER_WAY
from dwpw.kernels.packing import LoweredOperator, PackedConstants
from dwpw.kernels.param_simd import SimdConvWideParam as Param
from dwpw.kernels.simd_constants import entries, weighted_scales
from dwpw.rounding import ceil_div, round_up

DIGITS, DIGIT_ENTRIES = 3, 4
"""Of the sums of a piece; store entries that they meet in front of the main part."""

EIGHT = 8
"""Words that the kernel passes together: pieces are so many, or multiples, if they can be."""

DIGIT_BITS = 15
"""Below the highest digit, which is an int8 after rounding and before a shift of 32 bits."""

LEAST_SUM, GREATEST_SUM = -(1 << DIGIT_BITS + 7), (127 << DIGIT_BITS) + (1 << DIGIT_BITS - 1) - 1
"""That three digits hold."""


@dataclass(frozen=True)
class Division:
    """Words of channels of a pixel: of the main part, and of each piece, which come first."""

    main: int
    piece: int
    pieces: int


def window_words(op: LoweredOperator) -> int:
    """Words of a window whose taps are whole words of channels."""
    return op.kernel[0] * op.kernel[1] * op.input_shape[2] // TAPS


def division(geometry: Geometry, op: LoweredOperator) -> Division | None:
    """As few pieces as possible; None where the unit is too small, or has room for a window of two
    results."""
    taps, words = op.kernel[0] * op.kernel[1], op.input_shape[2] // TAPS
    if 2 * taps * words <= geometry.store_entries:
        return None
    if taps * words <= geometry.store_entries:
        return Division(main=words, piece=0, pieces=0)
    if geometry.param_groups <= DIGITS or geometry.results < DIGITS * PIXELS_UNDER_WAY:
        return None
    for piece in range(min(geometry.patch_words, geometry.store_entries) // taps, 0, -1):
        divided = _divided(geometry, taps, words, piece)
        if divided is not None and _sums_fit(op, divided):
            return divided
    return None


def _divided(geometry: Geometry, taps: int, words: int, most: int) -> Division | None:
    """Pieces of `most` words of channels or, as many of them, of less."""
    for pieces in range(1, words):
        main = (geometry.store_entries - DIGIT_ENTRIES * pieces) // taps
        if main < 1:
            return None
        if main + pieces * most >= words:
            piece = ceil_div(words - main, pieces)
            even = round_up(piece, EIGHT)
            if even <= most and words > pieces * even:
                piece = even
            rest = words - pieces * piece
            return Division(rest, piece, pieces) if rest > 0 else None
    return None


def _sums_fit(op: LoweredOperator, divided: Division) -> bool:
    """No piece of any output channel sums up to more than its digits hold."""
    weights = op.weights.reshape(op.output_shape[2], -1, op.input_shape[2]).astype(np.int64)
    least, greatest = (
        np.minimum(weights * bound, weights * other).sum(axis=1) * sign
        for bound, other, sign in ((127, -128, 1), (-127, 128, -1))
    )
    for sums, inside in (
        (least, lambda s: s >= LEAST_SUM),
        (greatest, lambda s: s <= GREATEST_SUM),
    ):
        pieces = sums[:, : divided.pieces * divided.piece * TAPS]
        if not inside(pieces.reshape(len(sums), divided.pieces, -1).sum(axis=2)).all():
            return False
    return True


def is_conv_wide(geometry: Geometry, op: LoweredOperator) -> bool:
    """Whole words of channels; windows that fill the store, or are too wide and can be divided."""
    return (
        op.kind == "CONV_2D"
        and op.input_shape[2] % TAPS == 0
        and division(geometry, op) is not None
    )


def _seen(op: LoweredOperator, axis: int) -> int:
    """Pixels that the windows see along an axis, padding and all."""
    apart = (op.kernel[axis] - 1) * op.dilation[axis]
    return (op.output_shape[axis] - 1) * op.stride[axis] + apart + 1


def _pitch(op: LoweredOperator, words: int) -> int:
    """Bytes between columns of a copy: the columns of a window follow each other in the D$."""
    pixel = words * TAPS
    column, of_window = _seen(op, 0) * pixel, op.kernel[0] * pixel
    return column + (of_window - column) % D_CACHE_BYTES


def pack_conv_wide(geometry: Geometry, op: LoweredOperator) -> PackedConstants:
    divided = division(geometry, op)
    words = [divided.piece] * divided.pieces + [divided.main]
    ends = np.cumsum(words) * TAPS
    by_column = op.weights.transpose(0, 2, 1, 3)  # [out_c, column, row, in_c]
    parts = [
        entries(part.reshape(len(part), -1)) for part in np.split(by_column, ends[:-1], axis=3)
    ]
    pitches = _pitch(op, divided.main), _pitch(op, divided.piece) if divided.pieces else 0
    outputs = op.output_shape[0] * op.output_shape[1]
    digits = outputs * divided.pieces * DIGITS * GROUPS
    return PackedConstants(
        weights=np.concatenate(parts, axis=1),
        table=weighted_scales(op, op.weights.reshape(op.output_shape[2], -1)),
        scratch_bytes=_seen(op, 1) * (pitches[0] + divided.pieces * pitches[1]) + digits,
        param={
            Param.MAIN_WORDS: divided.main,
            Param.PIECE_WORDS: divided.piece,
            Param.PIECES: divided.pieces,
            Param.MAIN_PITCH: pitches[0],
            Param.PIECE_PITCH: pitches[1],
        },
    )
