"""Projects for tools that we do not bring: run where they are installed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from soc.boards.bitstreams import AnyBoard, BoardProject
from soc.boards.project import NAME
from soc.boards.script import read_script
from soc.cache import cached, hash_files
from soc.errors import ToolError
from soc.fpga.tools import tool_path
from soc.toolchain import run


def build_with_vendor_tools(
    board: AnyBoard, project: BoardProject, build_root: Path, progress: Callable[[str], None]
) -> Path:
    """Folder in which the project's script ran; ToolError when a program of it is missing."""
    programs = list(read_script(project.gateware).commands)
    missing = [program for program in programs if shutil.which(program) is None]
    if missing or not programs:
        needed = ", ".join(missing) or "the vendor's tool"
        raise ToolError(
            f"{board.name}: the project for {project.device} is written, but {needed} is not"
            f" installed here to build it: {project.gateware}"
        )
    files = [path for path in project.gateware.iterdir() if path.is_file()]

    def build(folder: Path) -> None:
        progress(f"{board.name}: running {', '.join(programs)}")
        for path in files:
            shutil.copy(path, folder)
        run(["bash", f"build_{NAME}.sh"], cwd=folder, env=tool_path(build_root))

    return cached(build_root, "vendor", {"files": hash_files(files, project.gateware)}, build)
