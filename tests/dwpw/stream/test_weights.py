"""Tiles of weights never lie over one that is still to be used."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from compiler_intrinsics.stream.geometry import Geometry
from dwpw.stream.weights import Tile, place_tiles

ENTRIES = 64
GEOMETRY = Geometry(weight_entries=ENTRIES)


@st.composite
def tiles_in_turn(draw: st.DrawFn) -> list[Tile]:
    """Tiles that are used one after the other, some of them again and again until much later."""
    sizes = draw(st.lists(st.integers(1, ENTRIES // 4), min_size=1, max_size=30))
    return [
        Tile(0, range(1), size, first=place, last=place + draw(st.sampled_from((0, 0, 1, 2))))
        for place, size in enumerate(sizes)
    ]


@given(tiles_in_turn())
def test_a_tile_is_free_before_it_is_used_first(tiles: list[Tile]) -> None:
    place_tiles(GEOMETRY, tiles)
    for number, tile in enumerate(tiles):
        assert tile.start >= 0
        assert tile.places.stop <= ENTRIES
        assert tile.free <= tile.first
        for other in tiles[:number]:
            if set(other.places) & set(tile.places):
                assert other.last < tile.free


def test_tiles_go_round_and_round() -> None:
    tiles = [Tile(0, range(1), ENTRIES // 4, first=place, last=place) for place in range(6)]
    place_tiles(GEOMETRY, tiles)
    assert [tile.start for tile in tiles] == [0, 16, 32, 48, 0, 16]
    assert [tile.free for tile in tiles] == [0, 0, 0, 0, 1, 2]


def test_tiles_pass_by_one_that_stays() -> None:
    stays = Tile(0, range(1), 16, first=0, last=9)
    tiles = [stays, *(Tile(1, range(1), 24, first=place, last=place) for place in range(1, 5))]
    place_tiles(GEOMETRY, tiles)
    assert [tile.start for tile in tiles] == [0, 16, 40, 16, 40]
    assert [tile.free for tile in tiles] == [0, 0, 0, 2, 3]


def test_what_is_left_of_a_tile_is_still_in_use() -> None:
    long = Tile(0, range(1), 40, first=0, last=2)
    behind = Tile(1, range(1), 24, first=1, last=1)
    over = Tile(2, range(1), 20, first=3, last=3)
    last = Tile(3, range(1), 20, first=4, last=4)
    place_tiles(GEOMETRY, [long, behind, over, last])
    assert (over.start, over.free) == (0, 3)
    assert (last.start, last.free) == (20, 3)
