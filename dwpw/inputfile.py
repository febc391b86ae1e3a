"""An input tensor of the model, from an image, raw values or a NumPy file.

Raw and NumPy files hold what the model's file takes: int8, uint8 (which is int8 with the topmost
bit of every byte turned over, see `Tensor.unsigned`), or float32, which the host quantises as
TFLite's QUANTIZE does.

Pixels become int8 by the range of real values that the model's input can hold, which tells how
its training data was scaled.  The range is compared with the conventions in use, [0, 1], [-1, 1]
and [0, 255]; a pixel p of 0..255 then stands for the real value at p/255 of that convention's
range, quantised with the model's scale and zero point.  When no convention fits (a mean was
subtracted, say) the pixels are spread over the whole int8 range, p - 128, and the description
says so.  A model that takes float32 gets the convention's real values, and they are quantised.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from dwpw.errors import UserError
from dwpw.model import Tensor
from dwpw.model.edges import REAL, quantised, real_values

RAW_SUFFIXES = (".dat", ".raw", ".bin")
CONVENTIONS = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0))
CONVENTION_TOLERANCE = 0.1
"""Of the range's width: calibration leaves the ends of a range a few per cent off."""

CHANNELS_OF_MODE = {"L": 1, "RGB": 3}
MODE_OF_CHANNELS = {channels: mode for mode, channels in CHANNELS_OF_MODE.items()}

REMEDIES = {
    ("uint8", "int8"): "; less 128 they are int8, or save them as an image",
    ("float64", REAL): "; save it with .astype(numpy.float32)",
}
"""For arrays by what they hold and what the model takes."""

MOST_STEPS = 1 << 30
"""Real values further from 0, in steps of the scale, overflow in TFLite's QUANTIZE."""


@dataclass(frozen=True)
class ModelInput:
    """What the model is given for one input.

    tensor: int8 in the input tensor's shape; description: where it comes from, for people.
    real: float32 of the same shape that the tensor was quantised from; None where there is none.
    """

    tensor: np.ndarray = field(repr=False)
    description: str
    real: np.ndarray | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Wanted:
    """What the model takes.

    target: the int8 tensor that the SoC takes.
    dtype: what the file's input is: "int8", "uint8" or "float32".
    named: the input in words.
    """

    target: Tensor
    dtype: str
    named: str

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the input, whoever takes it."""
        return self.target.shape


def read_input(
    path: Path,
    target: Tensor,
    resize: bool = False,
    real: bool = False,
    named: str = "the model's input",
) -> ModelInput:
    """One input from a file.

    target: the int8 tensor that the SoC takes.
    real: the model takes float32, which an edge quantises to `target` (`Graph.entries`).
    named: the input in words, for errors.
    """
    dtype = REAL if real else "uint8" if target.unsigned else "int8"
    wanted = Wanted(target, dtype, named)
    suffix = path.suffix.lower()
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    try:
        if suffix == ".npy":
            return _from_numpy(path, wanted)
        if suffix in RAW_SUFFIXES:
            return _from_raw(path, wanted)
        return _from_image(path, wanted, resize)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error


def _from_raw(path: Path, wanted: Wanted) -> ModelInput:
    content = path.read_bytes()
    dtype = np.dtype(wanted.dtype).newbyteorder("<")
    size = wanted.target.elements * dtype.itemsize
    if len(content) != size:
        values = "" if dtype.itemsize == 1 else f" as {wanted.dtype}"
        raise UserError(
            f"{path}: has {len(content):,} bytes, {wanted.named} {list(wanted.shape)}"
            f" takes {size:,}{values}"
        )
    values = np.frombuffer(content, dtype).astype(wanted.dtype)
    return _from_values(path, values, wanted, f"raw {wanted.dtype} {path}")


def _from_numpy(path: Path, wanted: Wanted) -> ModelInput:
    try:
        values = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise UserError(f"{path}: is not a NumPy array file: {error}") from error
    dtype = getattr(values, "dtype", "an archive")
    if not isinstance(values, np.ndarray) or dtype != wanted.dtype:
        raise UserError(
            f"{path}: holds {dtype}, {wanted.named} is {wanted.dtype}"
            f"{REMEDIES.get((str(dtype), wanted.dtype), '')}"
        )
    if values.shape not in (wanted.shape, wanted.shape[1:]):
        raise UserError(
            f"{path}: has the shape {list(values.shape)}, {wanted.named} {list(wanted.shape)}"
        )
    return _from_values(path, values, wanted, f"{wanted.dtype} array {path}")


def _from_values(path: Path, values: np.ndarray, wanted: Wanted, description: str) -> ModelInput:
    """What the file takes, as what the SoC takes."""
    values = np.ascontiguousarray(values).reshape(wanted.shape)
    if wanted.dtype == REAL:
        with np.errstate(over="ignore"):
            steps = np.abs(values / wanted.target.scale)
        if not np.all(steps < MOST_STEPS):  # NaN is not
            raise UserError(
                f"{path}: holds values that are no numbers, or too large for TFLite to quantise"
                f" with the scale {wanted.target.scale:.3g}; give finite values within"
                f" {_range_text(wanted.target)}"
            )
        return quantised_input(values, wanted.target, description)
    if wanted.dtype == "uint8":
        return ModelInput(
            (values ^ np.uint8(0x80)).view(np.int8), f"{description}, held as int8 less 128"
        )
    return ModelInput(values, description)


def quantised_input(values: np.ndarray, target: Tensor, description: str) -> ModelInput:
    """float32 in the input's shape as the host quantises it."""
    how = f"quantised with scale {target.scale:.6g}, zero point {target.zero_point}"
    return ModelInput(quantised(values, target), f"{description}, {how}", values)


