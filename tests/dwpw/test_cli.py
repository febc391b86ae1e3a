"""The commands from the outside: exit statuses, and one clear line for every bad call."""

from __future__ import annotations

import errno
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from dwpw.cli import cli
from dwpw.golden import golden_layers
from dwpw.jobs import Job, Observer, SimulatorRunner
from dwpw.paths import BUILD_ROOT
from dwpw.runlog import RunLog
from dwpw.target.target import Target
from soc.errors import ToolError
from tests.dwpw.fake_run import log_of
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Quantisation, Softmax


def call(*arguments: object) -> Result:
    """Run `dwpw ARGUMENTS`; a traceback fails the test."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@dataclass(frozen=True)
class FakeMachine:
    """Stands for a built machine; its runs are those of `fake_run`."""

    target: Target


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Replaces building and simulating; the dict names an operator that shall differ, by set."""
    wrong: dict[str, int] = {}

    def run(self: SimulatorRunner, job: Job, observer: Observer, **_: object) -> RunLog:
        log = log_of(job, golden_layers(job.plan.graph, job.inputs), wrong.get(job.name))
        for layer in log.layers:
            event = {"dwpw": "layer", "index": layer.index, "kernel": layer.kernel,
                     "cycles": layer.cycles, "crcs": [f"{layer.crcs[0]:08x}"]}  # fmt: skip
            observer.on_event(event)
        return log

    for module in ("console.simulated", "cli.sim"):
        monkeypatch.setattr(
            f"dwpw.{module}.build_machine",
            lambda target, step, traced=False, counters=False: FakeMachine(target),
        )
    monkeypatch.setattr(SimulatorRunner, "run", run)
    return wrong


SETS = ("--kernels", "reference,scalar")


def test_compare_prints_the_tables_and_ends_with_0(
    model_path: Path, simulated: dict[str, int]
) -> None:
    result = call("compare", model_path, *SETS)
    assert result.exit_code == 0
    assert "All 20 tensors are bit-exact with the golden layers." in result.stdout
    assert "random values, seed 0 (no --input given)" in result.stdout
    assert "\x1b" not in result.output  # nothing but plain text where there is no terminal


def test_compare_writes_the_runs_in_the_order_of_the_option(
    model_path: Path, simulated: dict[str, int], tmp_path: Path
) -> None:
    path = tmp_path / "c.json"
    assert (
        call("compare", model_path, "--kernels", "scalar,reference", "--json", path).exit_code == 0
    )
    assert [run["kernels"] for run in json.loads(path.read_text())["runs"]] == [
        "scalar",
        "reference",
    ]


def test_compare_ends_with_1_when_a_tensor_differs(
    model_path: Path, simulated: dict[str, int]
) -> None:
    simulated["scalar"] = 3
    result = call("compare", model_path, *SETS)
    assert result.exit_code == 1
    assert "DIFFERS: scalar: 1 of 10 layers differ, the first is operator 3" in result.stdout


def test_sim_prints_layers_total_and_classes(model_path: Path, simulated: dict[str, int]) -> None:
    model_path.with_suffix(".labels.txt").write_text("ant\nbee\ncat\ndog\nemu\n")
    result = call("sim", model_path, "--kernels", "scalar")
    assert result.exit_code == 0
    assert "  2  dw 3x3        4x4x4       scalar/depthwise_3x3" in result.stdout
    assert "layers 22,000,000 cycles" in result.stdout
    assert "all 10 tensors are bit-exact" in result.stdout
    assert {"ant", "bee", "cat", "dog", "emu"} <= set(result.stdout.split())


def test_sim_shows_no_cycles_of_a_wrong_tensor(model_path: Path, simulated: dict[str, int]) -> None:
    simulated["scalar"] = 2
    result = call("sim", model_path, "--kernels", "scalar")
    assert result.exit_code == 1
    assert "layers DIFFERS: tensors differ from the golden layers (see --check)" in result.stdout
    assert "1,200,000" not in result.stdout
    assert "22,000,000" not in result.stdout


