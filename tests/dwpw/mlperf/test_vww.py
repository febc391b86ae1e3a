"""Both modes of the benchmark with its largest network, from plain files of input.

The weights are random, so the classes of the dataset are what the golden interpreter says.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from dwpw.cli import cli
from dwpw.golden.outputs import golden_outputs
from dwpw.inputs import random_tensors
from dwpw.mlperf.benchmark import settings_of
from dwpw.mlperf.sample import content_of
from dwpw.model import Graph, read_model
from tests.support.mlperf_runner import Runner, accuracy, dataset, performance
from tests.support.targets import SIMD
from tests.support.terminal_process import terminal_of

NETWORK = ("mobilenet_v1", "--alpha", "0.25", "--resolution", "96", "--classes", "2")
FILES = 3


def write_dataset(graph: Graph, folder: Path) -> None:
    """Files of 27,648 pixels, and y_labels.csv."""
    folder.mkdir()
    settings = settings_of(graph, SIMD, None)
    runs = [random_tensors(graph, seed) for seed in range(FILES)]
    rows = []
    for number, (run, golden) in enumerate(
        zip(runs, golden_outputs(graph, runs, [None] * FILES), strict=True)
    ):
        (folder / f"{number}.bin").write_bytes(content_of(settings, run[0]))
        rows.append(f"{number}.bin,2,{np.argmax(golden.values)}\n")
    (folder / "y_labels.csv").write_text("".join(rows))


@pytest.mark.full
def test_performance_and_accuracy_mode_run_to_their_end(repository: Path, tmp_path: Path) -> None:
    model = tmp_path / "vww.tflite"
    made = CliRunner().invoke(cli, ["model", "make", *NETWORK, "-o", str(model)])
    assert made.exit_code == 0, made.output
    write_dataset(read_model(model), tmp_path / "vww01")
    truths = dataset(tmp_path / "vww01")
    assert all(truth.file.stat().st_size == 96 * 96 * 3 for truth in truths)
    with terminal_of(repository, "mlperf", str(model), "--pty") as port, Runner(port) as runner:
        assert runner.profile()["model"] == "vww01"
        laps = performance(runner, truths[0], loops=2, number=5)
        assert accuracy(runner, truths) == 1.0
    assert laps[0].results == laps[1].results
    # Some 1.45 million cycles, at 60 MHz.
    assert all(35 < lap.throughput < 50 for lap in laps)
