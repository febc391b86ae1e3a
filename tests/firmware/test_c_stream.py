"""The streaming unit's meaning in C against the Python machine: memories, answers, refusals."""

from __future__ import annotations

import ctypes
from collections import Counter

import numpy as np
import pytest

from compiler_intrinsics.stream.commands import Space, Status
from compiler_intrinsics.stream.geometry import TAPS, Geometry
from compiler_intrinsics.stream.machine import Machine
from compiler_intrinsics.stream.move import MainRam
from compiler_intrinsics.stream.spec import INSTRUCTION_SET
from tests.support.c_extension import load_library
from tests.support.stream_programs import BASE, DATA, LISTS, RAM_BYTES, Program, arena, image

WINDOW = 1 << 17
"""Bytes of each window: less than main RAM, so that their ends are seen."""


class Twin:
    """The unit in C, with a main RAM of its own."""

    def __init__(self, geometry: Geometry, data: np.ndarray) -> None:
        self.data = np.ascontiguousarray(data.copy())
        self._library = load_library(INSTRUCTION_SET, geometry)
        self._library.dwpw_emulate.argtypes = [ctypes.c_uint32] * 3
        self._library.dwpw_emulate.restype = ctypes.c_uint32
        place = self.data.ctypes.data_as(ctypes.c_void_p)
        self._library.main_ram_set(place, ctypes.c_uint32(len(self.data)))

    def __call__(self, name: str, a: int = 0, b: int = 0) -> int:
        code = INSTRUCTION_SET.by_mnemonic[f"stream_{name}"].function_id
        return self._library.dwpw_emulate(code, a, b)


class Model:
    """The Python machine, by the same names."""

    def __init__(self, geometry: Geometry, data: np.ndarray) -> None:
        self.data = data.copy()
        self.machine = Machine(geometry, MainRam(BASE, self.data))

    def __call__(self, name: str, a: int = 0, b: int = 0) -> int:
        return INSTRUCTION_SET.by_mnemonic[f"stream_{name}"].execute(self.machine, a, b)


def random_move(rng: np.random.Generator, program: Program) -> None:
    """A command of the memory engine that mostly stays where it may."""
    counts = {f"count{axis}": int(rng.integers(1, 6)) for axis in range(3)}
    if rng.random() < 0.03:
        counts["count1"] = 0
    inside = {"local": int(rng.integers(0, 900))}
    inside |= {f"local{axis}": int(rng.integers(0, 12)) for axis in range(3)}
    outside = {f"step{axis}": 8 * int(rng.integers(0, 40)) for axis in (1, 2)}
    window = arena if rng.random() < 0.5 else image
    address = window(DATA + 8 * int(rng.integers(0, 8150)))
    kind = rng.choice(["load", "load", "store", "fill", "stamp"])
    if kind == "load":
        space = int(rng.choice([Space.ACTIVATIONS, Space.WEIGHTS], p=[0.6, 0.4]))
        program.move("load", space=space, address=address, **counts, **inside, **outside)
    elif kind == "store":
        tail = int(rng.integers(1, 9)) if rng.random() < 0.98 else 9
        target = arena(DATA + 8 * int(rng.integers(0, 8100)))
        program.move("store", tail=tail, address=target, **counts, **inside, **outside)
    elif kind == "fill":
        program.move("fill", value=int(rng.integers(-128, 128)), **counts, **inside)
    else:
        program.move("stamp", address=arena(DATA + 8 * int(rng.integers(0, 4096))))


