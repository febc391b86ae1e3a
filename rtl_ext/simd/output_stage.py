"""Output zero point, clamp, table and packing."""

from __future__ import annotations

from migen import NO_CHANGE, Array, Cat, If, Memory, Module, Mux, Record, Signal

from compiler_intrinsics.simd.geometry import TABLE_WORDS

from ..cfu_bus import WORD
from ..stage import stage
from .layouts import BYTE, OUTPUT, TABLE_WRITE, bits_for_index
from .prescaler import LAST
from .rounding_shifter import SHIFTED


class OutputStage(Module):
    """Adds the zero point, clamps to the activation's range, looks up, packs bytes into a word.

        sink ──> + zero point, clamp ──> | o1 ──┬───────────> | o2 ──> | result
                                                └─> table ──> |

    A value per cycle, no stalls.

    Ports:
        output  OUTPUT       in   zero_point, act_min, act_max: int8; through_table: 1; they change
                                  only between results
        table   TABLE_WRITE  in   writes to the table, only between results
        sink    SHIFTED      in   value: int10; last: it is the result's last one
        valid   1            out  for one cycle
        result  32           out  the last values as int8, the first of them in the lowest byte
    """

    def __init__(self):
        self.output = output = Record(OUTPUT)
        self.table = Record(TABLE_WRITE)
        self.sink = sink = Record(SHIFTED)
        self.valid = Signal()
        self.result = Signal(WORD, reset_less=True)

        # # #

        o1 = stage([("byte", BYTE), LAST], "o1")
        o2 = stage([("byte", BYTE), LAST], "o2")
        moved = Signal((len(sink.value) + 1, True))
        self.comb += moved.eq(sink.value + output.zero_point)
        self.sync += [
            o1.eq(sink),
            o1.byte.eq(moved),
            If(moved < output.act_min, o1.byte.eq(output.act_min)),
            If(moved > output.act_max, o1.byte.eq(output.act_max)),
            o2.eq(o1),
            self.result.eq(
                Cat(
                    self.result[BYTE:],
                    Mux(output.through_table, self._looked_up(o1.byte, o2.byte), o2.byte),
                )
            ),
            self.valid.eq(o2.last),
        ]

    def _looked_up(self, byte: Signal, byte_before: Signal):
        """What the table has for a byte, a cycle behind it."""
        write = self.table
        memory = Memory(WORD, TABLE_WORDS)
        port = memory.get_port(write_capable=True, mode=NO_CHANGE)
        self.specials += memory, port
        bytes_of_word = bits_for_index(WORD // BYTE)
        self.comb += [
            port.adr.eq(Mux(write.enable, write.place, byte[bytes_of_word:])),
            port.dat_w.eq(write.four),
            port.we.eq(write.enable),
        ]
        places = Array(port.dat_r[at : at + BYTE] for at in range(0, WORD, BYTE))
        return places[byte_before[:bytes_of_word]]
