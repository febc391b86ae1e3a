"""The model's input tensor, from an image, raw bytes, a NumPy file, or a fixed random seed.

Pixels become int8 by the range of real values that the model's input can hold, which tells how
its training data was scaled.  The range is compared with the conventions in use, [0, 1], [-1, 1]
and [0, 255]; a pixel p of 0..255 then stands for the real value at p/255 of that convention's
range, quantised with the model's scale and zero point.  When no convention fits (a mean was
subtracted, say) the pixels are spread over the whole int8 range, p - 128, and the description
says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from dwpw.errors import UserError
from dwpw.model import Tensor

RAW_SUFFIXES = (".dat", ".raw", ".bin")
SEED = 0
CONVENTIONS = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0))
CONVENTION_TOLERANCE = 0.1
"""Of the range's width: calibration leaves the ends of a range a few per cent off."""

CHANNELS_OF_MODE = {"L": 1, "RGB": 3}
MODE_OF_CHANNELS = {channels: mode for mode, channels in CHANNELS_OF_MODE.items()}


@dataclass(frozen=True)
class ModelInput:
    """tensor: int8 in the input tensor's shape; description: where it comes from, for people."""

    tensor: np.ndarray = field(repr=False)
    description: str


def read_input(path: str | Path | None, target: Tensor, resize: bool = False) -> ModelInput:
    """The input from a file, or seeded random values without one."""
    if path is None:
        return random_input(target)
    path = Path(path)
    suffix = path.suffix.lower()
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    try:
        if suffix == ".npy":
            return _from_numpy(path, target)
        if suffix in RAW_SUFFIXES:
            return _from_raw(path, target)
        return _from_image(path, target, resize)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from error


def random_input(target: Tensor, seed: int = SEED) -> ModelInput:
    """Uniform int8 values from NumPy's default generator; the same on every machine."""
    generator = np.random.default_rng(seed)
    values = generator.integers(-128, 128, size=target.shape, dtype=np.int8)
    return ModelInput(values, f"random values, seed {seed} (no --input given)")


def _from_raw(path: Path, target: Tensor) -> ModelInput:
    content = path.read_bytes()
    if len(content) != target.elements:
        raise UserError(
            f"{path}: has {len(content):,} bytes, the model's input {list(target.shape)}"
            f" takes {target.elements:,}"
        )
    return ModelInput(np.frombuffer(content, np.int8).reshape(target.shape), f"raw int8 {path}")


def _from_numpy(path: Path, target: Tensor) -> ModelInput:
    try:
        values = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise UserError(f"{path}: is not a NumPy array file: {error}") from error
    if not isinstance(values, np.ndarray) or values.dtype != np.int8:
        dtype = getattr(values, "dtype", "an archive")
        raise UserError(f"{path}: holds {dtype}, the model's input is int8")
    if values.shape not in (target.shape, target.shape[1:]):
        raise UserError(
            f"{path}: has the shape {list(values.shape)}, the model's input {list(target.shape)}"
        )
    return ModelInput(np.ascontiguousarray(values).reshape(target.shape), f"int8 array {path}")


def _from_image(path: Path, target: Tensor, resize: bool) -> ModelInput:
    if len(target.shape) != 4 or target.shape[3] not in MODE_OF_CHANNELS:
        raise UserError(
            f"{path}: the model's input {list(target.shape)} is no image; give"
            f" {' or '.join(RAW_SUFFIXES)} bytes or a .npy array"
        )
    image = _open_image(path)
    height, width, channels = target.hwc
    wanted = f"{width}x{height} with {channels} channel{'s' if channels > 1 else ''}"
    found_channels = CHANNELS_OF_MODE[image.mode]
    found = f"{image.width}x{image.height} with {found_channels}"
    fits = (image.width, image.height, found_channels) == (width, height, channels)
    if not fits and not resize:
        raise UserError(
            f"{path}: is {found}, the model's input {wanted}; pass --resize to convert it"
        )
    fitted = ""
    if not fits:
        image = image.convert(MODE_OF_CHANNELS[channels])
        image = image.resize((width, height), Image.Resampling.BILINEAR)
        fitted = f", resized from {found}"
    pixels = np.asarray(image, np.uint8).reshape(target.shape)
    values, convention = quantise_pixels(pixels, float(target.scale), target.zero_point)
    return ModelInput(values, f"image {path}{fitted}, pixels {convention}")


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


def quantise_pixels(pixels: np.ndarray, scale: float, zero_point: int) -> tuple[np.ndarray, str]:
    """uint8 pixels as int8 model input, and the convention that was found, for people."""
    low, high = (-128 - zero_point) * scale, (127 - zero_point) * scale
    for start, end in CONVENTIONS:
        slack = CONVENTION_TOLERANCE * (end - start)
        if abs(low - start) <= slack and abs(high - end) <= slack:
            real = start + pixels / 255 * (end - start)
            # Halves away from zero, as TFLite's QUANTIZE does.
            steps = np.copysign(np.floor(np.abs(real / scale) + 0.5), real)
            values = np.clip(steps + zero_point, -128, 127).astype(np.int8)
            return values, f"scaled to [{start:g}, {end:g}]"
    spread = pixels.astype(np.int16) - 128
    return spread.astype(np.int8), (
        f"spread over the input's whole range [{low:.3g}, {high:.3g}], which fits no convention"
    )
