"""Made models against LiteRT's interpreter, which accepts them and finds them alive."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from dwpw.make import Calibrated, calibrate, find_network, tflite_file
from tests.dwpw.make.orders import SMALL


@cache
def made(variant: str, seed: int = 0) -> Calibrated:
    name, _, _ = variant.partition(" ")
    return calibrate(find_network(name).blueprint(SMALL[variant]), seed)


def run(content: bytes, seed: int) -> dict[str, np.ndarray]:
    """Every activation by name, on random values."""
    interpreter = Interpreter(
        model_content=content,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    (source,) = interpreter.get_input_details()
    values = np.random.default_rng(seed).integers(-128, 128, source["shape"], dtype=np.int8)
    interpreter.set_tensor(source["index"], values)
    interpreter.invoke()
    return {
        one["name"]: interpreter.get_tensor(one["index"]).copy()
        for one in interpreter.get_tensor_details()
        if one["name"]
    }


@pytest.mark.parametrize("variant", SMALL)
def test_the_interpreter_takes_it_and_no_layer_is_constant_or_saturated(variant: str) -> None:
    model = made(variant)
    tensors = run(tflite_file(model), seed=5)
    for node in model.blueprint.nodes:
        values = tensors[node.name]
        assert values.dtype == np.int8
        assert values.shape == node.shape
        _, counts = np.unique(values, return_counts=True)
        assert len(counts) >= min(4, values.size), node.name
        if node.kind != "SOFTMAX":
            assert counts.max() <= 0.75 * values.size, node.name
            assert np.mean(values == 127) <= max(0.05, 1.5 / values.size), node.name


@pytest.mark.parametrize("variant", SMALL)
def test_less_than_a_thousandth_of_the_outputs_is_clamped(variant: str) -> None:
    assert made(variant).clamped < 0.001


@pytest.mark.parametrize("variant", SMALL)
def test_the_scores_depend_on_the_input(variant: str) -> None:
    content = tflite_file(made(variant))
    scores = made(variant).blueprint.nodes[-2].name
    assert np.any(run(content, 1)[scores] != run(content, 2)[scores])


def test_calibration_computes_what_the_interpreter_computes() -> None:
    """Rounding may differ by a step, so that the shares that are printed are those of the file."""
    model = made("resnet8")
    tensors = run(tflite_file(model), seed=7)
    zeros = [np.mean(tensors[node.name] == -128) for node in model.blueprint.nodes[:2]]
    assert zeros == pytest.approx([one.commonest for one in model.liveliness[:2]], abs=0.1)


def test_weights_have_a_scale_per_channel() -> None:
    model = made("mobilenet_v1")
    for place, constants in model.constants.items():
        node = model.blueprint.nodes[place]
        wanted = 1 if node.kind == "FULLY_CONNECTED" else node.bias
        assert constants.scales.shape == (wanted,)
        assert len(set(constants.scales.tolist())) == wanted


def test_branches_of_a_concatenation_share_a_scale() -> None:
    model = made("googlenet")
    concatenations = [node for node in model.blueprint.nodes if node.kind == "CONCATENATION"]
    assert len(concatenations) == 9
    for node in concatenations:
        assert len({model.tensors[tensor] for tensor in node.inputs}) == 1


@pytest.mark.parametrize("variant", ["mobilenet_v3_small", "ds_cnn"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(variant: str) -> None:
    again = calibrate(made(variant).blueprint, 0)
    assert tflite_file(again) == tflite_file(made(variant))
    assert tflite_file(made(variant, 1)) != tflite_file(made(variant))
