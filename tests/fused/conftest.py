"""The host build of the firmware with the fused kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fused.target import FUSED
from tests.support.host_firmware import HostFirmware, build_server


@pytest.fixture
def firmware() -> Iterator[HostFirmware]:
    """A firmware of its own: one that a mutation has ended leaves other tests alone."""
    with HostFirmware(build_server(FUSED)) as running:
        yield running
