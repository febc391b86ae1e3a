"""Golden layers: what every tensor of a model is on a device (`docs/exactness.md`).

`layers` is what the rest of the tool uses.  `ai-edge-litert` computes them with its reference
kernels, in a process of its own (`process` here, `interpreter` there), since native code that meets
an input it cannot bear ends its process.  Where those kernels do not compute what a device does, we
do (`fully_connected`), and `segments` cuts the model at these operators.
"""

from dwpw.golden.layers import GoldenLayer, GoldenLayers, description, golden_layers

__all__ = ["GoldenLayer", "GoldenLayers", "description", "golden_layers"]