def _range_text(target: Tensor) -> str:
    low, high = value_range(float(target.scale), target.zero_point)
    return f"[{low:.3g}, {high:.3g}]"


def _from_image(path: Path, wanted: Wanted, resize: bool) -> ModelInput:
    target = wanted.target
    if len(target.shape) != 4 or target.shape[3] not in MODE_OF_CHANNELS:
        raise UserError(
            f"{path}: {wanted.named} {list(target.shape)} is no image; give"
            f" {' or '.join(RAW_SUFFIXES)} bytes or a .npy array"
        )
    image = _open_image(path)
    height, width, channels = target.hwc
    size = f"{width}x{height} with {channels} channel{'s' if channels > 1 else ''}"
    found_channels = CHANNELS_OF_MODE[image.mode]
    found = f"{image.width}x{image.height} with {found_channels}"
    fits = (image.width, image.height, found_channels) == (width, height, channels)
    if not fits and not resize:
        raise UserError(f"{path}: is {found}, {wanted.named} {size}; pass --resize to convert it")
    fitted = ""
    if not fits:
        image = image.convert(MODE_OF_CHANNELS[channels])
        image = image.resize((width, height), Image.Resampling.BILINEAR)
        fitted = f", resized from {found}"
    pixels = np.asarray(image, np.uint8).reshape(target.shape)
    return pixel_input(pixels, target, f"image {path}{fitted}", wanted.dtype == REAL)


def _open_image(path: Path) -> Image.Image:
    """The image in mode L or RGB; other modes only where that loses nothing."""
    try:
        with Image.open(path) as opened:
            opened.load()
            image = opened.copy()
    except UnidentifiedImageError as error:
        raise UserError(
            f"{path}: is no image that Pillow knows, nor {', '.join(RAW_SUFFIXES)} bytes or .npy"
        ) from error
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UserError(f"{path}: is a damaged image: {error}") from error
    opaque = {"RGBA": "RGB", "LA": "L"}
    if image.mode in opaque:
        if image.getchannel("A").getextrema() != (255, 255):
            raise UserError(f"{path}: has transparency; flatten it onto a background first")
        return image.convert(opaque[image.mode])
    if image.mode == "P":
        return image.convert("RGB")
    if image.mode == "1":
        return image.convert("L")
    if image.mode not in CHANNELS_OF_MODE:
        raise UserError(f"{path}: has the pixel format {image.mode}; save it as 8-bit grey or RGB")
    return image


def pixel_input(
    pixels: np.ndarray, target: Tensor, description: str, real: bool = False
) -> ModelInput:
    """uint8 pixels in the input's shape as model input; `real` as in `read_input`."""
    if not real:
        values, convention = quantise_pixels(pixels, float(target.scale), target.zero_point)
        return ModelInput(values, f"{description}, pixels {convention}")
    known = convention_of(float(target.scale), target.zero_point)
    if known is None:
        values, convention = quantise_pixels(pixels, float(target.scale), target.zero_point)
        reals = real_values(values, target)
        return ModelInput(values, f"{description}, pixels {convention}", reals)
    reals = _scaled(pixels, known).astype(np.float32)
    return quantised_input(reals, target, f"{description}, pixels {_convention_text(known)}")


def quantise_pixels(pixels: np.ndarray, scale: float, zero_point: int) -> tuple[np.ndarray, str]:
    """uint8 pixels as int8 model input, and the convention that was found, for people."""
    known = convention_of(scale, zero_point)
    if known is None:
        low, high = value_range(scale, zero_point)
        spread = pixels.astype(np.int16) - 128
        return spread.astype(np.int8), (
            f"spread over the input's whole range [{low:.3g}, {high:.3g}], which fits no convention"
        )
    real = _scaled(pixels, known)
    # Halves away from zero, as TFLite's QUANTIZE does.
    steps = np.copysign(np.floor(np.abs(real / scale) + 0.5), real)
    values = np.clip(steps + zero_point, -128, 127).astype(np.int8)
    return values, _convention_text(known)


def value_range(scale: float, zero_point: int) -> tuple[float, float]:
    """Lowest and highest real value that an int8 tensor can hold."""
    return (-128 - zero_point) * scale, (127 - zero_point) * scale


def convention_of(scale: float, zero_point: int) -> tuple[float, float] | None:
    """What pixels 0 and 255 stand for, as the input's range tells; None where it fits none."""
    low, high = value_range(scale, zero_point)
    for start, end in CONVENTIONS:
        slack = CONVENTION_TOLERANCE * (end - start)
        if abs(low - start) <= slack and abs(high - end) <= slack:
            return start, end
    return None


def _scaled(pixels: np.ndarray, convention: tuple[float, float]) -> np.ndarray:
    """Pixels 0..255 as the convention's real values, float64."""
    start, end = convention
    return start + pixels / 255 * (end - start)


def _convention_text(convention: tuple[float, float]) -> str:
    start, end = convention
    return f"scaled to [{start:g}, {end:g}]"
