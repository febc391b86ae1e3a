"""What the reference page says about the unit before it lists instructions and commands."""

from __future__ import annotations

from .commands import ENGINE_BIT, WINDOW_BIT, Status
from .geometry import MOST_LEFT, PARAMETER_BLOCK, Geometry

TEXT = """\
## How the unit computes
It has {lanes} multipliers: {groups} accumulators (int32) for as many output channels, {taps}
products for each in every cycle. Activations lie inside, {activation_words} words of 8 bytes in
{banks} banks, and so do weights, {weight_entries} entries of {entry_bytes} bytes. A program is two
lists of commands in main RAM: the *memory* engine moves words between main RAM and the unit, the
*compute* engine turns activations into activations. Both go through their lists side by side;
`after` makes a command wait until the other engine has finished so many of its own. Only that
orders what they do.

Main RAM is what the CPU has given: an address in a command is a window (bit {window_bit}: 0 image,
read only; 1 arena) and below it an offset in bytes, a multiple of 8. What is outside is refused.
The CPU must not touch what lies in the arena window while a program runs, and flushes its D$
before it reads results.

A group of {groups} output channels has its parameters before its weights: {parameter_block} bytes
(biases of 32 bits, then multipliers, then shifts of 8 bits), padded to {parameter_entries} entries.
The scaling is that of the TFLite reference kernels, with shifts from 31 to the right (-31) to
{most_left} to the left; of a shift to the left the bits above those of {most_left} do not count.
The zero point of the input is folded into the biases by the host.

The status word has the status in its lowest {engine_bit} bits. For a refusal, for STUCK and for
STOPPED the engine is in bit {engine_bit} (0 memory, 1 compute) and above it the place of the
command in that engine's list. A program that ends so ends soon, however long its commands are:
both engines cut short what they are at. What a command that was refused or cut short has written
by then is any part of what it would have written: inside the arena window, in whole words or what
`tail` leaves of them, and inside the unit's memories.

| status | | |
|---|---|---|
{statuses}
"""

MEANING = {
    Status.IDLE: "no program was started",
    Status.RUNNING: "wait",
    Status.DONE: "both lists have ended, and everything is in main RAM",
    Status.UNKNOWN: "no such operation or memory",
    Status.SIZE: "a count of 0, or `tail` outside 1..8",
    Status.ADDRESS: "main RAM outside the windows, a write to the image, no multiple of 8",
    Status.LOCAL: "an address behind the end of a memory of the unit",
    Status.STUCK: "it waits for a command that the other engine will never finish",
    Status.STOPPED: "by the CPU, when the memory engine was at the command that is named; or the "
    "compute engine, if the other one waited for it or its list had ended",
}


def manual(geometry: Geometry) -> str:
    """The text with the sizes filled in."""
    return TEXT.format(
        lanes=geometry.lanes,
        groups=geometry.groups,
        taps=geometry.taps,
        banks=geometry.banks,
        activation_words=geometry.activation_words,
        weight_entries=geometry.weight_entries,
        entry_bytes=geometry.entry_bytes,
        parameter_block=PARAMETER_BLOCK,
        parameter_entries=geometry.parameter_entries,
        most_left=MOST_LEFT,
        window_bit=WINDOW_BIT,
        engine_bit=ENGINE_BIT,
        statuses="\n".join(f"| {one.value} | {one.name} | {MEANING[one]} |" for one in Status),
    )
