"""The kernels that the firmware contains; `Operator.kernel` of an image is an index into this list.

They are those that the rules of the kernel sets name.  Kernel "SET/NAME" is the C function
`dwpw_SET_NAME` in `firmware/kernels/SET/NAME.c`; `dwpw.image.c_header` turns the list into the
firmware's kernel table.
"""

from __future__ import annotations

from dwpw.image.format import KernelSet
from dwpw.plan.registry import set_rules

KERNELS: tuple[str, ...] = tuple(
    dict.fromkeys(rule.name for one in KernelSet for rule in set_rules(one))
)


def kernel_index(name: str) -> int:
    """The number that stands for kernel `name` in an image."""
    return KERNELS.index(name)
