"""Models to order: networks of the literature as int8 .tflite files, with random weights.

A network (`dwpw.make.mobilenet_v1`, ...) gives a `Blueprint`: its operators with their shapes,
which can be counted as it is.  `calibrate` draws the weights and chooses every scale by running it,
`tflite_file` writes the result.
"""

from dwpw.make.blueprint import Blueprint, Node
from dwpw.make.calibrate import Calibrated, calibrate
from dwpw.make.catalogue import NETWORKS, find_network
from dwpw.make.tflite_file import tflite_file

__all__ = [
    "NETWORKS",
    "Blueprint",
    "Calibrated",
    "Node",
    "calibrate",
    "find_network",
    "tflite_file",
]
