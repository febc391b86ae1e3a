"""The scripts of `models/` answer a missing prerequisite with one line and exit code 2."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

from models import IMAGE_SIZE, train, write_inputs
from tests.support.idx import write_data_set


def refusal(command, *arguments: str) -> str:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert result.output.startswith("error: ")
    assert result.output.count("\n") == 1
    return result.output


def test_training_without_tensorflow_says_how_to_install_it(monkeypatch, tmp_path):
    write_data_set(tmp_path, images=1)
    monkeypatch.setitem(sys.modules, "keras", None)
    assert "pip install '.[train]'" in refusal(train.main, "--dataset", str(tmp_path))


@pytest.mark.parametrize("command", [train.main, write_inputs.main])
def test_missing_data_set_says_how_to_install_it(command, tmp_path):
    assert "apt-get install dataset-fashion-mnist" in refusal(command, "--dataset", str(tmp_path))


def test_training_on_from_a_missing_model_names_it():
    assert "nowhere.keras is not a file" in refusal(
        train.main, "--last-stage-from", "nowhere.keras"
    )


def test_last_training_stage_has_the_size_of_the_shipped_model():
    assert train.STAGES[-1].image_size == IMAGE_SIZE
