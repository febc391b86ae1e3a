"""The places in a program where a stateful instruction could be lost or executed twice.

Registers of the generated programs (`program.py`, `frame.S`):

    a0       what the instruction answers      a1, a2  its operands
    s1       memory that no cache holds yet    s2      memory that the D$ holds
    s3       a buffer to store into            s5      s2 + 4096: evicts s2's line from the D$
    s4       1                                 s6      bit 31, the port's switch in CSR 0xBC0
    t0..t6   free; t1 must end as DATA, which every word at s1, s2 and s5 is
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

DATA = 0x3141_5926
"""Every word of the data that contexts load."""

FLUSH_DCACHE = ".word 0x500f"
FLUSH_ICACHE = ".word 0x100f"
WORDS_PER_LINE = 8  # of the I$
MASK = 0xFFFF_FFFF


@dataclass(frozen=True)
class Context:
    """Code around an instruction.

    Attributes:
        name: completes "an instruction ...".
        code: assembly; {I} is the instruction with its answer in a0, {X} the same with rd = x0,
            {D} a dot1 whose operand is a0.
        executed: which of these take effect, in order.
        answer: what ends up in a0, given the last answer.
        traps: the exceptions that are taken, mcause each.
    """

    name: str
    code: str
    executed: str = "I"
    answer: Callable[[int], int] = lambda answer: answer
    traps: tuple[int, ...] = ()


LOADS = (
    Context("alone", "{I}"),
    Context("behind a load that hits", "lw t1, 0(s2); lw t1, 4(s2); {I}"),
    Context("behind a load that misses the D$", "lw t1, 0(s5); lw t1, 0(s2); {I}"),
    Context("behind a load that misses the flushed D$", f"{FLUSH_DCACHE}; lw t1, 0(s2); {{I}}"),
    Context("behind a load that misses the L2", "addi s1, s1, 64; lw t1, 0(s1); {I}"),
    Context("behind two loads that miss", "addi s1, s1, 64; lw t1, 0(s1); lw t1, 32(s1); {I}"),
    Context("between a miss and its use", "addi s1, s1, 64; lw t1, 0(s1); {I}; add t1, t1, zero"),
    Context("before a load that misses", "addi s1, s1, 64; {I}; lw t1, 0(s1)"),
    Context("between loads that miss",
            "addi s1, s1, 64; lw t1, 0(s1); {I}; lw t1, 32(s1); {X}; lw t1, 4(s1)", "IX"),
    Context("whose operand is just loaded from the D$",
            "sw a1, 0(s3); lw a1, 0(s3); li a1, 0; lw a1, 0(s3); {I}"),
    Context("whose operands are just loaded from behind the D$",
            f"sw a1, 0(s3); sw a2, 4(s3); li a1, 0; {FLUSH_DCACHE}; "
            "lw a2, 4(s3); lw a1, 0(s3); {I}"),
    Context("whose answer is the address of a load",
            "{I}; andi t2, a0, 28; add t2, t2, s2; lw t1, 0(t2)"),
    Context("whose answer is overwritten by a load", "{I}; lw a0, 0(s2)", "I", lambda _: DATA),
)  # fmt: skip

STORES = (
    Context("behind a store that hits", "lw t2, 0(s3); sw a1, 0(s3); {I}"),
    Context("behind a store that misses the D$", f"{FLUSH_DCACHE}; sw a1, 8(s3); {{I}}"),
    Context("behind a store that misses the L2", "addi s1, s1, 64; sw t1, 0(s1); {I}"),
    Context("behind a stream of stores",
            "addi s1, s1, 128; " + "; ".join(f"sw t1, {16 * i}(s1)" for i in range(8)) + "; {I}"),
    Context("within a stream of stores",
            "addi s1, s1, 64; sw t1, 0(s1); {I}; sw t1, 16(s1); sw t1, 32(s1); {X}; sw t1, 48(s1)",
            "IX"),
    Context("behind a byte store and a load of it",
            "sb a1, 0(s3); lbu t2, 0(s3); {I}"),
    Context("whose answer is stored at once", "{I}; sw a0, 0(s3); li a0, 0; lw a0, 0(s3)"),
)  # fmt: skip

BRANCHES = (
    Context("behind a branch that is not taken", "bne s4, s4, 1f; {I}; 1:"),
    Context("in the shadow of a taken branch", "beq s4, s4, 1f; {X}; {I}; 1:", ""),
    Context("in the shadow of a taken branch and at its target",
            "beq s4, s4, 1f; {X}; 1: {I}"),
    Context("before a taken branch", "{I}; beq s4, s4, 1f; {X}; 1:"),
    Context("between taken branches", "beq s4, s4, 1f; {X}; 1: {I}; beq s4, s4, 2f; {X}; 2:"),
    Context("behind a branch that waits for a miss",
            "addi s1, s1, 64; lw t1, 0(s1); beq t1, zero, 1f; {I}; 1:"),
    Context("in the shadow of a taken branch that waits for a miss",
            "addi s1, s1, 64; lw t1, 0(s1); bne t1, zero, 1f; {X}; 1:", ""),
    Context("whose answer decides a taken branch", "{I}; beq a0, a0, 1f; {X}; 1:"),
    Context("whose answer decides a branch that is not taken",
            "{I}; bne a0, a0, 1f; {X}; 1:", "IX"),
    Context("at the head of a loop", "li t2, 3; 1: {I}; addi t2, t2, -1; bnez t2, 1b", "III"),
    Context("before the backward branch of a loop",
            "li t2, 3; 1: addi t2, t2, -1; {I}; bnez t2, 1b", "III"),
    Context("behind a loop, in the shadow of its branch",
            "li t2, 3; 1: addi t2, t2, -1; bnez t2, 1b; {I}"),
    Context("that is all of a loop but its exit",
            "li t2, 3; 1: addi t2, t2, -1; beqz t2, 2f; {I}; j 1b; {X}; 2:", "II"),
    Context("in the shadow of jal", "j 1f; {X}; {I}; 1:", ""),
    Context("at the target of jal", "j 1f; {X}; 1: {I}"),
    Context("in the shadow of jalr", "la t2, 1f; jr t2; {X}; {I}; 1:", ""),
    Context("at the target of jalr", "la t2, 1f; jr t2; {X}; 1: {I}"),
    Context("in a called function", "jal t0, 1f; j 2f; 1: {I}; jr t0; {X}; 2:"),
    Context("behind a call", "jal t0, 1f; {I}; j 2f; 1: jr t0; {X}; 2:"),
)  # fmt: skip


def _instruction_cache() -> tuple[Context, ...]:
    contexts = []
    for word in range(WORDS_PER_LINE):
        fill = f".balign 32; .rept {{}}; nop; .endr; {FLUSH_ICACHE}"
        nops = f".rept {word}; nop; .endr"
        contexts += [
            Context(f"at word {word} of a line that is fetched from its start",
                    f"{fill.format(WORDS_PER_LINE - 1)}; {nops}; {{I}}; .rept 8; nop; .endr"),
            Context(f"at word {word} of a line that is entered by a jump",
                    f"{FLUSH_ICACHE}; j 1f; .balign 32; {nops}; 1: {{I}}; .rept 8; nop; .endr"),
        ]  # fmt: skip
    contexts += [
        Context("and itself again across a line boundary",
                f".balign 32; {FLUSH_ICACHE}; .rept 6; nop; .endr; {{I}}; {{X}}; {{X}}", "IXX"),
        Context("behind a miss of both caches",
                "addi s1, s1, 64; .balign 32; .rept 6; nop; .endr; "
                f"{FLUSH_ICACHE}; lw t1, 0(s1); {{I}}"),
        Context("in the shadow of a jump out of a line that is missing",
                f".balign 32; .rept 6; nop; .endr; {FLUSH_ICACHE}; j 1f; {{X}}; 1:", ""),
    ]  # fmt: skip
    return tuple(contexts)


ILLEGAL = ".word 0"
TRAPS = (
    Context("behind an illegal instruction", f"{ILLEGAL}; {{I}}", traps=(2,)),
    Context("before an illegal instruction", f"{{I}}; {ILLEGAL}", traps=(2,)),
    Context("behind ecall", "ecall; {I}", traps=(11,)),
    Context("before ecall", "{I}; ecall", traps=(11,)),
    Context("between traps", "ecall; {I}; ecall; {X}; .word 0", "IX", traps=(11, 11, 2)),
    Context("behind a misaligned load", "lw t2, 2(s2); {I}", traps=(4,)),
    Context("before a misaligned load", "{I}; lw t2, 1(s2)", traps=(4,)),
    Context("behind a misaligned store", "sh a1, 1(s3); {I}", traps=(6,)),
    Context("before a misaligned store", "{I}; sw a1, 3(s3)", traps=(6,)),
    Context("behind a missing CSR", "csrr t2, 0x123; {I}", traps=(2,)),
    Context("in the shadow of a branch, before a trap",
            "beq s4, s4, 1f; {X}; ecall; 1: {I}; ecall", traps=(11,)),
    Context("while the port is off", "csrc 0xbc0, s6; nop; {I}; {X}; nop; csrs 0xbc0, s6; nop", "",
            traps=(2, 2)),
    # The port looks at its switch in the decode stage, one instruction too early.
    Context("directly behind the instruction that switches the port off",
            ".balign 32; csrc 0xbc0, s6; {I}; {X}; nop; csrs 0xbc0, s6; nop", traps=(2,)),
    Context("directly behind the instruction that switches the port on",
            "csrc 0xbc0, s6; .balign 32; csrs 0xbc0, s6; {I}; {X}", "X", traps=(2,)),
)  # fmt: skip

NEIGHBOURS = (
    Context("before itself", "{I}; {I}", "II"),
    Context("among themselves", "{X}; {I}; {X}", "XIX"),
    Context("whose answer is thrown away", "{X}; add t3, a1, a2", "X"),
    Context("whose answer is an operand of the next", "{I}; {D}", "ID"),
    Context("behind one whose answer is its own answer's register", "{I}; {D}; {I}", "IDI"),
    Context("whose answer is used at once", "{I}; addi a0, a0, 1", answer=lambda a: a + 1),
    Context("whose answer is used an instruction later", "{I}; nop; addi a0, a0, 1",
            answer=lambda a: a + 1),
    Context("whose answer is multiplied at once", "{I}; mul a0, a0, a0",
            answer=lambda a: a * a & MASK),
    Context("whose operands are just computed", "addi a1, a1, 1; addi a1, a1, -1; {I}"),
    Context("whose operands are just multiplied", "mul a1, a1, s4; mul a2, a2, s4; {I}"),
    Context("whose operand is just divided", "divu a1, a1, s4; {I}; add t3, a1, a2"),
    Context("behind a CSR access", "csrr t2, mcycle; {I}; csrr t2, minstret"),
    Context("behind a fence", "fence; {I}"),
    Context("behind a flush of the D$", f"{FLUSH_DCACHE}; {{I}}; {FLUSH_DCACHE}; {{X}}", "IX"),
)  # fmt: skip

DIVISIONS = (
    Context("before a division", "{I}; div t2, s6, s4; add t3, a1, a2"),
    Context("between a division and an addition", "div t2, s6, s4; {I}; add t3, a1, a2"),
    Context("between a division and nothing", "div t2, s6, s4; {I}; .rept 24; nop; .endr"),
    Context("between a division and a load", "div t2, s6, s4; {I}; lw t1, 0(s2)"),
    Context("between a division and a store", "div t2, s6, s4; {I}; sw a1, 0(s3)"),
    Context("between a division and a taken branch",
            "div t2, s6, s4; {I}; beq s4, s4, 1f; {X}; 1:"),
    Context("between a division and itself", "div t2, s6, s4; {I}; {I}", "II"),
    Context("between divisions", "div t2, s6, s4; {I}; rem t2, s6, s4; {X}; remu t2, s6, s4", "IX"),
)  # fmt: skip

TOPICS = {
    "loads": LOADS,
    "stores": STORES,
    "branches": BRANCHES,
    "instruction cache": _instruction_cache(),
    "traps": TRAPS,
    "neighbours": NEIGHBOURS,
    "divisions": DIVISIONS,
}
