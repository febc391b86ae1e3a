"""A page in a browser: it draws without a network and without an error, sorts and tells.

Screenshots are kept in build/screenshots for people to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import Browser, browser

WIDTHS = (1280, 400)
DRAWN_MS = 2000
CYCLES = "[...document.querySelectorAll('#layers tbody tr')].map(r => r.cells[{0}].dataset.v | 0)"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Browser]:
    with browser(tmp_path) as one:
        yield one


@pytest.fixture
def screenshots(repository: Path) -> Path:
    folder = repository / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def require_quiet(opened: Browser, page: Path) -> None:
    """No error in the console, and nothing asked for but the page and what lies inside it."""
    assert opened.errors == []
    asked = {address for address in opened.requests if not address.startswith(("data:", "blob:"))}
    assert asked <= {page.as_uri(), "about:blank"}


def test_it_fits_every_width_light_and_dark(opened: Browser, page: Path, screenshots: Path) -> None:
    for width in WIDTHS:
        for dark in (False, True):
            opened.open(page, width, dark=dark)
            name = f"report-{width}-{'dark' if dark else 'light'}.png"
            opened.screenshot(screenshots / name)
            assert opened.value("document.documentElement.scrollWidth") == width
            assert opened.value("document.querySelectorAll('.chart svg').length") == 7
            colour = opened.value("getComputedStyle(document.body).backgroundColor")
            assert (colour == "rgb(255, 255, 255)") is not dark
    opened.pdf(screenshots / "report.pdf")
    require_quiet(opened, page)


def test_text_in_charts_has_the_colour_of_the_text_around(opened: Browser, page: Path) -> None:
    opened.open(page, 1280, dark=True)
    ink = opened.value("getComputedStyle(document.body).color")
    found = opened.value(
        "[...new Set([...document.querySelectorAll('.chart svg text')]"
        ".map(t => getComputedStyle(t).fill))]"
    )
    assert found == [ink]


def test_a_click_on_a_column_sorts_by_it_and_another_one_backwards(
    opened: Browser, page: Path
) -> None:
    opened.open(page, 1280)
    heads = opened.value("[...document.querySelectorAll('#layers th')].map(h => h.textContent)")
    column = heads.index("cycles")
    read = CYCLES.format(column)
    before = opened.value(read)
    opened.click("#layers th button", column)
    assert opened.value(read) == sorted(before) != before
    opened.click("#layers th button", column)
    assert opened.value(read) == sorted(before, reverse=True)
    sort = f"document.querySelectorAll('#layers th')[{column}].getAttribute('aria-sort')"
    assert opened.value(sort) == "descending"
    require_quiet(opened, page)


def test_all_columns_are_shown_when_asked_for(opened: Browser, page: Path) -> None:
    opened.open(page, 1280)
    shown = "[...document.querySelectorAll('#layers th')].filter(h => h.offsetWidth > 0).length"
    few = opened.value(shown)
    opened.click("#more")
    every = opened.value("document.querySelectorAll('#layers th').length")
    assert opened.value(shown) == every > few
    assert opened.value("document.documentElement.scrollWidth") == 1280


def test_a_pointer_on_a_bar_is_told_its_cycles(
    opened: Browser, page: Path, screenshots: Path
) -> None:
    opened.open(page, 1280)
    opened.point_at("#chart-layers svg .mark-rect path[aria-roledescription=bar]")
    text = opened.value(
        "new Promise(done => setTimeout(() =>"
        " done(document.getElementById('vg-tooltip-element').innerText), 300))"
    )
    assert "cycles" in text
    assert "4,000,000" in text
    opened.screenshot(screenshots / "report-hover.png", whole=False)
    require_quiet(opened, page)


@pytest.mark.full
def test_it_is_drawn_in_two_seconds(opened: Browser, page: Path) -> None:
    """Of a full test, which nothing else runs beside."""
    opened.open(page, 1280)
    opened.open(page, 1280)
    assert int(opened.value("document.documentElement.dataset.drawn")) < DRAWN_MS
