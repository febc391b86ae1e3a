"""A unit of a few cells, with the sizes of `simd`: what the tools make of it takes seconds."""

from __future__ import annotations

from migen import Cat, Memory, Module, Record, Signal

from compiler_intrinsics.simd.geometry import Geometry
from rtl_ext.unit_port import UNIT_PORT


class TinyUnit(Module):
    """Keeps products of operands, each twice, and answers with one of those that it has kept.

    function_ids: those of its instructions.
    port (UNIT_PORT): the low halves of `a` and `b` are multiplied, the low bits of `a` say which
        product answers.
    """

    function_ids = (0,)

    def __init__(self, geometry: Geometry) -> None:
        self.port = port = Record(UNIT_PORT)
        products = Memory(2 * len(port.answer), geometry.store_entries)
        write = products.get_port(write_capable=True)
        read = products.get_port()
        self.specials += products, write, read
        last = Signal(len(port.answer))

        self.sync += [last.eq(port.a[:16] * port.b[:16]), write.we.eq(port.valid)]
        self.sync += write.adr.eq(port.b)
        self.comb += [
            *(write.dat_w.eq(Cat(last, last)), read.adr.eq(port.a)),
            *(port.ready.eq(1), port.answer.eq(read.dat_r[: len(last)] ^ read.dat_r[len(last) :])),
        ]
