"""Class names and scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dwpw.errors import UserError
from dwpw.labels import best_scores, read_labels
from dwpw.model import Tensor

OUTPUT = Tensor(9, "out", (1, 3), "int8", np.float32([1 / 256]), np.array([-128]))


def test_labels_beside_the_model_are_found(tmp_path: Path) -> None:
    (tmp_path / "m.labels.txt").write_text("cat\ndog\n\ncow\n")
    assert read_labels(None, tmp_path / "m.tflite", 3) == ("cat", "dog", "cow")


def test_a_model_needs_no_labels(tmp_path: Path) -> None:
    assert read_labels(None, tmp_path / "m.tflite", 3) is None


def test_labels_of_another_number_are_refused(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_text("cat\ndog\n")
    with pytest.raises(UserError, match=r"l.txt: has 2 labels, the model 3 outputs"):
        read_labels(tmp_path / "l.txt", tmp_path / "m.tflite", 3)


def test_labels_that_are_missing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"l.txt: cannot be read: No such file or directory"):
        read_labels(tmp_path / "l.txt", tmp_path / "m.tflite", 3)


def test_scores_are_dequantised_and_sorted() -> None:
    scores = best_scores((-128, 127, 0), OUTPUT, ("cat", "dog", "cow"), 2)
    assert [(s.name, s.value) for s in scores] == [("dog", 255 / 256), ("cow", 0.5)]
    assert best_scores((0, 0, 0), OUTPUT, None, 1)[0].name == "class 0"


def test_scores_of_a_uint8_output_have_the_files_scale_and_zero_point() -> None:
    held = Tensor(9, "out", (1, 2), "int8", np.float32([1 / 256]), np.array([-128]), unsigned=True)
    # In the file: values 255 and 64, zero point 0.
    assert [s.value for s in best_scores((127, -64), held, None, 2)] == [255 / 256, 0.25]