def random_calculation(rng: np.random.Generator, program: Program) -> None:
    """A command of the compute engine over the lower half of the memory, into the upper one."""
    program.calculate(
        str(rng.choice(["dot", "depthwise"])),
        up=int(rng.integers(0, 2)),
        zero_point=int(rng.integers(-128, 128)),
        act_min=int(rng.integers(-128, 0)),
        act_max=int(rng.integers(0, 128)),
        weight_zero_point=int(rng.integers(-128, 128)) if rng.random() < 0.3 else 0,
        groups=int(rng.integers(1, 3)),
        rows=int(rng.integers(1, 4)),
        columns=int(rng.integers(1, 5)),
        taps0=int(rng.integers(1, 4)),
        taps1=int(rng.integers(1, 4)),
        taps2=int(rng.integers(1, 3)),
        input=int(rng.integers(0, 2400)),
        input_column=int(rng.integers(0, 20)),
        input_row=int(rng.integers(0, 20)),
        input1=int(rng.integers(0, 16)),
        input2=int(rng.integers(0, 32)),
        input_group=int(rng.integers(0, 40)),
        weights=int(rng.integers(0, 200)),
        weights_group=int(rng.integers(0, 30)),
        output=int(rng.integers(512, 990)),
        output_row=int(rng.integers(4, 8)),
        output_group=int(rng.integers(16, 32)),
    )


def random_program(rng: np.random.Generator) -> Program:
    """Ends with all activations in main RAM; many are refused on the way, or wait in vain."""
    program = Program()
    moves, calculations = int(rng.integers(1, 16)), int(rng.integers(1, 6))
    for _ in range(moves):
        random_move(rng, program)
    for _ in range(calculations):
        random_calculation(rng, program)
    everything = {"count0": 1024, "local0": 1, "tail": 8, "address": arena(DATA)}
    program.move("store", after=calculations, **everything)
    program.move("end", after=int(rng.choice([0, 0, 0, calculations, 7])))
    program.calculate("end", after=int(rng.choice([0, 0, moves, 99])))
    return program


def written(program: Program, rng: np.random.Generator) -> np.ndarray:
    """Main RAM with the program, and noise everywhere else."""
    data = rng.integers(0, 256, RAM_BYTES, np.uint8)
    for place, commands in zip(LISTS, (program.memory, program.compute), strict=True):
        code = np.frombuffer(b"".join(commands), np.uint8)
        data[place : place + len(code)] = code
    return data


@pytest.mark.parametrize("taps", TAPS)
def test_random_programs_leave_the_same_memory_and_the_same_status(taps: int) -> None:
    geometry = Geometry(taps=taps, activation_words=1024, weight_entries=256)
    rng = np.random.default_rng(taps)
    seen: Counter[Status] = Counter()
    for _ in range(60):
        data = written(random_program(rng), rng)
        if rng.random() < 0.2:  # a bit of a list is wrong
            place = int(rng.choice(LISTS)) + int(rng.integers(0, 192))
            data[place] ^= 1 << int(rng.integers(8))
        both = [kind(geometry, data) for kind in (Model, Twin)]
        for unit in both:
            unit("image", BASE, WINDOW)
            unit("arena", BASE, WINDOW)
            unit("start", image(LISTS[0]), arena(LISTS[1]))
        model, twin = (unit("status") for unit in both)
        assert twin == model
        seen[Status(model & 15)] += 1
        if model == Status.DONE:
            assert (both[0].data == both[1].data).all()
    assert seen[Status.DONE] > 10, seen
    assert len(seen) > 3, seen  # refusals of several kinds


def test_windows_and_lists_of_a_running_program_stay_and_it_can_be_stopped() -> None:
    program = Program()
    program.move("end")
    program.calculate("end")
    data = written(program, np.random.default_rng(0))
    lists = (image(LISTS[0]), arena(LISTS[1]))
    for kind in (Model, Twin):
        unit = kind(Geometry(), data)
        assert unit("status") == Status.IDLE
        unit("stop")
        assert unit("status") == Status.IDLE
        unit("image", BASE + 7, WINDOW + 7)  # the lowest bits do not count
        unit("arena", BASE, WINDOW)
        unit("start", *lists)
        unit("image", 0, 0)
        unit("start", 0, 0)
        assert unit("status") == Status.DONE
        unit("start", *lists)
        unit("stop")
        assert unit("status") == Status.STOPPED
        unit("image", BASE + RAM_BYTES, WINDOW)  # where main RAM has ended
        unit("start", *lists)
        assert unit("status") == Status.ADDRESS
