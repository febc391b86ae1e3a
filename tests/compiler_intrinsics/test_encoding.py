"""Our instructions inside riscv-model."""

import pytest
from riscvmodel.model import Model
from riscvmodel.variant import RV32I

from compiler_intrinsics.encoding import decode, encode
from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.state import State


@pytest.mark.parametrize(
    "instruction", INSTRUCTION_SET.instructions, ids=lambda item: item.mnemonic
)
def test_decode_inverts_encode(instruction):
    decoded = decode(encode(INSTRUCTION_SET, instruction.mnemonic, 1, 2, 31), INSTRUCTION_SET)
    assert decoded.record is instruction
    assert (decoded.rd, decoded.rs1, decoded.rs2) == (1, 2, 31)


@pytest.mark.parametrize("word", [0x00B50533, 0xFE00000B, 0x0000700B, 0xFFFFFFFF])
def test_other_words_are_not_ours(word):
    assert decode(word, INSTRUCTION_SET) is None


def test_riscv_model_executes_a_dot_product():
    model = Model(RV32I)
    model.extension = State()
    registers = model.state.intreg

    def run(mnemonic, a=0, b=0):
        registers[5], registers[6] = a, b
        model.state.commit()
        word = encode(INSTRUCTION_SET, mnemonic, rd=7, rs1=5, rs2=6)
        decode(word, INSTRUCTION_SET).execute(model)
        model.state.commit()
        return int(registers[7]) & 0xFFFFFFFF

    for half in range(2):
        run("ld_weights", 0x04030201, 0xFF000001 if half else 0x00000000)
    for bias in (0, 1, 2, 3):
        run("ld_bias", bias)
        run("ld_scale", 1 << 30, 1)  # times one
    run("set_output", 10, 0x7F80)
    run("dot1_last", 0x01020304)
    # 4*1 + 3*2 + 2*3 + 1*4 = 20; nothing; 20; 4*1 - 1*1 = 3; each plus bias plus 10
    assert run("pop") == 10 + 20 | (10 + 1) << 8 | (10 + 2 + 20) << 16 | (10 + 3 + 3) << 24
