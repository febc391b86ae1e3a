"""Vega, Vega-Lite and what embeds their charts, as one script without any reference to a network.

The package `vl-convert-python` brings them; putting them together takes seconds, so that the
result is kept in the build cache.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from dwpw.paths import BUILD_ROOT
from soc.cache import cached

PACKAGE = "vl-convert-python"
VEGA_LITE = "6.4"
"""The version that draws, in the browser as in pictures."""
FILE = "vega.js"


def vega_script() -> str:
    """Text for a script element; defines `vegaEmbed`."""

    def build(folder: Path) -> None:
        import vl_convert

        text = vl_convert.javascript_bundle(vl_version=VEGA_LITE)
        # The one thing that would end the element early.
        (folder / FILE).write_text(text.replace("</script", r"<\/script"), encoding="utf-8")

    key = {"package": version(PACKAGE), "vega-lite": VEGA_LITE}
    return (cached(BUILD_ROOT, "vega", key, build) / FILE).read_text(encoding="utf-8")
