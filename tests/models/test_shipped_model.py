"""The shipped model against its card: operators, quantisation, and what it says to its inputs."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import tflite
from PIL import Image

from dwpw import fashion_mnist
from dwpw.golden import golden_outputs
from dwpw.labelled import from_fashion_mnist
from dwpw.model import read_model
from models import IMAGE_SIZE, INPUTS, LABELS, SHIPPED_MODEL
from models.classify_inputs import predicted
from models.write_inputs import PER_CLASS, file_name

CARD = SHIPPED_MODEL.with_name("README.md").read_text()
INPUT_FILES = sorted(INPUTS.iterdir())

needs_data_set = pytest.mark.skipif(
    not fashion_mnist.DEFAULT_FOLDER.is_dir(),
    reason="needs the images themselves: apt-get install dataset-fashion-mnist",
)


@pytest.fixture(scope="module")
def graph():
    model = tflite.Model.GetRootAs(SHIPPED_MODEL.read_bytes(), 0)
    return model, model.Subgraphs(0)


@pytest.fixture(scope="module")
def predictions() -> dict[str, str]:
    """File name of each input to the class that the model says."""
    classes = predicted(INPUT_FILES)
    named = [fashion_mnist.CLASSES[number] for number in classes]
    return {path.name: name for path, name in zip(INPUT_FILES, named, strict=True)}


def operator_names(model, subgraph) -> list[str]:
    names = {code: name for name, code in vars(tflite.BuiltinOperator).items()}
    operators = [subgraph.Operators(i) for i in range(subgraph.OperatorsLength())]
    codes = [model.OperatorCodes(operator.OpcodeIndex()) for operator in operators]
    return [names[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())] for code in codes]


def pixels_of(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def card_predictions() -> dict[str, str]:
    """File name to predicted class, from the card's table of inputs."""
    return dict(re.findall(r"^\| `(\S+\.png)` \| [^|]+ \| ([^|]+?) \|", CARD, re.MULTILINE))


def test_operators_are_those_of_mobilenet_v1_and_nothing_between_them(graph):
    blocks = ["DEPTHWISE_CONV_2D", "CONV_2D"] * 13
    head = ["MEAN", "FULLY_CONNECTED", "SOFTMAX"]
    assert operator_names(*graph) == ["CONV_2D", *blocks, *head]


def test_input_pixel_p_is_the_int8_value_p_minus_128(graph):
    _, subgraph = graph
    tensor = subgraph.Tensors(subgraph.Inputs(0))
    assert tensor.Type() == tflite.TensorType.INT8
    assert tensor.ShapeAsNumpy().tolist() == [1, IMAGE_SIZE, IMAGE_SIZE, 1]
    scale, zero_point = tensor.Quantization().Scale(0), tensor.Quantization().ZeroPoint(0)
    pixels = np.arange(256)
    assert (np.round(pixels / 255 / scale) + zero_point == pixels - 128).all()


def test_every_tensor_has_a_fixed_shape_and_batch_1(graph):
    _, subgraph = graph
    for index in range(subgraph.TensorsLength()):
        tensor = subgraph.Tensors(index)
        assert tensor.ShapeSignatureLength() == 0 or -1 not in tensor.ShapeSignatureAsNumpy()
    for index in (subgraph.Inputs(0), subgraph.Outputs(0)):
        assert subgraph.Tensors(index).Shape(0) == 1


def test_convolution_weights_have_one_scale_per_output_channel(graph):
    model, subgraph = graph
    convolutions = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3}
    for index, name in enumerate(operator_names(model, subgraph)):
        if name in convolutions:
            weights = subgraph.Tensors(subgraph.Operators(index).Inputs(1))
            channels = weights.Shape(convolutions[name])
            assert weights.Quantization().ScaleLength() == channels, f"operator {index} {name}"


def test_labels_file_names_the_classes_in_order():
    assert LABELS.read_text().splitlines() == list(fashion_mnist.CLASSES)


def test_inputs_are_two_grey_images_of_each_class():
    labels = [int(path.name[:2]) for path in INPUT_FILES]
    assert labels == sorted([*range(len(fashion_mnist.CLASSES))] * PER_CLASS)
    for path in INPUT_FILES:
        label, number = int(path.name[:2]), int(path.stem[-4:])
        assert path.name == file_name(label, number)
        assert pixels_of(path).shape == (IMAGE_SIZE, IMAGE_SIZE)


@pytest.mark.parametrize("path", INPUT_FILES, ids=lambda path: path.stem)
def test_prediction_of_an_input_is_the_one_on_the_card(predictions, path):
    assert card_predictions()[path.name] == predictions[path.name]


@needs_data_set
def test_inputs_are_the_first_test_images_of_their_class_upscaled():
    images, labels = fashion_mnist.load("test")
    for path in INPUT_FILES:
        label, number = int(path.name[:2]), int(path.stem[-4:])
        assert number in np.flatnonzero(labels == label)[:PER_CLASS]
        upscaled = fashion_mnist.upscale(images[number : number + 1], IMAGE_SIZE)[0]
        assert (pixels_of(path) == upscaled).all()


def accuracy_of_the_first(count: int) -> float:
    """Top-1 by TFLite over test images, some at a time."""
    graph = read_model(SHIPPED_MODEL)
    images = from_fashion_mnist(fashion_mnist.DEFAULT_FOLDER, None, graph, count)
    correct = 0
    for start in range(0, count, 100):
        tensors = [[images.read(number).tensor] for number in range(start, start + 100)]
        outputs = golden_outputs(graph, tensors, [None] * len(tensors))
        labels = images.labels[start : start + 100]
        correct += sum(
            int(output.values.argmax()) == label
            for output, label in zip(outputs, labels, strict=True)
        )
    return correct / count


@needs_data_set
def test_accuracy_over_400_test_images_is_at_least_86_percent():
    """Four standard deviations (1.5 % each) below the 92 % or so that all test images give."""
    assert accuracy_of_the_first(400) >= 0.86


@pytest.mark.full
def test_accuracy_over_all_test_images_is_the_one_on_the_card():
    """Fails, and says how to install it, when the data set is missing."""
    accuracy = accuracy_of_the_first(10_000)
    assert accuracy >= 0.90
    assert f"| int8, reference kernels | {accuracy:.2%} |" in CARD
