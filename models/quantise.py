"""Post-training quantisation of a Keras model to int8 with TensorFlow's converter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from models.batches import to_pixels

REPRESENTATIVE_IMAGES = 500


def quantise(model: tf.keras.Model, images: np.ndarray, size: int, seed: int) -> bytes:
    """The .tflite file of `model`: batch 1, int8 in and out, weights per channel.

    Activation ranges are those seen on a random choice of the training `images` [n, 28, 28]
    uint8, which reach from black to white: so pixel p of 0..255 is the int8 value p - 128.
    """
    rows = np.random.default_rng(seed).choice(len(images), REPRESENTATIVE_IMAGES, replace=False)
    sample = to_pixels(images[rows], size)

    def representative() -> Iterator[list[np.ndarray]]:
        for pixels in sample:
            yield [pixels[np.newaxis]]

    @tf.function(input_signature=[tf.TensorSpec((1, size, size, 1), tf.float32, name="pixels")])
    def infer(pixels: tf.Tensor) -> tf.Tensor:
        return model(pixels, training=False)

    # Keras 3 variables survive into the converter as resources, which calibration cannot read.
    frozen = convert_variables_to_constants_v2(infer.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()
