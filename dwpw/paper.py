"""Costs of our networks beside those that the MobileNet paper prints (arXiv 1704.04861)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dwpw.errors import UserError
from dwpw.make import Blueprint, find_network
from dwpw.make.options import Order

MILLION = 1_000_000

SEED = 0
"""Of the weights of networks that are run."""

TOLERANCE = 0.03
"""Share by which a count may differ from a figure that it does not round to."""


@dataclass(frozen=True)
class PaperRow:
    """A row of the paper.

    table: its number there.
    macs, parameters: millions, as printed: the digits say how far they were rounded.
    why: what our count differs by, where it does not round to the figures.
    """

    table: int
    network: str
    order: Order
    macs: str
    parameters: str
    why: str = ""

    @property
    def name(self) -> str:
        """What the command line calls it: "vgg16", or "mobilenet_v1_0.25_224" where the paper has
        several."""
        known = find_network(self.network)
        if not known.has_alpha:
            return self.network
        size = self.order.resolution or known.resolution
        return f"{self.network}_{self.order.alpha or 1.0}_{size}"


PAPER: tuple[PaperRow, ...] = (
    PaperRow(8, "mobilenet_v1", Order(), "569", "4.2"),
    PaperRow(
        8,
        "googlenet",
        Order(),
        "1550",
        "6.8",
        "table 1 of arXiv 1409.4842 counts parameters in K of 1024 and has 34 M multiply-adds for"
        " the 7x7 stem, which as it is described takes 118 M",
    ),
    PaperRow(
        8,
        "vgg16",
        Order(),
        "15300",
        "138",
        "ours has the fully connected layers' 124 M multiply-adds: without them it is 15,347 M,"
        " which rounds to the paper's figure",
    ),
    PaperRow(6, "mobilenet_v1", Order(alpha=0.75), "325", "2.6"),
    PaperRow(6, "mobilenet_v1", Order(alpha=0.5), "149", "1.3"),
    PaperRow(6, "mobilenet_v1", Order(alpha=0.25), "41", "0.5"),
    PaperRow(7, "mobilenet_v1", Order(resolution=192), "418", "4.2"),
    PaperRow(
        7, "mobilenet_v1", Order(resolution=160), "290", "4.2", "290.7 M, cut off and not rounded"
    ),
    PaperRow(7, "mobilenet_v1", Order(resolution=128), "186", "4.2"),
)
"""Table 8 compares with other networks, 6 has the width multipliers, 7 the resolutions.  Width 1.0
at 224x224 stands in all of them."""


@dataclass(frozen=True)
class CountedRow:
    """A row of the paper with our network and its counts."""

    paper: PaperRow
    blueprint: Blueprint

    @property
    def macs_difference(self) -> float:
        """Our count over the paper's, less 1."""
        return self.blueprint.macs / (float(self.paper.macs) * MILLION) - 1

    @property
    def parameters_difference(self) -> float:
        """Our count over the paper's, less 1."""
        return self.blueprint.parameters / (float(self.paper.parameters) * MILLION) - 1

    @property
    def as_printed(self) -> bool:
        """Whether both counts round to the paper's figures."""
        return rounds_to(self.blueprint.macs, self.paper.macs) and rounds_to(
            self.blueprint.parameters, self.paper.parameters
        )

    @property
    def close(self) -> bool:
        """Whether each count rounds to the paper's figure or is within the tolerance."""
        return (
            rounds_to(self.blueprint.macs, self.paper.macs)
            or abs(self.macs_difference) <= TOLERANCE
        ) and (
            rounds_to(self.blueprint.parameters, self.paper.parameters)
            or abs(self.parameters_difference) <= TOLERANCE
        )


def rounds_to(count: int, printed: str) -> bool:
    """Whether a count in millions has the printed figure, with as many decimals."""
    decimals = len(printed.partition(".")[2])
    return f"{count / MILLION:.{decimals}f}" == printed


def named(rows: Sequence[CountedRow], text: str | None) -> tuple[CountedRow, ...]:
    """The rows of a list of names such as "googlenet,vgg16", all of them without one."""
    if text is None:
        return tuple(rows)
    wanted = {name.strip() for name in text.split(",")}
    known = [row.paper.name for row in rows]
    for name in sorted(wanted - {*known}):
        raise UserError(f"unknown network '{name}' (the paper has: {', '.join(known)})")
    return tuple(row for row in rows if row.paper.name in wanted)


def counted(rows: Sequence[PaperRow] = PAPER) -> tuple[CountedRow, ...]:
    """The paper's rows with our counts; no weights are made."""
    return tuple(CountedRow(row, find_network(row.network).blueprint(row.order)) for row in rows)
