"""The host build of the firmware with the streaming unit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stream.models import TARGET
from tests.support.host_firmware import HostFirmware, build_server


@pytest.fixture
def firmware() -> Iterator[HostFirmware]:
    """A firmware of its own: one that a mutation has ended leaves other tests alone."""
    with HostFirmware(build_server(TARGET)) as running:
        yield running
