"""Writes IDX files, the format of the data set, for tests that must not need the real one."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np


def idx(*shape: int, magic: bytes = b"\0\0\x08", payload: int | None = None) -> bytes:
    """A gzipped IDX file of zeros; `payload` bytes of them if that is not what `shape` says."""
    count = int(np.prod(shape)) if payload is None else payload
    header = magic + bytes([len(shape)]) + np.array(shape, ">u4").tobytes()
    return gzip.compress(header + bytes(count), mtime=0)


def write_data_set(folder: Path, images: int) -> None:
    """A data set of black images of class 0."""
    for prefix in ("train", "t10k"):
        (folder / f"{prefix}-images-idx3-ubyte.gz").write_bytes(idx(images, 28, 28))
        (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(idx(images))
