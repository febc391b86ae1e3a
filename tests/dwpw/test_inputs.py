"""The model's input from files: what is accepted, how pixels become int8, what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dwpw.errors import UserError
from dwpw.inputfile import quantise_pixels, read_input
from dwpw.inputs import random_tensors, read_inputs
from dwpw.model import Graph, Tensor
from dwpw.model.edges import quantised

ALL_PIXELS = np.arange(256, dtype=np.uint8)


def input_tensor(*shape: int, scale: float = 1 / 255, zero_point: int = -128) -> Tensor:
    """A model input of that shape."""
    return Tensor(0, "input", shape, "int8", np.float32([scale]), np.array([zero_point]))


GREY, RGB = input_tensor(1, 4, 6, 1), input_tensor(1, 4, 6, 3)


def save_image(path: Path, mode: str, size: tuple[int, int] = (6, 4), **options: object) -> Path:
    """An image with different values everywhere."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = np.arange(size[0] * size[1] * bands, dtype=np.uint8)
    shape = (size[1], size[0]) + ((bands,) if bands > 1 else ())
    image = Image.fromarray(pixels.reshape(shape), mode if bands > 1 else "L")
    (image if bands > 1 else image.convert(mode)).save(path, **options)
    return path


@pytest.mark.parametrize(
    ("scale", "zero_point", "convention"),
    [
        (1 / 255, -128, "scaled to [0, 1]"),
        (2 / 255, -1, "scaled to [-1, 1]"),
        (0.0078125, 0, "scaled to [-1, 1]"),
        (1.0, -128, "scaled to [0, 255]"),
    ],
)
def test_pixels_follow_the_convention_that_the_models_input_range_shows(
    scale: float, zero_point: int, convention: str
) -> None:
    values, found = quantise_pixels(ALL_PIXELS, scale, zero_point)
    assert found == convention
    assert np.all(np.abs(values - (ALL_PIXELS.astype(int) - 128)) <= 1)


def test_a_calibration_a_little_off_moves_pixels_with_it() -> None:
    values, _ = quantise_pixels(ALL_PIXELS, 0.95 / 255, -128)
    assert values[0] == -128
    assert values[100] == round(100 / 0.95) - 128
    assert values[255] == 127  # beyond the range


def test_an_input_range_of_no_convention_takes_the_pixels_as_they_are() -> None:
    values, found = quantise_pixels(ALL_PIXELS, 0.05, 3)
    assert np.array_equal(values, (ALL_PIXELS.astype(int) - 128).astype(np.int8))
    assert found == "spread over the input's whole range [-6.55, 6.2], which fits no convention"


@pytest.mark.parametrize(("mode", "target"), [("L", GREY), ("RGB", RGB), ("1", GREY)])
def test_an_image_of_the_models_size_is_taken_as_it_is(
    mode: str, target: Tensor, tmp_path: Path
) -> None:
    source = read_input(save_image(tmp_path / "i.png", mode), target)
    assert source.tensor.shape == target.shape
    assert source.tensor.dtype == np.int8
    assert "resized" not in source.description


def test_an_opaque_alpha_channel_is_dropped(tmp_path: Path) -> None:
    image = Image.new("RGBA", (6, 4), (10, 20, 30, 255))
    image.save(tmp_path / "i.png")
    assert read_input(tmp_path / "i.png", RGB).tensor[0, 0, 0].tolist() == [-118, -108, -98]


REFUSED_IMAGES = {
    "another size": (
        ("L", (5, 4)),
        GREY,
        "is 5x4 with 1, the model's input 6x4 with 1 channel; pass --resize to convert it",
    ),
    "another channel count": (
        ("L", (6, 4)),
        RGB,
        "is 6x4 with 1, the model's input 6x4 with 3 channels; pass --resize to convert it",
    ),
    "transparency": (
        ("RGBA", (6, 4)),
        RGB,
        "has transparency; flatten it onto a background first",
    ),
    "sixteen bits": (
        ("I;16", (6, 4)),
        GREY,
        "has the pixel format I;16; save it as 8-bit grey or RGB",
    ),
    "a model without an image": (
        ("L", (6, 4)),
        input_tensor(1, 24),
        "the model's input [1, 24] is no image; give .dat or .raw or .bin bytes or a .npy array",
    ),
}


@pytest.mark.parametrize("name", REFUSED_IMAGES)
def test_an_image_that_does_not_fit_is_refused(name: str, tmp_path: Path) -> None:
    (mode, size), target, message = REFUSED_IMAGES[name]
    path = save_image(tmp_path / "i.png", mode, size)
    with pytest.raises(UserError) as caught:
        read_input(path, target)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.parametrize(("mode", "size", "target"), [("L", (9, 9), RGB), ("RGB", (3, 2), GREY)])
def test_resize_fits_size_and_channels_when_asked(
    mode: str, size: tuple[int, int], target: Tensor, tmp_path: Path
) -> None:
    source = read_input(save_image(tmp_path / "i.png", mode, size), target, resize=True)
    assert source.tensor.shape == target.shape
    assert f"resized from {size[0]}x{size[1]} with {len(mode)}" in source.description


def test_a_truncated_image_is_refused(tmp_path: Path) -> None:
    path = save_image(tmp_path / "i.png", "L")
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UserError, match=r"i.png: is a damaged image: "):
        read_input(path, GREY)


def test_a_file_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "i.txt"
    path.write_text("no image")
    with pytest.raises(UserError, match=r"i.txt: is no image that Pillow knows, nor .dat, .raw"):
        read_input(path, GREY)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none.png: no such file"):
        read_input(tmp_path / "none.png", GREY)


