"""Fashion-MNIST: reading the IDX files, and the one upscaling that training,
accuracy and the shipped inputs share."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from dwpw.errors import UserError

DEFAULT_FOLDER = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package `dataset-fashion-mnist` puts the files."""

SOURCE_SIZE = 28
"""Pixels; height and width of a data set image."""

CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
"""Class names by label, from the data set's own README."""

_PREFIX = {"train": "train", "test": "t10k"}


def load(split: str, folder: Path = DEFAULT_FOLDER) -> tuple[np.ndarray, np.ndarray]:
    """Images [n, 28, 28] uint8 and labels [n] uint8 of `split`, "train" or "test"."""
    images = _read_idx(folder / f"{_PREFIX[split]}-images-idx3-ubyte.gz", dimensions=3)
    labels = _read_idx(folder / f"{_PREFIX[split]}-labels-idx1-ubyte.gz", dimensions=1)
    if images.shape != (len(labels), SOURCE_SIZE, SOURCE_SIZE):
        raise UserError(f"{folder}: images {images.shape} do not fit {len(labels)} labels")
    return images, labels


def _read_idx(path: Path, dimensions: int) -> np.ndarray:
    """A gzipped IDX file of unsigned bytes.

    IDX: two zero bytes, the element type (8 is uint8), the number of dimensions, each dimension
    as a big-endian 32-bit word, then the elements (yann.lecun.com/exdb/mnist).
    """
    try:
        data = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise UserError(
            f"{path} is missing: install the data set with `apt-get install dataset-fashion-mnist`"
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
    header = 4 + 4 * dimensions
    if data[:4] != bytes((0, 0, 8, dimensions)) or len(data) < header:
        raise UserError(f"{path} is not an IDX file of {dimensions}-dimensional bytes")
    shape = tuple(np.frombuffer(data, ">u4", dimensions, offset=4).tolist())
    if len(data) != header + math.prod(shape):
        raise UserError(f"{path} is truncated: its header promises shape {shape}")
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def upscale_weights(size: int) -> np.ndarray:
    """Bilinear interpolation as a matrix [size, 28] of integers, in units of 1 / (2 * size).

    Pixel centres lie at half-integers and the border pixel is repeated.  Output pixel i samples the
    source at (i + 0.5) * 28 / size - 0.5, a multiple of 1 / (2 * size): integers are exact.
    """
    unit = 2 * size
    centres = np.clip((2 * np.arange(size) + 1) * SOURCE_SIZE - size, 0, unit * (SOURCE_SIZE - 1))
    left, fraction = np.divmod(centres, unit)
    weights = np.zeros((size, SOURCE_SIZE), np.int32)
    rows = np.arange(size)
    weights[rows, left] = unit - fraction
    weights[rows, np.minimum(left + 1, SOURCE_SIZE - 1)] += fraction
    return weights


def upscale(images: np.ndarray, size: int) -> np.ndarray:
    """Images [n, 28, 28] uint8 to [n, size, size] uint8: bilinear, halves rounded up.

    All arithmetic is on integers below 2**24, so that float32 matrix products (here and in the
    training pipeline) give exactly the same pixels on every machine.
    """
    weights = upscale_weights(size).astype(np.float32)
    unit = (2 * size) ** 2
    products = weights @ images.astype(np.float32) @ weights.T
    return ((products.astype(np.int32) + unit // 2) // unit).astype(np.uint8)
