"""Operators that are looked up: one table, or one for each channel."""

from __future__ import annotations

import numpy as np

from dwpw.golden.looked_up import LookedUp


def test_every_channel_has_its_own_table():
    rng = np.random.default_rng(1)
    values = rng.integers(-128, 128, (3, 256)).astype(np.int8)
    tensor = rng.integers(-128, 128, (1, 2, 4, 3)).astype(np.int8)
    found = LookedUp(input=0, output=1, shape=tensor.shape, values=values)(tensor)
    assert found.shape == tensor.shape
    for place in np.ndindex(tensor.shape):
        assert found[place] == values[place[-1], int(tensor[place]) & 0xFF]


def test_one_table_serves_all_channels_of_a_file_of_uint8():
    values = np.arange(256).astype(np.int8)[np.newaxis]  # the byte itself
    tensor = np.arange(24, dtype=np.uint8).reshape(1, 2, 4, 3)
    found = LookedUp(input=0, output=1, shape=tensor.shape, values=values).in_the_file(tensor)
    assert np.array_equal(found, tensor)
