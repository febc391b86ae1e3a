"""What the host engine is compiled from."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dwpw.errors import UserError
from dwpw.hostengine.compiled import compiled_server
from dwpw.target.simd import SIMD
from dwpw.target.target import Target


def test_the_same_target_is_compiled_once() -> None:
    target = Target("one", (SIMD,))
    assert compiled_server(target) == compiled_server(replace(target, name="another"))


def test_a_target_without_units_has_a_host_engine() -> None:
    assert compiled_server(Target("plain", ())).is_file()


def test_a_unit_brings_the_meaning_of_its_instructions_from_anywhere(tmp_path: Path) -> None:
    own = Path(shutil.copy(SIMD.c_meaning, tmp_path / "own_meaning.c"))
    assert compiled_server(Target("own", (replace(SIMD, c_meaning=own),))).is_file()


def test_a_unit_without_a_meaning_in_c_is_refused() -> None:
    target = Target("mute", (replace(SIMD, c_meaning=None),))
    wanted = (
        "target mute: unit simd names no C file with the meaning of its instructions, which"
        " --engine host needs: set Unit.c_meaning, or take --engine simulator"
    )
    with pytest.raises(UserError) as caught:
        compiled_server(target)
    assert str(caught.value) == wanted


def test_a_meaning_that_is_no_file_is_refused(tmp_path: Path) -> None:
    missing = tmp_path / "missing.c"
    with pytest.raises(UserError, match=f"{missing}, the meaning of simd's instructions in C, is"):
        compiled_server(Target("torn", (replace(SIMD, c_meaning=missing),)))
