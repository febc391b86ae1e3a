"""Models of float32 and uint8 with `--input` files of their own kind, run on this computer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dwpw.model import edges
from tests.dwpw.test_engine_host import call
from tests.support import tflite_layers as layers
from tests.support.tflite_builder import build_model

SHAPE = (1, 4, 6, 1)
PIXELS = layers.Quantisation(1 / 255, -128)
PAD = layers.Pad(output=PIXELS, paddings=((0, 0), (0, 0), (0, 1), (0, 0)))


@pytest.fixture
def real_model(tmp_path: Path) -> Path:
    """float32 at both ends, PAD between QUANTIZE and DEQUANTIZE."""
    chain = [
        layers.Plain(code="QUANTIZE", shape=SHAPE, output=PIXELS),
        PAD,
        layers.Plain(code="DEQUANTIZE", shape=(1, 4, 7, 1), output=None),
    ]
    path = tmp_path / "real.tflite"
    path.write_bytes(build_model(SHAPE, None, chain))
    return path


@pytest.fixture
def unsigned_model(tmp_path: Path) -> Path:
    """uint8 throughout."""
    path = tmp_path / "unsigned.tflite"
    path.write_bytes(build_model(SHAPE, PIXELS, [PAD], weight_zero_point=0))
    return path


@pytest.fixture
def reals(tmp_path: Path) -> Path:
    """Real values of which most lie between two steps, and some beyond the range."""
    path = tmp_path / "reals.npy"
    np.save(path, np.linspace(-0.2, 1.2, 24, dtype=np.float32).reshape(SHAPE))
    return path


def test_real_values_are_quantised_as_tflite_does(real_model: Path, reals: Path) -> None:
    result = call("sim", real_model, "--engine", "host", "--input", reals)
    assert result.exit_code == 0, result.output
    assert f"input: float32 array {reals}, quantised with scale 0.00392157, zero" in result.stdout
    assert "bit-exact" in result.stdout


@pytest.mark.parametrize("command", ["sim", "compare"])
def test_a_quantize_that_rounds_otherwise_than_tflite_is_not_exact(
    command: str, real_model: Path, reals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = edges.quantised
    monkeypatch.setattr("dwpw.inputfile.quantised", lambda *given: right(*given) | np.int8(1))
    result = call(command, real_model, "--engine", "host", "--input", reals)
    assert result.exit_code == 1, result.output


@pytest.mark.parametrize("model", ["real_model", "unsigned_model"])
def test_images_are_taken_by_models_of_every_kind(
    model: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    path = tmp_path / "i.png"
    Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6)).save(path)
    result = call("sim", request.getfixturevalue(model), "--engine", "host", "--input", path)
    assert result.exit_code == 0, result.output
    assert "pixels scaled to [0, 1]" in result.stdout


def test_raw_bytes_of_a_uint8_model_are_pixels_and_its_classes_dequantised(
    unsigned_model: Path, tmp_path: Path
) -> None:
    path = tmp_path / "pixels.raw"
    path.write_bytes(bytes([255, 128, *22 * [0]]))
    result = call("sim", unsigned_model, "--engine", "host", "--input", path)
    assert result.exit_code == 0, result.output
    assert f"input: raw uint8 {path}, held as int8 less 128" in result.stdout
    assert "  1.0000  class 0\n  0.5020  class 1\n  0.0000  class 2\n" in result.stdout
