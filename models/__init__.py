"""The shipped model, its labelled inputs, and the scripts that made and measure them.

Run the scripts as modules from the repository root, e.g. ``python -m models.evaluate``.
Nothing outside this folder and its tests imports it; it imports `dwpw.errors` only.
"""

from pathlib import Path

IMAGE_SIZE = 96
"""Pixels; height and width of the shipped model's input."""

SHIPPED_MODEL = Path(__file__).parent / "fashion_mobilenet_v1_025_96.tflite"
LABELS = SHIPPED_MODEL.with_suffix(".labels.txt")
INPUTS = Path(__file__).parent / "inputs"
"""Twenty test images as PNG; the first two digits of a file's name are its label."""
