"""The activations, in banks of block RAM that are read side by side."""

from __future__ import annotations

from functools import reduce
from operator import or_

from migen import NO_CHANGE, READ_FIRST, Cat, If, Memory, Module, Record, Signal

from compiler_intrinsics.command_set import WORD_BITS
from compiler_intrinsics.stream.commands import BYTE_ADDRESS_BITS, LOCAL_BITS
from compiler_intrinsics.stream.geometry import Geometry

from .layouts import LOCAL_LATENCY, bits_for_index

OFFSET_BITS = 3
"""Of the place of a byte in its word."""

ROW_WORDS = 2
"""That the most bytes in a row, from any place in the first word on, reach into."""

RESULT = [("valid", 1), ("address", LOCAL_BITS), ("data", WORD_BITS)]
"""A word that the compute engine writes; it is never kept waiting. The data is 0 in each cycle
without one."""

ACCESS = [("valid", 1), ("write", 1), ("address", LOCAL_BITS), ("data", WORD_BITS)]
"""An access of the memory engine. The data is 0 beside a result."""


class ActivationMemory(Module):
    """Word w lies in row w // banks of bank w % banks; a read brings `banks` words side by side.

        address ─> | row of each bank ─> | block RAM ─> | turns ─┬─> | columns       READ_LATENCY
                                                                 └─> | row           likewise
        result ─┬─> | request ─> | block RAM ─> | answer                             LOCAL_LATENCY
        access ─┘

    A bar is a register; a read, and a result or an access, per cycle.  A word that is read while it
    is written is any value; the tools would build a way around the block RAM for it, had the read
    not been left out.

    Ports, with b = banks:
        address       19      in   of a byte; what lies beyond the memory is dropped
        as_columns    1       in   the words that come in the next cycle are columns, else a row
        off           1       in   they are neither
        columns       b x 64  out  the address's word and the next ones, around the end,
                                   READ_LATENCY later; 0 where they are none
        row           w x 64  out  likewise the first w = min(b, 2) of them, as one
        offset        3       out  the address's byte in the first one
        result        RESULT  in   a word to write
        access        ACCESS  in   what the memory engine wants; taken unless there is a result
        answer_valid  1       out  LOCAL_LATENCY after a read was taken
        answer        64      out  the word
    """

    READ_LATENCY = 4

    def __init__(self, geometry: Geometry):
        banks = geometry.banks
        self.address = Signal(BYTE_ADDRESS_BITS)
        self.as_columns = Signal()
        self.off = Signal()
        self.columns = [Signal(WORD_BITS, reset_less=True, name=f"column{k}") for k in range(banks)]
        self.row = Signal(min(banks, ROW_WORDS) * WORD_BITS, reset_less=True)
        self.offset = Signal(OFFSET_BITS, reset_less=True)
        self.result = Record(RESULT)
        self.access = Record(ACCESS)
        self.answer_valid = Signal()
        self.answer = Signal(WORD_BITS)

        # # #

        self.bank_bits = bits_for_index(banks)
        self.row_bits = bits_for_index(geometry.activation_words) - self.bank_bits
        read = self._banks(banks, self._rows(banks), self._request())
        self._turn(banks, read)

    def _row(self, word: Signal):
        """Where a word lies in its bank."""
        return word[self.bank_bits : self.bank_bits + self.row_bits]

    def _bank(self, word: Signal):
        """Which bank a word lies in."""
        return word[: self.bank_bits] if self.bank_bits else 0

    def _rows(self, banks: int) -> list[Signal]:
        """The row that each bank reads: the word's, or the next one for banks before its own."""
        word = self.address[OFFSET_BITS:]
        rows = [
            Signal(self.row_bits, reset_less=True, name=f"row{bank}_s1") for bank in range(banks)
        ]
        for bank, row in enumerate(rows):
            before = self._bank(word) > bank if bank < banks - 1 else 0  # the last one never is
            self.sync += row.eq(self._row(word) + before)
        return rows

    def _request(self) -> Record:
        """The second ports' register: results first."""
        request = Record(ACCESS, name="request")
        for field in ("address", "data"):
            getattr(request, field).reset_less = True
        result, access = self.result, self.access
        self.sync += [
            request.eq(access),
            If(
                result.valid,
                request.valid.eq(1),
                request.write.eq(1),
                request.address.eq(result.address),
            ),
            request.data.eq(access.data | result.data),
        ]
        return request

    def _banks(self, banks: int, rows: list[Signal], request: Record) -> list[Signal]:
        """The memories; returns what they read."""
        place = self._row(request.address)
        reads, answers = [], []
        for bank, row in enumerate(rows):
            memory = Memory(WORD_BITS, 1 << self.row_bits, name=f"bank{bank}")
            reader = memory.get_port(has_re=True, mode=READ_FIRST)
            other = memory.get_port(write_capable=True, mode=NO_CHANGE)
            self.specials += memory, reader, other
            self.comb += [
                other.adr.eq(place),
                other.dat_w.eq(request.data),
                other.we.eq(request.valid & request.write & (self._bank(request.address) == bank)),
                reader.adr.eq(row),
                reader.re.eq(~(other.we & (row == place))),
            ]
            reads.append(reader.dat_r)
            answers.append(other.dat_r)
        self._answer(request, answers)
        return reads

    def _answer(self, request: Record, answers: list[Signal]) -> None:
        """The word that the memory engine has read: other banks' registers are reset, for free, so
        that it is all of them together."""
        read, bank = Signal(), Signal(max(1, self.bank_bits), reset_less=True)
        self.sync += [
            read.eq(request.valid & ~request.write),
            bank.eq(self._bank(request.address)),
            self.answer_valid.eq(read),
        ]
        words = [Signal(WORD_BITS, name=f"answer{number}") for number in range(len(answers))]
        for number, (word, answer) in enumerate(zip(words, answers, strict=True)):
            self.sync += If(bank == number, word.eq(answer)).Else(word.eq(0))
        self.comb += self.answer.eq(reduce(or_, words))
        assert LOCAL_LATENCY == 3  # request, block RAM, answer

    def _turn(self, banks: int, reads: list[Signal]) -> None:
        """The words in order, from the bank of the first one on.

        A bank has a register for each place that its word may go to, and all but one are reset, for
        free: a word is all that may go to its place together, half the logic of a choice.
        """
        first, offset = self._bank(self.address[OFFSET_BITS:]), self.address[:OFFSET_BITS]
        for number in range(1, self.READ_LATENCY):
            first_s = Signal(max(1, self.bank_bits), reset_less=True, name=f"first_s{number}")
            offset_s = Signal(OFFSET_BITS, reset_less=True, name=f"offset_s{number}")
            self.sync += [first_s.eq(first), offset_s.eq(offset)]
            first, offset = first_s, offset_s
            if number == self.READ_LATENCY - 2:
                turn = first
        self.sync += self.offset.eq(offset)
        words = []
        for place in range(banks):
            may_go = []
            for begin in range(banks):  # the first word's bank
                turned = Signal(WORD_BITS, name=f"word{place}_from{begin}_s3")
                read = reads[(begin + place) % banks]
                self.sync += If(turn == begin, turned.eq(read)).Else(turned.eq(0))
                may_go.append(turned)
            words.append(reduce(or_, may_go))
        row = Cat(*words)[: len(self.row)]
        self.sync += [
            If(self.as_columns | self.off, self.row.eq(0)).Else(self.row.eq(row)),
            *[
                If(self.as_columns & ~self.off, column.eq(word)).Else(column.eq(0))
                for column, word in zip(self.columns, words, strict=True)
            ],
        ]
