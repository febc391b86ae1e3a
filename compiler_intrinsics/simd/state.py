"""What the instructions mean: the state of the extension and one method per instruction.

Operands are 32-bit unsigned integers, as the CPU's registers hold them.  The hardware runs
behind the CPU and catches up when a result is read; the meaning is that of one instruction after
the other.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import IntFlag

from ..arithmetic import bytes_of, pack_bytes, requantise, signed
from .geometry import GROUPS, REP_COUNTS, TABLE_WORDS, TAPS, Geometry


class MacFlag(IntFlag):
    """Bits of funct7 in DOT and DW: what tells the variants of a MAC instruction apart."""

    LAST0 = 1  # the first word completes a result
    LAST1 = 2  # the second word completes a result
    SINGLE = 4  # there is no second word
    SKIP = 8  # history only, no multiplication
    UP = 32  # the accumulators move up a byte before the first word


THROUGH_TABLE = 1 << 16
"""Bit of the operand `act` of `set_output`: results go through the table."""


@dataclass
class Ring:
    """A counter that runs from `first` to `last` and around."""

    first: int = 0
    last: int = 0
    position: int = 0

    def advance(self, size: int) -> bool:
        """Step on, modulo `size`; true when the ring starts again."""
        wrapped = self.position == self.last
        self.position = self.first if wrapped else (self.position + 1) % size
        return wrapped


@dataclass
class State:
    """Everything an instruction can read or change.

    Attributes:
        store: `store_entries` x 4 words; byte t of word g weighs tap t for accumulator g.
        store_write: half entries written so far by `ld_weights`, modulo the store.
        weight_zero_point: int8 that is subtracted from every weight.
        weights: the entries that the MAC instructions go through, one per word.
        bias, multiplier, shift: int32, Q0.31 and -31..31 for each channel.
        param_write: channel that `ld_bias` and `ld_scale` write next.
        params: the groups of four channels that results go through, one per result.
        zero_point, act_min, act_max: int8 of the output.
        table: 64 words; byte v, as a uint8, is what stands for the result v.
        through_table: whether results go through it.
        accumulators: four int32.
        history: two words per row: the words before the last one, and the last one.
        row: row of the next word.
        patch: the words that `rep` replays.
        patch_length: words of the patch in the making; patch_last: last word of the finished one.
        results: packed words, oldest first.
    """

    geometry: Geometry = field(default_factory=Geometry)
    store: list[list[int]] = field(init=False)
    store_write: int = 0
    weight_zero_point: int = 0
    weights: Ring = field(default_factory=Ring)
    bias: list[int] = field(init=False)
    multiplier: list[int] = field(init=False)
    shift: list[int] = field(init=False)
    param_write: int = 0
    params: Ring = field(default_factory=Ring)
    zero_point: int = 0
    act_min: int = 0
    act_max: int = 0
    table: list[int] = field(default_factory=lambda: [0] * TABLE_WORDS)
    through_table: bool = False
    accumulators: list[int] = field(default_factory=lambda: [0] * GROUPS)
    history: list[list[int]] = field(init=False)
    row: int = 0
    patch: list[int] = field(init=False)
    patch_length: int = 0
    patch_last: int = 0
    results: deque[int] = field(default_factory=deque)

    def __post_init__(self):
        channels = self.geometry.param_groups * GROUPS
        self.store = [[0] * GROUPS for _ in range(self.geometry.store_entries)]
        self.bias = [0] * channels
        self.multiplier = [0] * channels
        self.shift = [0] * channels
        self.history = [[0, 0] for _ in range(self.geometry.rows)]
        self.patch = [0] * self.geometry.patch_words

    @property
    def full(self) -> bool:
        """No place for another result: a program reads one before it goes on."""
        return len(self.results) == self.geometry.results

    # Set-up -----------------------------------------------------------------------------------

    def set_weights(self, first: int, last: int) -> None:
        """MAC instructions go through store entries first..last; a new result starts."""
        size = self.geometry.store_entries
        self.weights = Ring(first % size, last % size, first % size)
        self.accumulators = [0] * GROUPS
        self.row = 0
        self.patch_length = 0

    def set_params(self, first: int, last: int) -> None:
        """Results go through parameter groups first..last, four channels each."""
        size = self.geometry.param_groups
        self.params = Ring(first % size, last % size, first % size)

    def set_output(self, zero_point: int, act: int) -> None:
        """Output zero point; `act` holds the clamp: its minimum in byte 0, maximum in byte 1.

        Behind the clamp results go through the table where THROUGH_TABLE is set in `act`.
        """
        self.zero_point = signed(zero_point, 8)
        self.act_min, self.act_max = bytes_of(act)[:2]
        self.through_table = bool(act & THROUGH_TABLE)

    def ld_table(self, place: int, four: int) -> None:
        """Write word `place` of the table."""
        self.table[place % TABLE_WORDS] = four

    def set_zero_point(self, zero_point: int) -> None:
        """MAC instructions subtract `zero_point`, an int8, from every weight."""
        self.weight_zero_point = signed(zero_point, 8)

    def seek(self, entry: int, channel: int) -> None:
        """`ld_weights` writes from store entry `entry`, `ld_bias`/`ld_scale` from `channel`."""
        self.store_write = 2 * (entry % self.geometry.store_entries)
        self.param_write = channel % len(self.bias)

    def ld_weights(self, low: int, high: int) -> None:
        """Write half a store entry: the weights of accumulators 0, 1 (then 2, 3)."""
        entry, half = divmod(self.store_write, 2)
        self.store[entry][2 * half : 2 * half + 2] = [low, high]
        self.store_write = (self.store_write + 1) % (2 * self.geometry.store_entries)

    def ld_bias(self, bias: int) -> None:
        """Write the bias of the current channel."""
        self.bias[self.param_write] = signed(bias, 32)

    def ld_scale(self, multiplier: int, shift: int) -> None:
        """Write multiplier (0..2**31-1) and shift (-31..31, -32 counts as -31); next channel."""
        self.multiplier[self.param_write] = multiplier & 0x7FFFFFFF
        self.shift[self.param_write] = max(signed(shift, 6), -31)
        self.param_write = (self.param_write + 1) % len(self.bias)

    # Multiply and accumulate --------------------------------------------------------------------

    def _mac(self, taps_of_group, last: bool) -> None:
        """Add four products to each accumulator; at `last`, requantise, pack and start again."""
        entry = self.store[self.weights.position]
        for group in range(GROUPS):
            weights = [byte - self.weight_zero_point for byte in bytes_of(entry[group])]
            total = sum(weights[tap] * taps_of_group(group)[tap] for tap in range(TAPS))
            self.accumulators[group] = signed(self.accumulators[group] + total, 32)
        if last:
            self._emit()

    def _move_up(self) -> None:
        """Accumulators times 256."""
        self.accumulators = [signed(value << 8, 32) for value in self.accumulators]

    def _emit(self) -> None:
        packed = []
        for group in range(GROUPS):
            channel = GROUPS * self.params.position + group
            value = requantise(
                signed(self.accumulators[group] + self.bias[channel], 32),
                self.multiplier[channel],
                self.shift[channel],
            )
            packed.append(self._output(value))
        self.results.append(pack_bytes(packed))
        self.params.advance(self.geometry.param_groups)
        self.accumulators = [0] * GROUPS

    def _output(self, value: int) -> int:
        """What becomes of a scaled accumulator."""
        clamped = max(self.act_min, min(self.act_max, value + self.zero_point))
        if not self.through_table:
            return clamped
        word, byte = divmod(clamped & 0xFF, 4)
        return bytes_of(self.table[word])[byte]

    def _step(self) -> None:
        """On to the next store entry and row."""
        wrapped = self.weights.advance(self.geometry.store_entries)
        self.row = 0 if wrapped else (self.row + 1) % self.geometry.rows

    def _dot(self, word: int, last: bool, record: bool = True) -> None:
        """Pointwise: four input channels of `word` for each of four output channels."""
        if record:
            self.patch[self.patch_length] = word
            if last:
                self.patch_last = self.patch_length
            self.patch_length = 0 if last else (self.patch_length + 1) % len(self.patch)
        self._mac(lambda group: bytes_of(word), last)
        self._step()

    def _dw(self, word: int, last: bool, mac: bool = True) -> None:
        """Depthwise: `word` and the two before it in its row, for each of four channels."""
        before, previous = self.history[self.row]
        self.history[self.row] = [previous, word]
        if mac:
            columns = [bytes_of(column) for column in (before, previous, word, 0)]
            self._mac(lambda group: [column[group] for column in columns], last)
        self._step()

    def dot(self, flags: int, a: int) -> None:
        """Pass a word, which may complete a result, behind accumulators times 256."""
        if flags & MacFlag.UP:
            self._move_up()
        self._dot(a, bool(flags & MacFlag.LAST0))

    def rep(self, count: int) -> None:
        """Replay the finished patch `count` times, modulo REP_COUNTS; each time is a result."""
        for _time in range(count % REP_COUNTS):
            for position in range(self.patch_last + 1):
                self._dot(self.patch[position], position == self.patch_last, record=False)

    def dw(self, flags: int, a: int) -> None:
        """Pass a pixel of a depthwise window, which may complete a result."""
        self._dw(a, bool(flags & MacFlag.LAST0))

    def skip(self, a: int) -> None:
        """Only remember a pixel."""
        self._dw(a, last=False, mac=False)

    def pop(self) -> int:
        """The oldest result: four int8, one for each accumulator; 0 when there is none."""
        return self.results.popleft() if self.results else 0
