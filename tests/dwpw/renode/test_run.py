"""`dwpw renode --run`, with programs in Renode's place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dwpw.image.format import VERSION
from dwpw.renode import runner
from tests.dwpw.renode.conftest import MakeProgram, RunDwpw

SHIPPED = "models/fashion_mobilenet_v1_025_96.tflite"

RECORDED = Path(__file__).with_name("shipped_reference.uart")
"""What the UART of the simulated SoC printed for the shipped model, kernel set `reference` and the
random input of seed 0.  A real Renode prints the same lines; its cycles are its instructions."""


def played(tmp_path: Path, text: str) -> str:
    """The shell script of a Renode whose UART prints this."""
    log = tmp_path / "played.uart"
    # The lines have not changed since; the number is that of the image's format.
    log.write_text(re.sub(r'"version":\d+', f'"version":{VERSION}', text))
    return f"echo \"$@\" >'{tmp_path}/arguments'\ncp '{log}' \"$uart\""


def words(text: str) -> list[str]:
    """Lines with single spaces."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_very_files_run_in_an_emulator_that_is_not_ours(
    dwpw: RunDwpw, model_path: Path, tmp_path: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENODE", str(stand_in))
    monkeypatch.setenv("COLUMNS", "120")
    folder = tmp_path / "out put"
    result = dwpw(model_path, "-o", folder, "--inputs", 2, "--run")
    assert result.exit_code == 0, result.output
    assert "Renode runs simd-1.resc" in result.stderr
    lines = words(result.stdout)
    assert "engine renode: exactness and instructions, no cycles" in lines
    assert "input random values, seed 1" in lines
    assert lines[-1] == (
        "With each of 2 inputs: All 30 tensors are bit-exact with the golden layers."
    )
    assert "cycles (" in result.stdout
    assert "MAC/cyc" not in result.stdout
    assert (folder / "scalar-1.uart").is_file()


@pytest.mark.full
def test_the_shipped_model_runs_there_with_four_inputs(
    dwpw: RunDwpw, repository: Path, stand_in: Path
) -> None:
    result = dwpw(repository / SHIPPED, "--run", "--renode", stand_in)
    assert result.exit_code == 0, result.output
    assert "With each of 4 inputs: All 90 tensors are bit-exact" in result.stdout


def test_a_recorded_log_goes_through_the_same_comparison(
    dwpw: RunDwpw, repository: Path, tmp_path: Path, fake_renode: MakeProgram
) -> None:
    program = fake_renode(played(tmp_path, RECORDED.read_text()))
    path = tmp_path / "r.json"
    arguments = ("--kernels", "reference", "--inputs", 1, "--run", "--json", path)
    result = dwpw(repository / SHIPPED, *arguments, "--renode", program)
    assert result.exit_code == 0, result.output
    assert words((tmp_path / "arguments").read_text()) == [
        "--disable-xwt --console --plain reference-0.resc"
    ]
    logged = [json.loads(line) for line in RECORDED.read_text().splitlines()]
    (run,) = json.loads(path.read_text())["runs"]
    assert (run["exact"], run["instructions"]) == (True, logged[-1]["instructions"])
    measured = [layer["instructions"] for layer in run["layers"]]
    assert measured == [line["instructions"] for line in logged if line["dwpw"] == "layer"]
    assert '"cycles"' not in path.read_text()
    assert "All 30 tensors are bit-exact with the golden layers." in result.stdout


def test_a_wrong_checksum_ends_with_1_and_names_the_layer(
    dwpw: RunDwpw, repository: Path, tmp_path: Path, fake_renode: MakeProgram
) -> None:
    right = json.loads(RECORDED.read_text().splitlines()[3])["crcs"][0]
    program = fake_renode(played(tmp_path, RECORDED.read_text().replace(right, "deadbeef")))
    path = tmp_path / "r.json"
    arguments = ("--kernels", "reference", "--inputs", 1, "--run", "--json", path)
    result = dwpw(repository / SHIPPED, *arguments, "--renode", program)
    assert result.exit_code == 1
    assert "DIFFERS: reference: 1 of 30 layers differ, the first is operator 2" in result.stdout
    (run,) = json.loads(path.read_text())["runs"]
    assert (run["exact"], run["instructions"]) == (False, None)
    assert [layer["index"] for layer in run["layers"] if not layer["exact"]] == [2]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "echo starting; exit 3",
            "simd-0.resc: the UART printed nothing; Renode ended with exit status 3: starting",
        ),
        (
            "echo 'There was an error executing command: no file'; echo bye; : > \"$uart\"",
            "simd-0.resc: the UART printed nothing; Renode ended with exit status 0: There was an"
            " error executing command: no file",
        ),
        (
            'echo \'{"dwpw":"start"\' > "$uart"',
            "simd-0.resc: the run ended before its result; its last line was:"
            ' {"dwpw":"start"; Renode ended with exit status 0',
        ),
        (
            'echo \'{"dwpw":"error","code":4,"name":"BAD_CRC"}\' > "$uart"',
            "simd-0.resc: the firmware stopped with error 4 (BAD_CRC); Renode ended with exit"
            " status 0",
        ),
    ],
)
def test_a_run_without_its_end_is_one_line(
    dwpw: RunDwpw, model_path: Path, fake_renode: MakeProgram, body: str, said: str
) -> None:
    arguments = ("--kernels", "simd", "--inputs", 1, "--run", "--renode", fake_renode(body))
    result = dwpw(model_path, *arguments)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == f"error: {said}"
    assert result.stdout == ""


def test_a_renode_that_hangs_is_ended(
    dwpw: RunDwpw, model_path: Path, fake_renode: MakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "START_SECONDS", 0)
    monkeypatch.setattr(runner, "SLOWEST_RATE", 20_000_000)
    program = fake_renode("exec sleep 1000")
    result = dwpw(model_path, "--kernels", "simd", "--inputs", 1, "--run", "--renode", program)
    assert result.exit_code == 2
    assert "the UART printed nothing; Renode was ended after 1 s" in result.stderr


def test_without_renode_one_line_names_it(
    dwpw: RunDwpw, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RENODE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = dwpw(model_path, "--run")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: renode: Renode is not installed: get it from renode.io, or say where it is with"
        " --renode PATH or RENODE=PATH\n"
    )
