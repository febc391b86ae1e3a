"""The data set reader refuses what is not the data set; the upscaling is exact."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwpw.errors import UserError
from dwpw.fashion_mnist import SOURCE_SIZE, load, upscale, upscale_weights
from tests.support.idx import idx

IMAGES = "t10k-images-idx3-ubyte.gz"
LABELS = "t10k-labels-idx1-ubyte.gz"


def bilinear(image: np.ndarray, size: int, row: int, column: int) -> int:
    """One pixel of the upscaled image by the textbook formula, in exact fractions."""

    def taps(position: int):
        centre = Fraction(2 * position + 1, 2) * SOURCE_SIZE / size - Fraction(1, 2)
        centre = min(max(centre, Fraction(0)), Fraction(SOURCE_SIZE - 1))
        left = int(centre)
        yield left, 1 - (centre - left)
        yield min(left + 1, SOURCE_SIZE - 1), centre - left

    value = sum(
        int(image[y, x]) * weight_y * weight_x
        for y, weight_y in taps(row)
        for x, weight_x in taps(column)
    )
    return int(value + Fraction(1, 2))


@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([48, 96]),
    row=st.floats(0, 1, exclude_max=True),
    column=st.floats(0, 1, exclude_max=True),
)
def test_upscale_is_bilinear_with_halves_rounded_up(seed, size, row, column):
    image = np.random.default_rng(seed).integers(0, 256, (SOURCE_SIZE, SOURCE_SIZE), np.uint8)
    row, column = int(row * size), int(column * size)
    assert upscale(image[np.newaxis], size)[0, row, column] == bilinear(image, size, row, column)


@pytest.mark.parametrize("value", [0, 1, 254, 255])
def test_upscale_keeps_a_constant_image(value):
    image = np.full((1, SOURCE_SIZE, SOURCE_SIZE), value, np.uint8)
    assert (upscale(image, 96) == value).all()


@pytest.mark.parametrize("size", [28, 48, 96])
def test_upscale_weights_of_each_output_pixel_sum_to_one(size):
    assert (upscale_weights(size).sum(axis=1) == 2 * size).all()


def test_upscale_to_the_source_size_changes_nothing():
    image = np.random.default_rng(1).integers(0, 256, (1, SOURCE_SIZE, SOURCE_SIZE), np.uint8)
    assert (upscale(image, SOURCE_SIZE) == image).all()


def test_missing_data_set_names_the_package_to_install(tmp_path):
    with pytest.raises(UserError, match="is missing: .*apt-get install dataset-fashion-mnist"):
        load("test", tmp_path)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (b"no gzip", "cannot be read: Not a gzipped file"),
        (idx(2, 28, 28)[:-12], "cannot be read"),
        (idx(2, 28, 28, magic=b"\0\0\x0d"), "is not an IDX file of 3-dimensional bytes"),
        (idx(2, 28), "is not an IDX file of 3-dimensional bytes"),
        (idx(2, 28, 28, payload=5), r"is truncated: its header promises shape \(2, 28, 28\)"),
        (idx(3, 28, 28), r"images \(3, 28, 28\) do not fit 2 labels"),
        (idx(2, 32, 32), r"images \(2, 32, 32\) do not fit 2 labels"),
    ],
)
def test_damaged_data_set_is_refused_by_name(tmp_path, images, message):
    (tmp_path / IMAGES).write_bytes(images)
    (tmp_path / LABELS).write_bytes(idx(2))
    with pytest.raises(UserError, match=message) as refusal:
        load("test", tmp_path)
    assert str(refusal.value).startswith(str(tmp_path))
    assert "\n" not in str(refusal.value)
