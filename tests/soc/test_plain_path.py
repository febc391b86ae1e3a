"""Folders with spaces in their names: make sees them through links, everything else as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from soc import plain_path
from soc.cache import cached
from soc.errors import ToolError
from soc.plain_path import PLAIN, plain
from soc.toolchain import run

SOURCES = ("compiler_intrinsics", "rtl_ext", "soc", "dwpw", "firmware")

BIOS = """
from dwpw.paths import BUILD_ROOT
from soc.config import SocConfig
from soc.sim.bios import simulated_bios
from soc.sim.simulator import elaborated

config = SocConfig(memory="ideal")
headers = elaborated(config, BUILD_ROOT) / "include"
print(simulated_bios(config, headers, BUILD_ROOT, print))
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the links."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def spaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in a folder with a space."""
    folder = tmp_path / "with a space"
    folder.mkdir()
    monkeypatch.setattr(plain_path, "REPOSITORY", folder)
    return folder


def test_a_plain_name_stays_as_it_is(temporary: Path) -> None:
    assert plain(Path("/usr/lib/x_1.2-3/a+b@c=d,e~f")) == Path("/usr/lib/x_1.2-3/a+b@c=d,e~f")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("character", list(" \t'\"$#:%&;()[]*?\\"))
def test_a_character_that_make_or_a_shell_takes_for_its_own_is_not_plain(character: str) -> None:
    assert not PLAIN.fullmatch(f"/usr/a{character}b")


def test_files_of_the_checkout_get_one_link_and_keep_their_places(spaced: Path) -> None:
    (spaced / "soc").mkdir()
    one, other = plain(spaced / "soc" / "a.v"), plain(spaced / "build" / "b")
    assert (one.parent.parent, one.name) == (other.parent.parent, "a.v")
    assert one.parent.resolve() == spaced / "soc"
    assert PLAIN.fullmatch(str(one))
    assert plain(spaced / "soc" / "a.v") == one


def test_make_works_where_an_entry_of_the_cache_is_built(spaced: Path) -> None:
    (spaced / "text").write_text("hello")

    def build(folder: Path) -> None:
        source = plain(spaced / "text")
        (folder / "Makefile").write_text(f"{folder}/copy: {source}\n\tcp $< $@\n")
        run(["make", "-C", str(folder), "-f", str(folder / "Makefile")])

    entry = cached(spaced / "build", "copy", {}, build)
    assert entry.parent == spaced / "build"
    assert (entry / "copy").read_text() == "hello"


def test_a_name_that_no_link_can_mend_is_refused(spaced: Path) -> None:
    with pytest.raises(ToolError) as caught:
        plain(spaced / "my file.v")
    assert str(caught.value) == (
        f"{spaced}/my file.v: make cannot work with this name; rename it without spaces"
    )


def test_links_with_a_space_in_their_name_are_refused(
    spaced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(spaced))
    with pytest.raises(ToolError) as caught:
        plain(spaced / "a.v")
    assert str(caught.value) == (
        f"{spaced}: make cannot work in a folder of this name, nor among the temporary files in"
        f" {spaced}; move the checkout, or name another folder: TMPDIR=FOLDER dwpw ..."
    )


@pytest.mark.full
@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="needs the environment of `make test`")
def test_simulator_firmware_and_bios_are_built_in_a_checkout_with_spaces(
    repository: Path, tmp_path: Path
) -> None:
    checkout = tmp_path / "a checkout" / "with spaces"
    for name in SOURCES:
        shutil.copytree(repository / name, checkout / name)
    shutil.copy(repository / "pyproject.toml", checkout)  # what makes it a checkout
    (checkout / ".venv").symlink_to(sys.prefix)
    python = checkout / ".venv" / "bin" / "python"
    environment = os.environ | {"PYTHONPATH": str(checkout), "TMPDIR": str(tmp_path / "tmp")}
    commands = {"built": ("-m", "dwpw", "build", "--memory", "ideal"), "BIOS": ("-c", BIOS)}
    for result, command in commands.items():
        done = subprocess.run(
            [python, *command],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{result}: {done.stderr}"
        assert f"{checkout}/build/" in done.stdout
