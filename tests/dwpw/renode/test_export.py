"""What `dwpw renode -o FOLDER` writes, and what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from dwpw.renode.export import write_folder
from tests.dwpw.renode.conftest import RunDwpw
from tests.support.every_operator import INPUT_SHAPE

SHARED = {
    *("DwpwUnits.cs", "README.md", "dwpw.repl", "dwpw_control.py", "dwpw_units.so"),
    *("expected.json", "firmware.bin"),
}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_folder_has_what_every_input_of_every_set_needs(
    dwpw: RunDwpw, model_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "deep" / "out"
    result = dwpw(model_path, "-o", folder, "--kernels", "reference,simd", "--inputs", 2)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{folder}: 17 files; README.md there says how to run them\n"
    of_runs = {
        f"{name}-{number}{end}"
        for name in ("reference", "simd")
        for number in range(2)
        for end in (".resc", ".input.0.bin")
    }
    images = {"reference.image.bin", "simd.image.bin"} - {"scalar.image.bin"}
    assert names(folder) == SHARED | of_runs | images
    expected = json.loads((folder / "expected.json").read_text())
    assert [run["script"] for run in expected["runs"]] == [
        *("reference-0.resc", "simd-0.resc", "reference-1.resc", "simd-1.resc")
    ]
    assert all(len(run["crcs"]) == 10 for run in expected["runs"])
    first, second = (folder / f"simd-{number}.input.0.bin" for number in range(2))
    assert first.read_bytes() != second.read_bytes()


def test_nothing_in_the_folder_names_a_folder_of_this_machine(
    dwpw: RunDwpw, model_path: Path, tmp_path: Path, repository: Path
) -> None:
    given = tmp_path / "my pictures" / "one.npy"
    given.parent.mkdir()
    np.save(given, np.zeros(INPUT_SHAPE, np.int8))
    folder = tmp_path / "out"
    result = dwpw(model_path, "-o", folder, "--kernels", "simd", "--input", given)
    assert result.exit_code == 0, result.output
    ours = (str(repository), str(tmp_path), str(Path.home()), os.getcwd())
    for path in folder.iterdir():
        content = path.read_bytes()
        assert [one for one in ours if one != "/" and one.encode() in content] == [], path.name
    assert "one.npy" in (folder / "README.md").read_text()


def test_an_older_folder_of_ours_is_written_again_without_what_is_left_over(
    dwpw: RunDwpw, model_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    dwpw(model_path, "-o", folder, "--kernels", "simd", "--inputs", 3)
    (folder / "simd-2.uart").write_text("old")
    (folder / "notes.txt").write_text("mine")
    assert dwpw(model_path, "-o", folder, "--kernels", "simd", "--inputs", 1).exit_code == 0
    runs = {"simd-0.resc", "simd-0.input.0.bin", "simd.image.bin"}
    assert names(folder) == SHARED | runs | {"notes.txt"}


def test_a_folder_with_other_files_is_refused(
    dwpw: RunDwpw, model_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    result = dwpw(model_path, "-o", tmp_path, "--kernels", "simd", "--inputs", 1)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == (
        f"error: {tmp_path}: has files that are not of dwpw renode: name a new folder with -o"
    )
    assert "dwpw.repl" not in names(tmp_path)


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(Exception, match="out: is a file: name a folder with -o"):
        write_folder(tmp_path / "out", {})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say where to with -o FOLDER, or --run"),
        (["-o", "x", "--renode", "y"], "--renode and --json are about runs: give --run"),
        (["-o", "x", "--kernels", "fast"], "unknown kernel set 'fast'"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    dwpw: RunDwpw, model_path: Path, arguments: list[str], said: str
) -> None:
    result = dwpw(model_path, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