def test_explain_prints_the_ledger_and_writes_it(
    model_path: Path, simulated: dict[str, int], tmp_path: Path
) -> None:
    path = tmp_path / "e.json"
    result = call("explain", model_path, "--kernels", "scalar", "--json", path)
    assert result.exit_code == 0
    assert "run    kernels scalar; performance counters are built in" in result.stdout
    assert "instructions flushed by refills and executed again" in result.stdout
    assert "All 10 tensors are bit-exact with the golden layers." in result.stdout
    data = json.loads(path.read_text())
    assert (data["schema"], data["kernels"]) == ("dwpw.explain/2", "scalar")


def test_explain_ends_with_1_and_shows_no_cycles_of_a_wrong_tensor(
    model_path: Path, simulated: dict[str, int]
) -> None:
    simulated["scalar"] = 2
    result = call("explain", model_path, "--kernels", "scalar")
    assert result.exit_code == 1
    assert "DIFFERS: scalar: 1 of 10 layers differ, the first is operator 2" in result.stdout
    assert "1,200,000" not in result.stdout
    assert "22,000,000" not in result.stdout
    assert "executed again" not in result.stdout


BAD_CALLS = {
    "unknown kernel set": (
        ("compare", "MODEL", "--kernels", "reference,magic"),
        "unknown kernel set 'magic' (target simd-16 has: reference, scalar, simd)",
    ),
    "kernel set given twice": (
        ("compare", "MODEL", "--kernels", "scalar,scalar"),
        "kernel set 'scalar' is given twice in --kernels scalar,scalar",
    ),
    "no kernel set": (
        ("compare", "MODEL", "--kernels", ""),
        "unknown kernel set '' (target simd-16 has: reference, scalar, simd)",
    ),
    "unknown memory": (
        ("compare", "MODEL", "--memory", "ddr9"),
        "unknown memory 'ddr9' (known: sdram, ideal)",
    ),
    "missing model": (
        ("compare", "none.tflite"),
        "none.tflite: cannot be read: No such file or directory",
    ),
    "folder as a model": (("compare", "/"), "/: cannot be read: Is a directory"),
    "missing input": (("compare", "MODEL", "--input", "none.png"), "none.png: no such file"),
    "JSON path in no folder": (
        ("compare", "MODEL", "--json", "none/c.json"),
        "none/c.json: cannot be written: No such file or directory",
    ),
    "explain with two kernel sets": (
        ("explain", "MODEL", "--kernels", "scalar,simd"),
        "unknown kernel set 'scalar,simd' (target simd-16 has: reference, scalar, simd)",
    ),
    "explain of a missing model": (
        ("explain", "none.tflite"),
        "none.tflite: cannot be read: No such file or directory",
    ),
    "explain on an unknown memory": (
        ("explain", "MODEL", "--memory", "ddr9"),
        "unknown memory 'ddr9' (known: sdram, ideal)",
    ),
    "explain into no folder": (
        ("explain", "MODEL", "--json", "none/e.json"),
        "none/e.json: cannot be written: No such file or directory",
    ),
    "sim with an unknown kernel set": (
        ("sim", "MODEL", "--kernels", "magic"),
        "unknown kernel set 'magic' (target simd-16 has: reference, scalar, simd)",
    ),
    "missing labels": (
        ("sim", "MODEL", "--labels", "none.txt"),
        "none.txt: cannot be read: No such file or directory",
    ),
    "window without a trace": (
        ("sim", "MODEL", "--trace-window", "1:2"),
        "--trace-window needs --trace FILE.fst",
    ),
    "window that is none": (
        ("sim", "MODEL", "--trace", "t.fst", "--trace-window", "many"),
        "--trace-window many: is not START:END in cycles",
    ),
    "window that ends before it starts": (
        ("sim", "MODEL", "--trace", "t.fst", "--trace-window", "9:3"),
        "--trace-window 9:3: END must lie behind START",
    ),
    "layer without a trace": (
        ("sim", "MODEL", "--trace-layer", "3"),
        "--trace-layer needs --trace FILE.fst",
    ),
    "layer and window at once": (
        ("sim", "MODEL", "--trace", "t.fst", "--trace-layer", "3", "--trace-window", "1:2"),
        "--trace-window and --trace-layer exclude each other: give one of them",
    ),
    "report that cannot be written": (
        ("report", "MODEL", "-o", "none/r.html"),
        "none/r.html: cannot be written: No such file or directory",
    ),
    "timeline that cannot be written": (
        ("explain", "MODEL", "--timeline", "none/t.json"),
        "none/t.json: cannot be written: No such file or directory",
    ),
    "area without a page": (
        ("compare", "MODEL", "--area", "a.json"),
        "--area is about what a page shows: give --html FILE too",
    ),
    "area that is none": (
        ("report", "MODEL", "-o", "r.html", "--area", "none.json"),
        "none.json: cannot be read: No such file or directory",
    ),
    "page of a board": (
        ("compare", "MODEL", "--on", "/dev/none", "--html", "r.html"),
        "--html and --timeline are about simulated runs, without --on",
    ),
    "build for an unknown memory": (
        ("build", "--memory", "ddr9"),
        "unknown memory 'ddr9' (known: sdram, ideal)",
    ),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_bad_call_ends_with_2_and_one_line(
    name: str, model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, message = BAD_CALLS[name]
    monkeypatch.chdir(model_path.parent)
    result = call(*(str(model_path) if one == "MODEL" else one for one in arguments))
    assert result.exit_code == 2
    assert result.output == f"error: {message}\n"


def test_an_input_that_ends_the_golden_interpreter_ends_with_2_and_one_line(tmp_path: Path) -> None:
    model, zeros = tmp_path / "wide.tflite", tmp_path / "zeros.npy"
    model.write_bytes(build_model((1, 1, 1, 512), Quantisation(0.1, 0), [Softmax()]))
    np.save(zeros, np.zeros((1, 1, 1, 512), np.int8))
    result = call("compare", model, "--input", zeros)
    assert result.exit_code == 2
    assert result.output.startswith(f"error: {model}: ai-edge-litert ")
    assert " died of SIGABRT; no golden layers, likely of operator 0 (SOFTMAX" in result.output
    assert result.output.count("\n") == 1


def test_a_missing_compiler_ends_with_2_and_the_command_that_installs_it(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise ToolError(f"{name} is not installed: apt-get install it")

    monkeypatch.setattr("dwpw.machine.find_program", missing)
    result = call("compare", model_path, *SETS)
    assert result.exit_code == 2
    assert "error: riscv64-unknown-elf-gcc is not installed: apt-get install it" in result.output


def test_an_interrupt_ends_with_130(model_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dwpw.console.simulated.build_machine", interrupted)
    result = call("compare", model_path, *SETS)
    assert result.exit_code == 130
    assert result.output.endswith("interrupted\n")


def test_a_missing_python_package_is_named(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'litex'", name="litex")

    monkeypatch.setattr("dwpw.console.simulated.build_machine", missing)
    result = call("compare", model_path, *SETS)
    assert result.exit_code == 2
    assert result.output == "error: Python package litex is not installed: see dwpw doctor\n"


def test_an_unforeseen_error_of_the_system_ends_with_2_and_one_line(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/some/file")

    monkeypatch.setattr("dwpw.console.simulated.build_machine", denied)
    result = call("compare", model_path, *SETS)
    assert result.exit_code == 2
    assert result.output == "error: /some/file: Permission denied\n"


def test_a_full_disk_ends_with_2_and_says_what_helps(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("dwpw.console.simulated.build_machine", full)
    result = call("compare", model_path, *SETS)
    assert result.exit_code == 2
    assert result.output == (
        "error: No space left on device; free some room: temporary files go to"
        f" {tempfile.gettempdir()} (or TMPDIR=FOLDER), what is built to {BUILD_ROOT}\n"
    )


@pytest.mark.parametrize("command", ["compare", "explain", "sim", "build", "doctor"])
def test_every_command_explains_itself(command: str) -> None:
    assert f"Usage: cli {command}" in call(command, "--help").stdout
