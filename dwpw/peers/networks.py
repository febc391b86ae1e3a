"""The networks that others have published figures for, and which of them a model is."""

from __future__ import annotations

from dataclasses import dataclass

from dwpw.model import Graph


@dataclass(frozen=True)
class Network:
    """A network by what does not change with its weights.

    title: for people; shape: height, width and channels of the input.
    macs: of one inference; more than one where it is sold with other numbers of classes.
    """

    title: str
    shape: tuple[int, int, int]
    macs: tuple[int, ...]


VWW = Network(
    title="MLPerf Tiny's visual wake words, MobileNetV1 0.25/96",
    shape=(96, 96, 3),
    macs=(7_489_664,),
)
MOBILENET_V2_035_160 = Network(
    title="MobileNetV2 0.35/160, two classes",
    shape=(160, 160, 3),
    macs=(29_597_360,),
)
PERSON_DETECT = Network(
    title="TFLite Micro's person_detect, MobileNetV1 0.25/96 of grey images",
    shape=(96, 96, 1),
    macs=(7_157_888,),
)
MOBILENET_V1_224 = Network(
    title="MobileNetV1 1.0/224",
    shape=(224, 224, 3),
    macs=(568_740_352, 568_741_376),
)
DS_CNN = Network(
    title="MLPerf Tiny's keyword spotting, DS-CNN",
    shape=(49, 10, 1),
    macs=(2_656_768,),
)
RESNET8 = Network(
    title="MLPerf Tiny's image classification, ResNet-8",
    shape=(32, 32, 3),
    macs=(12_501_632,),
)

NETWORKS = (VWW, MOBILENET_V2_035_160, PERSON_DETECT, MOBILENET_V1_224, DS_CNN, RESNET8)


def network_of(graph: Graph) -> Network | None:
    """The network with this input and so many multiplications; None for any other model."""
    if len(graph.inputs) != 1:
        return None
    shape = graph.input_tensors[0].hwc
    matching = (one for one in NETWORKS if one.shape == shape and graph.macs in one.macs)
    return next(matching, None)
