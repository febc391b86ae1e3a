"""The harness reads main RAM through the L2, however wide its entries are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from soc.config import SocConfig
from tests.support.targets import UNITS

MAIN = Path(__file__).parent / "memory_main.cpp"
LINE, LINES, BYTES = 32, 4, 1024
TAGS, STATE = (0, 1, 7, 0), (0, 0x01, 0x81, 0x7F)


def compiled(repository: Path, folder: Path, entry: str) -> subprocess.CompletedProcess:
    harness = repository / "soc" / "sim" / "harness"
    return subprocess.run(
        ["g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", f"-DENTRY={entry}", f"-I{harness}"]
        + ["-o", folder / "memory", MAIN, harness / "memory.cpp"],
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("entry", ["uint8_t", "uint16_t", "uint32_t", "uint64_t"])
def test_words_of_the_l2_cover_those_of_main_ram(repository, tmp_path, entry):
    built = compiled(repository, tmp_path, entry)
    assert built.returncode == 0, built.stderr
    seen = subprocess.run([tmp_path / "memory"], capture_output=True, text=True, check=True)
    expected = ["m"] * BYTES
    for index, (tag, present) in enumerate(zip(TAGS, STATE, strict=True)):
        start = (tag * LINES + index) * LINE
        for place in range(LINE):
            if present >> place // 4 & 1:
                expected[start + place] = str(index)
    assert seen.stdout == "".join(expected)


def test_entries_that_no_word_of_the_host_holds_are_refused(repository, tmp_path):
    refused = compiled(repository, tmp_path, "struct{int x[3];}")
    assert "an entry has more than 64 bits" in refused.stderr


@pytest.mark.full
@pytest.mark.parametrize("size", [256, 128 * 1024], ids=["17 bits", "8 bits"])
def test_dumps_are_right_with_tags_of_any_width(make_bench, size):
    outcome = make_bench(SocConfig(l2_size=size, units=UNITS)).run("dump")
    written = bytes((i * 7 + i // 256) & 0xFF for i in range(20000))
    assert outcome.dumps == [written, b"", bytes([written[3], 0, written[5]])]
