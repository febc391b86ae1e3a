"""Machine words of our instructions, through riscv-model.

Each record of a set becomes an R-type instruction class of riscv-model, which then encodes,
decodes and executes it beside the base instruction set.
"""

from __future__ import annotations

from functools import cache

from riscvmodel.isa import InstructionRType, isa
from riscvmodel.variant import RV32I

from .instruction_set import FUNCT3_BITS, OPCODE_CUSTOM_0, Instruction, InstructionSet

PREFIX = "dwpw."


class CustomInstruction(InstructionRType):
    """Base of the generated classes; `record` is the set's."""

    record: Instruction

    def execute(self, model) -> None:
        """Run on a riscv-model `Model` whose `extension` is the unit's state."""
        registers = model.state.intreg
        operands = (int(registers[source]) & 0xFFFFFFFF for source in (self.rs1, self.rs2))
        registers[self.rd] = self.record.execute(model.extension, *operands)


@cache
def _instruction_class(record: Instruction) -> type[CustomInstruction]:
    encoding = isa(
        PREFIX + record.mnemonic,
        RV32I,
        opcode=OPCODE_CUSTOM_0,
        funct3=int(record.funct3),
        funct7=int(record.funct7),
    )
    return encoding(type(record.mnemonic, (CustomInstruction,), {"record": record}))


def encode(
    instruction_set: InstructionSet, mnemonic: str, rd: int = 0, rs1: int = 0, rs2: int = 0
) -> int:
    """The 32-bit word of an instruction with the given register numbers."""
    return _instruction_class(instruction_set.by_mnemonic[mnemonic])(rd, rs1, rs2).encode()


def decode(word: int, *instruction_sets: InstructionSet) -> CustomInstruction | None:
    """The instruction that a 32-bit word encodes, or None when it is in none of the sets."""
    if word & 0x7F != OPCODE_CUSTOM_0:
        return None
    function_id = (word >> 25) << FUNCT3_BITS | (word >> 12) & 0x7
    for one in instruction_sets:
        if record := one.by_function_id.get(function_id):
            instruction = _instruction_class(record)()
            instruction.decode(word)
            return instruction
    return None
