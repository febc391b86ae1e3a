"""Golden layers: what every tensor of a model is on a device (`docs/exactness.md`).

`layers`, and `outputs` for many inputs, are what the rest of the tool uses.  `ai-edge-litert`
computes them with its reference kernels, in a process of its own (`process` here, `interpreter`
there), since native code that meets an input it cannot bear ends its process.  Where those kernels
do not compute what a device does, we do (`fully_connected`), and `segments` cuts the model at these
operators.
"""

from dwpw.golden.layers import GoldenLayer, GoldenLayers, description, golden_layers
from dwpw.golden.outputs import GoldenOutput, golden_outputs

__all__ = [
    "GoldenLayer",
    "GoldenLayers",
    "GoldenOutput",
    "description",
    "golden_layers",
    "golden_outputs",
]
