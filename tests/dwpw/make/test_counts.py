"""Multiply-accumulates and parameters against figures that others have published."""

from __future__ import annotations

import pytest

from dwpw.make import NETWORKS, Blueprint, find_network
from dwpw.make.options import Order

KERAS = {
    ("mobilenet_v1", 1.0): 4_253_864,
    ("mobilenet_v1", 0.75): 2_601_976,
    ("mobilenet_v1", 0.5): 1_342_536,
    ("mobilenet_v1", 0.25): 475_544,
    ("mobilenet_v2", 1.0): 3_538_984,
}
"""Parameters by Keras' `count_params`, where batch normalisation has four per channel."""


def unfolded(blueprint: Blueprint) -> int:
    """Parameters before batch normalisation was folded: three more for each channel."""
    return blueprint.parameters + 3 * sum(
        node.bias for node in blueprint.nodes if node.kind != "FULLY_CONNECTED"
    )


@pytest.mark.parametrize(("name", "alpha"), KERAS)
def test_mobilenets_have_the_parameters_of_keras(name: str, alpha: float) -> None:
    blueprint = find_network(name).blueprint(Order(alpha=alpha))
    assert unfolded(blueprint) == KERAS[name, alpha]


@pytest.mark.parametrize(
    ("name", "order", "macs", "parameters"),
    [
        ("mobilenet_v2", Order(), 300e6, 3.4e6),
        ("mobilenet_v3_large", Order(), 219e6, 5.4e6),
        ("mobilenet_v3_small", Order(), 56e6, 2.5e6),
        ("mobilenet_v3_large", Order(minimalistic=True), 209e6, 3.9e6),
        ("ds_cnn", Order(), 2.66e6, 22.6e3),
        ("resnet8", Order(), 12.5e6, 77.7e3),
        ("vgg16", Order(), 15.47e9, 138.4e6),
    ],
)
def test_networks_cost_what_their_papers_say(
    name: str, order: Order, macs: float, parameters: float
) -> None:
    blueprint = find_network(name).blueprint(order)
    assert blueprint.macs == pytest.approx(macs, rel=0.03)
    assert blueprint.parameters == pytest.approx(parameters, rel=0.03)


def test_the_visual_wake_words_model_has_its_known_macs() -> None:
    order = Order(alpha=0.25, resolution=96, classes=2)
    assert find_network("mobilenet_v1").blueprint(order).macs == 7_489_664


@pytest.mark.parametrize("name", NETWORKS)
def test_every_tensor_is_written_before_it_is_read_and_all_are_read(name: str) -> None:
    nodes = find_network(name).blueprint(Order()).nodes
    read = {tensor for node in nodes for tensor in node.inputs}
    assert all(tensor <= place for place, node in enumerate(nodes) for tensor in node.inputs)
    assert read == set(range(len(nodes)))
