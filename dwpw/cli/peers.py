"""`dwpw peers`: what others have published about the same network."""

from __future__ import annotations

from pathlib import Path

import click

from dwpw.console.options import output_console
from dwpw.errors import UserError
from dwpw.model import Graph, read_model
from dwpw.peers.networks import NETWORKS, network_of
from dwpw.peers.published import figures_for
from dwpw.report.earlier import read_earlier
from dwpw.report.peers_table import Row, print_peers, rows_of, rows_of_ours


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--ours",
    "comparisons",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE.json",
    help="Put the runs of a dwpw compare --json of MODEL beside them; may be given several times.",
)
def peers(model: Path, comparisons: tuple[Path, ...]) -> None:
    """Print published figures for MODEL's network, each with its source, slowest first.

    A network is recognised by its input and its number of multiplications.
    """
    graph = read_model(model)
    ours = [row for path in comparisons for row in _rows(path, graph)]
    network = network_of(graph)
    if network is None:
        known = "; ".join(one.title for one in NETWORKS)
        click.echo(f"{model}: no published figures are known for this network (known: {known})")
        return
    rows = rows_of(figures_for(network), ours)
    print_peers(network.title, graph.macs, rows, output_console())


def _rows(path: Path, graph: Graph) -> list[Row]:
    """The runs of a comparison; `UserError` when it is of another model."""
    document = read_earlier(path)
    about = document["model"]
    if about["sha256"] != graph.sha256:
        raise UserError(
            f"{path}: is about {about.get('file', 'another file')}, and not {graph.path}: give the"
            " comparison of this model"
        )
    return rows_of_ours(document, path.name)
