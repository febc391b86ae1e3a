"""Where things lie in a clone, and where what is built goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from soc import paths

VARIABLES = ("DWPW_BUILD", "XDG_CACHE_HOME")


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_a_clone_builds_in_itself(repository: Path) -> None:
    assert paths.IN_CLONE
    assert paths.build_root() == repository / "build"
    assert repository == paths.FILES
    assert (paths.FIRMWARE / "runtime" / "main.c").is_file()


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, "home/.cache/dwpw"),
        ({"XDG_CACHE_HOME": "caches"}, "caches/dwpw"),
        ({"XDG_CACHE_HOME": "caches", "DWPW_BUILD": "mine"}, "mine"),
    ],
)
def test_installed_packages_build_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], folder: str
) -> None:
    monkeypatch.setattr(paths, "IN_CLONE", False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    assert paths.build_root() == tmp_path / folder


def test_dwpw_build_is_obeyed_in_a_clone_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWPW_BUILD", str(tmp_path))
    assert paths.build_root() == tmp_path
