"""The kernels that the firmware contains; `Operator.kernel` of an image is an index into this list.

Kernel "SET/NAME" is the C function `dwpw_SET_NAME` in `firmware/kernels/SET/NAME.c`.
`dwpw.image.c_header` turns the list into the firmware's kernel table.
"""

from __future__ import annotations

KERNELS = (
    "reference/conv",
    "reference/depthwise_conv",
    "reference/fully_connected",
    "reference/average_pool",
    "reference/mean",
    "reference/add",
    "reference/pad",
    "reference/reshape",
    "reference/softmax",
    "scalar/conv_pointwise",
    "scalar/conv",
    "scalar/depthwise_3x3",
    "scalar/depthwise_conv",
    "scalar/fully_connected",
    "scalar/average_pool",
    "scalar/mean",
    "scalar/add",
    "scalar/pad",
)


def kernel_index(name: str) -> int:
    """The number that stands for kernel `name` in an image."""
    return KERNELS.index(name)
