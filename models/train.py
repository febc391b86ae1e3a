"""Trains the shipped model on Fashion-MNIST, quantises it, and measures it.

``python -m models.train`` in a Python with the `train` extra (TensorFlow) installed.  The first
epochs run on 48x48 images, which cost a third of the time, the later ones at the final 96x96.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from dwpw import fashion_mnist
from dwpw.errors import UserError
from models import IMAGE_SIZE, SHIPPED_MODEL

SEED = 20240
BATCH_SIZE = 256
WEIGHT_DECAY = 0.01
LABEL_SMOOTHING = 0.05
VALIDATION_IMAGES = 5000
"""Held out from the end of the training images; the test images are used only to measure."""


@dataclass(frozen=True)
class Stage:
    """Epochs at one image size (pixels), the rate falling from its peak to zero by a cosine."""

    image_size: int
    epochs: int
    peak_rate: float
    warmup: float
    """Fraction of the stage's steps in which the rate rises linearly from zero."""
    max_shift: int
    """Data set pixels by which an image moves at most, in each direction."""


STAGES = (
    Stage(48, epochs=10, peak_rate=6e-3, warmup=0.1, max_shift=2),
    Stage(IMAGE_SIZE, epochs=4, peak_rate=2e-3, warmup=0.1, max_shift=2),
)


@click.command()
@click.option("--dataset", type=Path, default=fashion_mnist.DEFAULT_FOLDER, show_default=True)
@click.option("--output", type=Path, default=SHIPPED_MODEL, show_default=True)
@click.option("--threads", default=2, show_default=True, help="CPU threads TensorFlow may use.")
@click.option("--float-model", type=Path, help="Save the float model (.keras) after each stage.")
@click.option("--last-stage-from", "start", type=Path, help="Run only the last stage, from FILE.")
def main(
    dataset: Path, output: Path, threads: int, float_model: Path | None, start: Path | None
) -> None:
    """Train, quantise and measure; write the int8 model to OUTPUT."""
    try:
        if start and not start.is_file():
            raise UserError(f"{start} is not a file; --last-stage-from takes a .keras file")
        images, labels = fashion_mnist.load("train", dataset)
        keras = _import_keras(threads)
        model = _train(keras, images, labels, float_model, start)
        float_accuracy = _float_accuracy(model, dataset)
        _write_int8(model, images, output)
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(error.exit_code) from None
    click.echo(f"float top-1 over the test images: {float_accuracy:.2%}")
    click.echo(f"{output}: measure it with `dwpw accuracy {output} --dataset fashion-mnist`")


def _import_keras(threads: int):
    """Keras on TensorFlow, seeded and deterministic; imported late because it is an extra."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        import keras
        import tensorflow as tf
    except ImportError as error:
        raise UserError(f"training needs TensorFlow ({error}): pip install '.[train]'") from None
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(SEED)
    return keras


def _train(
    keras, images: np.ndarray, labels: np.ndarray, float_model: Path | None, start: Path | None
):
    """Run all stages, or the last one from `start`, each from the weights of the one before."""
    from models import mobilenet_v1
    from models.batches import AugmentedBatches, to_pixels

    classes = len(fashion_mnist.CLASSES)
    targets = np.eye(classes, dtype=np.float32)[labels]
    train, held_out = slice(0, -VALIDATION_IMAGES), slice(-VALIDATION_IMAGES, None)
    weights = keras.models.load_model(start).get_weights() if start else None
    for stage in STAGES[-1:] if start else STAGES:
        size = stage.image_size
        model = mobilenet_v1.build(size, classes)
        if weights:
            model.set_weights(weights)
        batches = AugmentedBatches(
            images[train], targets[train], size, BATCH_SIZE, stage.max_shift, seed=SEED + size
        )
        model.compile(
            optimizer=_optimizer(keras, stage, stage.epochs * len(batches)),
            loss=keras.losses.CategoricalCrossentropy(label_smoothing=LABEL_SMOOTHING),
            metrics=["accuracy"],
            jit_compile=False,  # XLA on a CPU compiles for long and is hardly faster
        )
        validation = (to_pixels(images[held_out], size), targets[held_out])
        model.fit(batches, epochs=stage.epochs, validation_data=validation, verbose=2)
        weights = model.get_weights()
        if float_model:
            model.save(float_model)
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
