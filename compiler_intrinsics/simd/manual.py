"""What the reference page says about the unit before it lists the instructions."""

from __future__ import annotations

from dataclasses import asdict

from .geometry import Geometry

TEXT = """\
## How the extension computes
It has {lanes} multipliers: {groups} accumulators (int32), {taps} products for each in every cycle.
Weights lie inside, in a store of {store_entries} entries of {lanes} int8; one word of data from the
CPU meets one store entry. Instructions wait in a queue of {queue}, so the CPU loads the next words
while the array works, and only `pop` waits for a result.

- **dot** (pointwise and ordinary convolution): a word is four input channels; accumulator g adds
  the dot product of the word with the entry's four weights for output channel g. The words up to a
  result are remembered (up to {patch_words}); `rep` replays them against the next entries, for the
  next four output channels, without a load.
- **dw** (depthwise): a word is one pixel of four channels; the extension keeps the two words before
  it in each of up to {rows} rows. Accumulator g adds, for channel g, the products of the three
  neighbouring pixels with three weights, so every input word is loaded once.
- **results**: at a *last* word, each accumulator gets its channel's bias, is scaled by multiplier
  and shift with the roundings of the TFLite reference kernels, moved by the output zero point,
  clamped, and the four int8 are packed into a word for `pop`. Up to {results} results wait. On
  request each int8 is exchanged for that of a table of 256 before.
- **up**: a weight is eight bits. Of longer ones the words pass once for every eight bits, the
  highest first, and the accumulators move up by a byte before each further pass: two tensors are
  added with the precision that their scales need.

Weights of uint8 are stored as int8, 128 less, and `set_zero_point` says what is subtracted from
each before it is multiplied; int8 has 0.

The zero point of the input is folded into the bias by the host
(bias + input_offset * sum of weights), and padding is fed as the zero point itself.

A program leaves at most {results} results unread. Beyond, the queue stops; should that leave the
CPU unable to go on, the oldest result is dropped rather than the CPU hung. Encodings that are not
listed answer 0 and change nothing. Before the first instruction the firmware sets bit 31 of CSR
0xBC0; without it they trap as illegal. The CPU looks at the bit one instruction early: the one
directly behind the write still sees its old value, so a `nop` belongs there.
"""


def manual(geometry: Geometry) -> str:
    """The text with the sizes filled in."""
    sizes = {"groups": geometry.groups, "taps": geometry.taps, "lanes": geometry.lanes}
    return TEXT.format(**sizes, **asdict(geometry))
