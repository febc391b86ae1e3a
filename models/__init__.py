"""The shipped model, its labelled inputs, and the scripts that made them.

Run the scripts as modules from the repository root, e.g. ``python -m models.classify_inputs``.
Nothing outside this folder and its tests imports it; it imports of `dwpw`
what reads models and images and says what TFLite makes of them.
"""

from dwpw.paths import SHIPPED_MODEL

__all__ = ["IMAGE_SIZE", "INPUTS", "LABELS", "SHIPPED_MODEL"]

IMAGE_SIZE = 96
"""Pixels; height and width of the shipped model's input."""

LABELS = SHIPPED_MODEL.with_suffix(".labels.txt")
INPUTS = SHIPPED_MODEL.with_name("inputs")
"""Twenty test images as PNG; the first two digits of a file's name are its label."""
