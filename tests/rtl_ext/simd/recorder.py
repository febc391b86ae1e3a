"""The meaning of the instructions, with a record of every word that it works on."""

from __future__ import annotations

from compiler_intrinsics.simd.state import State


class Recorder(State):
    """Also keeps, for each word: (store entry, parameter group, row, word, last, dw, mac, up,
    weights' zero point)."""

    def __post_init__(self):
        super().__post_init__()
        self.words = []
        self.moved_up = False

    def _move_up(self):
        self.moved_up = True
        super()._move_up()

    def _dot(self, word, last, record=True):
        self._record(word, last, dw=False, mac=True)
        super()._dot(word, last, record)

    def _dw(self, word, last, mac=True):
        self._record(word, last, dw=True, mac=mac)
        super()._dw(word, last, mac)

    def _record(self, word, last, dw, mac):
        place = (self.weights.position, self.params.position, self.row)
        self.words.append(
            (*place, word, int(last), int(dw), int(mac), int(self.moved_up), self.weight_zero_point)
        )
        self.moved_up = False
