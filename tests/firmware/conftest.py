"""One sanitized host build of the firmware for the whole session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.host_firmware import HostFirmware, build_server


@pytest.fixture(scope="session")
def firmware() -> Iterator[HostFirmware]:
    """The firmware on this computer, ready to run images."""
    with HostFirmware(build_server()) as running:
        yield running
