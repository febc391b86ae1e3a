"""Trains the shipped model on Fashion-MNIST, quantises it, and measures it.

``python -m models.train`` in a Python with the `train` extra (TensorFlow) installed.  Two stages:
most epochs run on 48x48 images, which cost half as much, the last ones at the final 96x96.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from dwpw.errors import UserError
from models import fashion_mnist

SEED = 20240
IMAGE_SIZE = 96
"""Pixels; height and width of the shipped model's input."""

BATCH_SIZE = 256
WEIGHT_DECAY = 0.01
LABEL_SMOOTHING = 0.05
VALIDATION_IMAGES = 5000
"""Held out from the end of the training images; the test images are used only to measure."""

MODEL_FILE = "fashion_mobilenet_v1_025_96.tflite"


@dataclass(frozen=True)
class Stage:
    """Epochs at one image size (pixels), the rate falling from its peak to zero by a cosine."""

    image_size: int
    epochs: int
    peak_rate: float
    warmup: float
    """Fraction of the stage's steps in which the rate rises linearly from zero."""


STAGES = (Stage(48, 10, 6e-3, 0.1), Stage(IMAGE_SIZE, 4, 2e-3, 0.1))


@click.command()
@click.option("--dataset", type=Path, default=fashion_mnist.DEFAULT_FOLDER, show_default=True)
@click.option("--output", type=Path, default=Path(__file__).parent / MODEL_FILE, show_default=True)
@click.option("--threads", default=2, show_default=True, help="CPU threads TensorFlow may use.")
@click.option(
    "--epochs",
    type=(int, int),
    default=tuple(stage.epochs for stage in STAGES),
    show_default=True,
    help="Epochs at 48x48 and at 96x96.",
)
@click.option("--float-model", type=Path, help="Also save the float model, as a .keras file.")
def main(
    dataset: Path, output: Path, threads: int, epochs: tuple[int, int], float_model: Path | None
) -> None:
    """Train, quantise and measure; write the int8 model to OUTPUT."""
    try:
        keras = _import_keras(threads)
        images, labels = fashion_mnist.load("train", dataset)
        model = _train(keras, images, labels, epochs)
        if float_model:
            model.save(float_model)
        float_accuracy = _float_accuracy(model, dataset)
        _write_int8(model, images, output)
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    click.echo(f"float top-1 over the test images: {float_accuracy:.2%}")
    click.echo(f"{output}: measure it with `python -m models.evaluate`")


def _import_keras(threads: int):
    """Keras on TensorFlow, seeded and deterministic; imported late because it is an extra."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        import keras
        import tensorflow as tf
    except ImportError as error:
        raise UserError(f"training needs TensorFlow ({error}): pip install 'dwpw[train]'") from None
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(SEED)
    return keras


def _train(keras, images: np.ndarray, labels: np.ndarray, epochs: tuple[int, int]):
    """Run all stages, each starting from the weights of the one before."""
    from models import mobilenet_v1
    from models.batches import AugmentedBatches, to_pixels

    classes = len(fashion_mnist.CLASSES)
    targets = np.eye(classes, dtype=np.float32)[labels]
    train, held_out = slice(0, -VALIDATION_IMAGES), slice(-VALIDATION_IMAGES, None)
    weights = None
    for stage, stage_epochs in zip(STAGES, epochs, strict=True):
        size = stage.image_size
        model = mobilenet_v1.build(size, classes)
        if weights is not None:
            model.set_weights(weights)
        if stage_epochs:
            batches = AugmentedBatches(images[train], targets[train], size, BATCH_SIZE, SEED + size)
            model.compile(
                optimizer=_optimizer(keras, stage, stage_epochs * len(batches)),
                loss=keras.losses.CategoricalCrossentropy(label_smoothing=LABEL_SMOOTHING),
                metrics=["accuracy"],
                jit_compile=False,  # XLA on a CPU is slower for depthwise convolutions
            )
            validation = (to_pixels(images[held_out], size), targets[held_out])
            model.fit(batches, epochs=stage_epochs, validation_data=validation, verbose=2)
        weights = model.get_weights()
    return model


def _optimizer(keras, stage: Stage, steps: int):
    warmup_steps = int(stage.warmup * steps)
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        decay_steps=steps - warmup_steps,
        warmup_target=stage.peak_rate,
        warmup_steps=warmup_steps,
    )
    return keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY)


def _float_accuracy(model, dataset: Path) -> float:
    """Fraction of the test images whose most probable class is the right one."""
    from models.batches import to_pixels

    images, labels = fashion_mnist.load("test", dataset)
    probabilities = model.predict(to_pixels(images, IMAGE_SIZE), batch_size=256, verbose=0)
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def _write_int8(model, images: np.ndarray, output: Path) -> None:
    from models.quantise import quantise

    try:
        output.write_bytes(quantise(model, images, IMAGE_SIZE, SEED))
    except OSError as error:
        raise UserError(f"{output} cannot be written: {error}") from None


if __name__ == "__main__":
    main()
