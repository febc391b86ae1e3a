"""What the generated programs must print: the same instructions, executed once each by `State`.

Every case starts from one state (`prologue`), runs one instruction in one context, and then makes
the whole state visible in the words that it pops (`probe`), so that an instruction too many or
too few anywhere shows in some word.
"""

from __future__ import annotations

import functools
import pickle
from dataclasses import dataclass

from compiler_intrinsics.instruction_set import WORD_MASK, Instruction
from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.geometry import TABLE_WORDS
from compiler_intrinsics.simd.state import THROUGH_TABLE, State

INSTRUCTIONS = INSTRUCTION_SET.harmless
"""Those under test: with what a hazard leaves in their operands, others could reach anywhere."""

RING = 8
"""Store entries and parameter groups in use: few enough for the probe to look at all of them."""

ONE = (1 << 30, 1)
"""Multiplier and shift that leave an accumulator as it is."""

FULL_RANGE = 0x7F80
"""Clamp that lets every int8 pass."""

WORDS = (
    *(0x01FF0203, 0xFE010302, 0x0300FF01, 0x02FD01FF, 0x01020001, 0xFF03FE02, 0x00010203),
    *(0x02FF01FD, 0xFD02FF01, 0x0102FF03, 0x00FF02FE, 0x03FF0100, 0x010003FD, 0xFF0201FE),
)
"""Data and weights: small, so that sums stay within int8 and no difference is clamped away."""


@dataclass(frozen=True)
class Step:
    """One instruction with its operands."""

    instruction: Instruction
    a: int = 0
    b: int = 0

    def run(self, state: State) -> int:
        """Execute; what rd gets."""
        return self.instruction.execute(state, self.a, self.b)


def step(mnemonic: str, a: int = 0, b: int = 0) -> Step:
    return Step(INSTRUCTION_SET.by_mnemonic[mnemonic], a, b)


def operands(instruction: Instruction) -> tuple[int, int]:
    """Operands of the instruction under test; they change something in the prologue's state."""
    examples = [operand.example & WORD_MASK for operand in instruction.operands]
    return tuple([*examples, *WORDS[12:]][:2])


def initialisation() -> list[Step]:
    """Everything that the cases read and do not write themselves."""
    steps = [step("seek")]
    for half in range(2 * RING):
        steps.append(step("ld_weights", WORDS[half % 13], WORDS[(half * 5 + 3) % 11]))
    for channel in range(4 * RING):
        steps += [step("ld_bias", channel), step("ld_scale", *ONE)]
    return steps + [_table_word(place) for place in range(TABLE_WORDS)]


def _table_word(place: int) -> Step:
    """A word of a table in which all int8 differ."""
    return step("ld_table", place, 0x1F1E1D1C ^ 0x04040404 * place)


def _quiet() -> list[Step]:
    """Undo what a case has changed; two results wait, a patch and accumulators are under way."""
    steps = [step("seek", 1, 3)]
    steps += [step("ld_weights", WORDS[half], WORDS[half + 7]) for half in range(4)]
    for channel in range(5):
        steps += [step("ld_bias", 2 * channel), step("ld_scale", *ONE)]
    steps += [step("seek", 1, 3), step("set_output", 0, FULL_RANGE)]
    steps += [step("set_zero_point"), _table_word(1)]
    steps += [step("set_params", 0, RING - 1), step("set_weights", 0, RING - 1)]
    steps += [step("skip2", WORDS[i], WORDS[i + 4]) for i in range(RING)]
    steps += [step("set_weights", 0, RING - 1)]
    steps += [step("dot1", WORDS[0]), step("dot1_last", WORDS[1])]
    return steps + [step("dot2_last", WORDS[2], WORDS[3]), step("dot1", WORDS[4])]


def _busy(queued: int) -> list[Step]:
    """The same; behind a `rep` that takes long, `queued` instructions wait."""
    steps = _quiet()
    steps += [step("dot2", 0x01000000, 0x00000100)] * 10 + [step("dot1_last", WORDS[6])]
    return steps + [step("rep", 3)] + [step("dot1", 0x00010000 << i % 2) for i in range(queued)]


QUEUE = State().geometry.queue
PROLOGUES = {
    "quiet": _quiet(),
    "last place in the queue": _busy(QUEUE - 2),
    "queue full": _busy(QUEUE - 1),
}

WAITING_POPS = 12
"""More than the results that can wait when the probe begins."""


def probe() -> list[Step]:
    """Pops that show results, accumulators, rings, history, patch, table, and where writes go."""
    pop = step("pop")
    steps = [pop] * WAITING_POPS
    for last in (step("dot1_last", WORDS[5]), step("dw1_last", WORDS[6]), step("rep", 1)):
        steps += [last, pop]
    steps += [step("ld_weights", WORDS[8], WORDS[9]), step("ld_scale", *ONE)]
    steps += [step("ld_bias", 77), step("ld_scale", 3 << 29, 1)]
    steps += [step("set_weights", 0, RING - 1), step("set_params", 0, RING - 1)]
    steps += [step("dot1_last", WORDS[7])] * RING
    steps += [pop] * RING
    # The biases alone, most of which the table's first words stand for.
    steps += [step("set_output", 0, THROUGH_TABLE | FULL_RANGE)]
    return steps + [step("dot1_last")] * RING + [pop] * RING


@functools.cache
def prologue_state(name: str) -> State:
    """The state behind a prologue; to be copied before it is changed."""
    state = State()
    execute(initialisation() + PROLOGUES[name], state)
    return state


def execute(steps: list[Step], state: State) -> list[int]:
    """Answers of the steps that return one."""
    answers = [item.run(state) for item in steps]
    assert len(state.results) <= state.geometry.results, "the program leaves too many results"
    return [value for value, item in zip(answers, steps, strict=True) if item.instruction.returns]


@dataclass(frozen=True)
class Expectation:
    """Last answer of a case (None when nothing executed), and the words of its probe."""

    answer: int | None
    probe: tuple[int, ...]


def copy_of(state: State) -> State:
    """An independent copy; `copy.deepcopy` of the whole store would take most of the test."""
    return pickle.loads(pickle.dumps(state))


@functools.cache
def expectation(instruction: Instruction, executed: str, prologue: str) -> Expectation:
    """A case: `executed` is `Context.executed`."""
    state = copy_of(prologue_state(prologue))
    answer = None
    a, b = operands(instruction)
    for letter in executed:
        if letter == "D":
            answer = INSTRUCTION_SET.by_mnemonic["dot1"].execute(state, answer)
        else:
            result = instruction.execute(state, a, b)
            answer = result if letter == "I" else answer
    return Expectation(answer, tuple(execute(probe(), state)))


def sequence_expectation(steps: list[Step], prologue: str) -> tuple[int, tuple[int, ...]]:
    """The last answer of any steps, and the words of the probe behind them."""
    state = copy_of(prologue_state(prologue))
    answers = [item.run(state) for item in steps]
    return (answers or [0])[-1], tuple(execute(probe(), state))
