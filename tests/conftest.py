"""What every test shares: where the repository lies, and how hypothesis searches."""

from __future__ import annotations

import gc
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import settings
from migen.fhdl import tracer

# Always the same examples: a red test is then red for everybody, and stays red until it is fixed.
# No deadline: the first example of a test may build the thing that it tests.
settings.register_profile("repeatable", derandomize=True, deadline=None)
# Look for new counterexamples: make test PYTEST=--hypothesis-profile=explore
settings.register_profile("explore", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Signals end the tests' children, also where a shell started the tests in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Places and routes come first: each is minutes on one core, and no worker shall end with it
    while the others wait."""
    items.sort(key=lambda item: item.path.name != "test_place_and_route.py")
    # Hypothesis looks at every module, and this one of LiteX, an old name that nobody uses, sleeps
    # for two seconds when it is looked at.
    sys.modules.pop("litex.soc.interconnect.stream_sim", None)


def pytest_collection_finish() -> None:
    """Garbage is looked for now and then, and not among what was collected: a test that makes
    hardware has some hundred thousand objects, and looking through them took a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Migen keeps every object that made a signal, and looks through all of them to name the next
    one: without this each test that makes hardware would take longer than the one before."""
    tracer.classname_to_objs.clear()
    tracer.name_to_idx.clear()


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return Path(__file__).resolve().parent.parent
