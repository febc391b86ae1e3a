"""The benchmark's firmware through LiteX's boot protocol, as onto a board."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dwpw.serialport.test_on_simulated_soc import call
from tests.support.mlperf_device import tiny_model
from tests.support.terminal_process import terminal_of


@pytest.mark.full
def test_device_is_loaded_measured_and_gives_way_to_the_next_load(
    repository: Path, tmp_path: Path
) -> None:
    model = tiny_model(tmp_path / "tiny.tflite")
    with terminal_of(repository, "sim", "--pty") as port:
        measured = call("mlperf", model, "--model-id", "vww01", "--on", port, "--infer", 3)
        assert measured.exit_code == 0, measured.output
        assert "inferences per second; the results are TFLite's" in measured.stdout
        loaded = call("load", "--port", port, model)
        assert loaded.exit_code == 0, loaded.output
        assert "All 3 tensors are bit-exact with the golden layers." in loaded.stdout
