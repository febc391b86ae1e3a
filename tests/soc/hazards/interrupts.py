"""A program that is interrupted at every cycle of a sequence of all instructions."""

from __future__ import annotations

from dataclasses import dataclass

from tests.soc.hazards import meaning
from tests.soc.hazards.contexts import DATA, FLUSH_ICACHE
from tests.soc.hazards.meaning import INSTRUCTIONS, PROLOGUES, Step
from tests.soc.hazards.program import UNTOUCHED, Program, Record, encode

NEIGHBOURS = (
    "",
    "lw t1, 0(s2)",
    "sw a1, 0(s3)",
    "addi s1, s1, 64; lw t1, 0(s1)",
    "beq s4, s4, 1f; ebreak; 1:",
    "div t5, s6, s4",
    "",
    "mul t5, a1, a2",
)
"""What stands before the instructions, in turn."""


@dataclass(frozen=True)
class Sweep:
    """Delays of the timer: one run of the sequence for each.

    delays: cycles between arming the timer and its interrupt; cold: flush the I$ before each run;
    first_neighbour: where in NEIGHBOURS the sequence begins.
    """

    prologue: str
    delays: range
    cold: bool = False
    first_neighbour: int = 0


def _sequence(first_neighbour: int) -> str:
    lines = []
    for number, instruction in enumerate(INSTRUCTIONS):
        a, b = meaning.operands(instruction)
        neighbour = NEIGHBOURS[(number + first_neighbour) % len(NEIGHBOURS)]
        lines += [f"li a1, {a:#x}; li a2, {b:#x}", neighbour]
        lines += [f"sequence_{number}: " + encode(instruction, "a0", "a1", "a2")]
    return "\n".join(lines)


def sweep_program(sweep: Sweep, interrupt: int) -> Program:
    """The sweep; behind the records follow the addresses of the sequence's instructions.

    interrupt: number of the timer's interrupt.
    """
    body = f"""
        li t2, TIMER_ENABLE; sw s4, 0(t2)
        li t2, TIMER_PENDING; sw s4, 0(t2); lw t2, 0(t2)
        li t2, {1 << interrupt:#x}; csrs 0xbc0, t2
        li t2, 0x800; csrs mie, t2
        li tp, {sweep.delays.start}
    sweep:
        csrci mstatus, 8
        jal ra, prologue_{list(PROLOGUES).index(sweep.prologue)}
        mv a0, tp; mv t6, s7
        csrsi mstatus, 8
        jal ra, arm_timer
        {FLUSH_ICACHE if sweep.cold else ""}
        li a0, {UNTOUCHED}; .rept 24; nop; .endr
        {_sequence(sweep.first_neighbour)}
    wait: beq s7, t6, wait
        jal ra, finish
        addi tp, tp, {sweep.delays.step}
        li t2, {sweep.delays.stop}
        bltu tp, t2, sweep
        csrci mstatus, 8
    """
    for number in range(len(INSTRUCTIONS)):
        body += f"la t2, sequence_{number}; sw t2, 0(s0); addi s0, s0, 4\n"
    steps = [Step(instruction, *meaning.operands(instruction)) for instruction in INSTRUCTIONS]
    answer, probe = meaning.sequence_expectation(steps, sweep.prologue)
    records = [Record(f"delay {delay}", (answer, DATA, 0, *probe)) for delay in sweep.delays]
    return Program(body, tuple(records))
