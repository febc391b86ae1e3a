"""MAC/cycle of convolutions with windows of many shapes, each in a model of its own.

    python -m tests.window_rates [--ledger] [NAME...]

measures the shapes of `SHAPES`, or those that are named, as whole inferences on the simulated SoC
with set `simd`, every tensor checked.  MACs are counted as `dwpw model show` does: taps on padding
are some as well.  `--ledger` adds where the cycles of each went (docs/explain.md).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

import dwpw
from dwpw.report.ledger_table import print_ledger
from dwpw.results import Explained
from soc.scratch import scratch_folder
from tests.support.random_models import random_quantisation
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Conv2D, DepthwiseConv2D


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A layer: height, width, channels of its input; outputs of CONV_2D, 0: one per channel."""

    input: tuple[int, int, int]
    window: tuple[int, int]
    stride: int = 1
    outputs: int = 0
    padding: str = "SAME"
    multiplier: int = 1


SHAPES = {
    "conv 3x3x512": Shape(input=(4, 4, 512), window=(3, 3), outputs=512),
    "conv 3x3x512 on 14x14": Shape(input=(14, 14, 512), window=(3, 3), outputs=64),
    "conv 3x3x256": Shape(input=(6, 6, 256), window=(3, 3), outputs=128),
    "conv 5x5x256": Shape(input=(5, 5, 256), window=(5, 5), outputs=64),
    "conv 3x3x64": Shape(input=(8, 8, 64), window=(3, 3), outputs=64),
    "dw 5x5": Shape(input=(20, 20, 48), window=(5, 5)),
    "dw 5x5/2 on 10x10": Shape(input=(10, 10, 120), window=(5, 5), stride=2),
    "dw 5x5 on 10x10": Shape(input=(10, 10, 80), window=(5, 5)),
    "dw 5x5/2": Shape(input=(20, 20, 48), window=(5, 5), stride=2),
    "dw 7x7": Shape(input=(10, 10, 60), window=(7, 7)),
    "dw 7x7/2": Shape(input=(20, 20, 48), window=(7, 7), stride=2),
    "dw 7x7 on 5x5": Shape(input=(5, 5, 240), window=(7, 7)),
    "dw 3x1": Shape(input=(30, 1, 40), window=(3, 1), padding="VALID"),
    "dw 5x1": Shape(input=(28, 1, 128), window=(5, 1), padding="VALID"),
    "dw 10x1": Shape(input=(24, 1, 128), window=(10, 1), padding="VALID"),
    "dw 15x1 once": Shape(input=(15, 1, 128), window=(15, 1), padding="VALID"),
    "dw 1x5 SAME": Shape(input=(16, 16, 32), window=(1, 5)),
    "dw 5x1 SAME": Shape(input=(28, 1, 128), window=(5, 1)),
    "dw 3x1 SAME": Shape(input=(16, 16, 32), window=(3, 1)),
    "dw 10x4": Shape(input=(25, 10, 64), window=(10, 4)),
    "dw 3x3 x 8": Shape(input=(24, 24, 8), window=(3, 3), multiplier=8),
}


def drawn_weights(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """int8 as `dwpw model make` draws them: bell-shaped, as trained ones are."""
    halves = rng.integers(-63, 64, (2, *shape))
    return halves.sum(axis=0).astype(np.int8)


def model_of(shape: Shape, rng: np.random.Generator) -> bytes:
    """A model of one layer of random weights."""
    channels = shape.input[2]
    outputs = shape.outputs or channels * shape.multiplier
    source = random_quantisation(rng)
    scales = (10 ** rng.uniform(-3, -1.5, outputs)).astype(np.float32)
    taps = shape.window[0] * shape.window[1] * (channels if shape.outputs else 1)
    spread = source.scale * float(scales.mean()) * 60 * 70 * np.sqrt(taps)
    common = {
        "weight_scale": tuple(float(scale) for scale in scales),
        "bias": rng.integers(-5000, 5000, outputs).astype(np.int32),
        "output": random_quantisation(rng, 0.1 * spread),
        "stride": (shape.stride, shape.stride),
        "padding": shape.padding,
    }
    if shape.outputs:
        weights = drawn_weights(rng, (outputs, *shape.window, channels))
        layer = Conv2D(weights=weights, **common)
    else:
        weights = drawn_weights(rng, (1, *shape.window, outputs))
        layer = DepthwiseConv2D(weights=weights, depth_multiplier=shape.multiplier, **common)
    return build_model((1, *shape.input), source, [layer])


def measured(name: str, folder: Path) -> Explained:
    """The ledger of one shape."""
    path = folder / "layer.tflite"
    path.write_bytes(model_of(SHAPES[name], np.random.default_rng(len(name))))
    return dwpw.explain(path, kernels="simd")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="shapes; all without")
    parser.add_argument("--ledger", action="store_true", help="where the cycles went")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in SHAPES]
    if unknown:
        parser.error(f"unknown shape '{unknown[0]}' (known: {', '.join(SHAPES)})")
    with scratch_folder("window-rates-") as folder:
        for name in options.names or SHAPES:
            ledger = measured(name, folder)
            (layer,) = ledger.to_dict()["layers"]
            rate = layer["macs"] / layer["cycles"]
            kernel = layer["kernel"]
            print(
                f"{name:26}{kernel:24}{layer['macs']:>12,}{layer['cycles']:>12,}{rate:8.2f}",
                flush=True,
            )
            if options.ledger:
                print_ledger(ledger, Console(width=150), layers=True)


if __name__ == "__main__":
    main()