def test_raw_bytes_are_the_tensor(tmp_path: Path) -> None:
    (tmp_path / "i.dat").write_bytes(bytes(range(200, 224)))
    tensor = read_input(tmp_path / "i.dat", GREY).tensor
    assert tensor.ravel().tolist() == [value - 256 for value in range(200, 224)]


def test_raw_bytes_of_another_length_are_refused(tmp_path: Path) -> None:
    (tmp_path / "i.raw").write_bytes(bytes(23))
    with pytest.raises(UserError, match=r"has 23 bytes, the model's input \[1, 4, 6, 1\] takes 24"):
        read_input(tmp_path / "i.raw", GREY)


@pytest.mark.parametrize("shape", [(1, 4, 6, 1), (4, 6, 1)])
def test_an_array_may_leave_the_batch_out(shape: tuple[int, ...], tmp_path: Path) -> None:
    values = np.arange(24, dtype=np.int8).reshape(shape)
    np.save(tmp_path / "i.npy", values)
    assert np.array_equal(read_input(tmp_path / "i.npy", GREY).tensor, values.reshape(1, 4, 6, 1))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((1, 4, 6, 1), np.float32), r"holds float32, the model's input is int8"),
        (
            np.zeros((1, 4, 6, 1), np.uint8),
            r"holds uint8, the model's input is int8; less 128 they are int8, or save them as an"
            r" image",
        ),
        (np.zeros((4, 6), np.int8), r"has the shape \[4, 6\], the model's input \[1, 4, 6, 1\]"),
    ],
)
def test_an_array_that_does_not_fit_is_refused(
    array: np.ndarray, message: str, tmp_path: Path
) -> None:
    np.save(tmp_path / "i.npy", array)
    with pytest.raises(UserError, match=message):
        read_input(tmp_path / "i.npy", GREY)


def test_a_file_that_only_claims_to_be_an_array_is_refused(tmp_path: Path) -> None:
    (tmp_path / "i.npy").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"i.npy: is not a NumPy array file"):
        read_input(tmp_path / "i.npy", GREY)


def test_without_a_file_the_input_is_random_always_the_same_and_says_so(graph: Graph) -> None:
    (one,), (two,) = random_tensors(graph), read_inputs([], graph)
    assert np.array_equal(one, two.tensor)
    assert two.description == "random values, seed 0 (no --input given)"


BYTES = replace(GREY, unsigned=True)
CENTRED = input_tensor(1, 4, 6, 1, scale=2 / 255, zero_point=-1)


@pytest.mark.parametrize("suffix", ["dat", "npy"])
def test_a_model_of_uint8_takes_pixels_as_they_are(suffix: str, tmp_path: Path) -> None:
    pixels = np.arange(200, 224, dtype=np.uint8).reshape(4, 6, 1)
    path = tmp_path / f"i.{suffix}"
    np.save(path, pixels) if suffix == "npy" else path.write_bytes(pixels.tobytes())
    source = read_input(path, BYTES)
    assert source.tensor.ravel().tolist() == [value - 128 for value in range(200, 224)]
    assert source.tensor.dtype == np.int8
    kind = "uint8 array" if suffix == "npy" else "raw uint8"
    assert source.description == f"{kind} {path}, held as int8 less 128"


def test_a_model_of_uint8_refuses_an_array_of_int8(tmp_path: Path) -> None:
    np.save(tmp_path / "i.npy", np.zeros((4, 6, 1), np.int8))
    with pytest.raises(UserError, match=r"holds int8, the model's input is uint8$"):
        read_input(tmp_path / "i.npy", BYTES)


@pytest.mark.parametrize("suffix", ["raw", "npy"])
def test_a_model_of_real_values_gets_them_quantised_and_keeps_them(
    suffix: str, tmp_path: Path
) -> None:
    values = np.linspace(-1.5, 1.5, 24, dtype=np.float32).reshape(1, 4, 6, 1)
    path = tmp_path / f"i.{suffix}"
    np.save(path, values) if suffix == "npy" else path.write_bytes(values.tobytes())
    source = read_input(path, CENTRED, real=True)
    assert np.array_equal(source.tensor, quantised(values, CENTRED))
    assert np.array_equal(source.real, values)
    assert source.description.endswith(", quantised with scale 0.00784314, zero point -1")


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_real_values_that_tflite_cannot_quantise_are_refused(value: float, tmp_path: Path) -> None:
    (tmp_path / "i.raw").write_bytes(np.full(24, value, np.float32).tobytes())
    with pytest.raises(UserError, match=r"no numbers, or too large .* within \[-0.996, 1\]"):
        read_input(tmp_path / "i.raw", CENTRED, real=True)


def test_raw_real_values_have_four_bytes_each(tmp_path: Path) -> None:
    (tmp_path / "i.raw").write_bytes(bytes(24))
    with pytest.raises(UserError, match=r"has 24 bytes, .* takes 96 as float32"):
        read_input(tmp_path / "i.raw", CENTRED, real=True)


def test_an_image_for_a_model_of_real_values_has_those_of_the_convention(tmp_path: Path) -> None:
    path = save_image(tmp_path / "i.png", "L")
    source = read_input(path, CENTRED, real=True)
    assert np.array_equal(source.real.ravel(), np.float32(-1 + np.arange(24) / 255 * 2))
    assert np.array_equal(source.tensor, quantised(source.real, CENTRED))
    assert "pixels scaled to [-1, 1], quantised with" in source.description


def test_an_image_of_no_convention_has_real_values_too(tmp_path: Path) -> None:
    odd = input_tensor(1, 4, 6, 1, scale=0.05, zero_point=3)
    source = read_input(save_image(tmp_path / "i.png", "L"), odd, real=True)
    assert source.tensor.ravel().tolist() == [value - 128 for value in range(24)]
    assert np.array_equal(quantised(source.real, odd), source.tensor)
