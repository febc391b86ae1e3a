"""The model as the user brings it: `read_model` turns a .tflite file into a checked `Graph`.

All validation of models happens in this package; nothing behind it meets bad input.
"""

from dwpw.model.graph import Graph, Operator, Tensor, Window
from dwpw.model.read import read_model

__all__ = ["Graph", "Operator", "Tensor", "Window", "read_model"]
