"""Measures a .tflite model on all test images of Fashion-MNIST with TFLite's reference kernels.

``python -m models.evaluate [MODEL]`` needs the data set and `ai-edge-litert`, not TensorFlow.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from dwpw.errors import UserError
from models import SHIPPED_MODEL, fashion_mnist

BATCH = 500
"""Images upscaled at a time; keeps memory small and the progress bar moving."""


@click.command()
@click.argument("model", type=Path, default=SHIPPED_MODEL)
@click.option("--dataset", type=Path, default=fashion_mnist.DEFAULT_FOLDER, show_default=True)
@click.option("--images", "count", default=10_000, show_default=True, help="The first so many.")
def main(model: Path, dataset: Path, count: int) -> None:
    """Print the top-1 accuracy of MODEL (default: the shipped one) over the test images."""
    try:
        interpreter = reference_interpreter(model)
        images, labels = fashion_mnist.load("test", dataset)
        if not 1 <= count <= len(labels):
            raise UserError(f"--images {count} is not in 1..{len(labels)}")
        with click.progressbar(range(0, count, BATCH), label="images", file=sys.stderr) as starts:
            correct = sum(
                int(np.sum(classify(interpreter, images[chunk]) == labels[chunk]))
                for chunk in (slice(start, min(start + BATCH, count)) for start in starts)
            )
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    click.echo(f"{model.name}: top-1 {correct / count:.2%} ({correct} of {count} test images)")


def reference_interpreter(model: Path) -> Interpreter:
    """An interpreter of `model` with LiteRT's reference kernels; `docs/exactness.md`."""
    if not model.is_file():
        raise UserError(f"{model} is not a file")
    try:
        interpreter = Interpreter(
            str(model), experimental_op_resolver_type=OpResolverType.BUILTIN_REF
        )
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise UserError(f"{model} is not a model that LiteRT runs: {error}") from None
    tensor = interpreter.get_input_details()[0]
    shape = tensor["shape"].tolist()
    if len(shape) != 4 or shape != [1, shape[1], shape[1], 1] or tensor["dtype"] != np.int8:
        raise UserError(
            f"{model} takes {tensor['dtype'].__name__}{shape}, not square grey int8 images"
        )
    return interpreter


def classify(interpreter: Interpreter, images: np.ndarray) -> np.ndarray:
    """The most probable class [n] of each data set image [n, 28, 28] uint8."""
    size = int(interpreter.get_input_details()[0]["shape"][1])
    return np.array([classify_pixels(interpreter, p) for p in fashion_mnist.upscale(images, size)])


def classify_pixels(interpreter: Interpreter, pixels: np.ndarray) -> int:
    """The most probable class of one image [size, size] uint8; the lowest one of equals."""
    tensor = interpreter.get_input_details()[0]
    scale, zero_point = tensor["quantization"]
    quantised = np.round(pixels / 255 / scale) + zero_point
    quantised = np.clip(quantised, -128, 127).astype(np.int8)
    interpreter.set_tensor(tensor["index"], quantised[np.newaxis, ..., np.newaxis])
    interpreter.invoke()
    output = interpreter.get_output_details()[0]["index"]
    return int(interpreter.get_tensor(output)[0].argmax())


if __name__ == "__main__":
    main()
