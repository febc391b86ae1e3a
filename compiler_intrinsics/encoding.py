"""Machine words of our instructions, through riscv-model.

Each record of the spec becomes an R-type instruction class of riscv-model, which then encodes,
decodes and executes it beside the base instruction set.
"""

from __future__ import annotations

from riscvmodel.code import MachineDecodeError
from riscvmodel.code import decode as decode_any
from riscvmodel.isa import InstructionRType, isa
from riscvmodel.variant import RV32I

from .simd.spec import INSTRUCTIONS, OPCODE_CUSTOM_0, Instruction

PREFIX = "dwpw."


class CustomInstruction(InstructionRType):
    """Base of the generated classes; `record` is the spec's."""

    record: Instruction

    def execute(self, model) -> None:
        """Run on a riscv-model `Model` whose `extension` is our `State`."""
        registers = model.state.intreg
        operands = (int(registers[source]) & 0xFFFFFFFF for source in (self.rs1, self.rs2))
        registers[self.rd] = self.record.execute(model.extension, *operands)


def _instruction_class(record: Instruction) -> type[CustomInstruction]:
    encoding = isa(
        PREFIX + record.mnemonic,
        RV32I,
        opcode=OPCODE_CUSTOM_0,
        funct3=int(record.funct3),
        funct7=int(record.funct7),
    )
    return encoding(type(record.mnemonic, (CustomInstruction,), {"record": record}))


CLASSES = {record.mnemonic: _instruction_class(record) for record in INSTRUCTIONS}


def encode(mnemonic: str, rd: int = 0, rs1: int = 0, rs2: int = 0) -> int:
    """The 32-bit word of an instruction of ours with the given register numbers."""
    return CLASSES[mnemonic](rd, rs1, rs2).encode()


def decode(word: int) -> CustomInstruction | None:
    """The instruction that a 32-bit word encodes, or None when it is not one of ours."""
    try:
        instruction = decode_any(word)
    except MachineDecodeError:
        return None
    return instruction if isinstance(instruction, CustomInstruction) else None
