"""Random commands of the memory engine, and whole programs, that are never refused."""

from __future__ import annotations

from random import Random

import numpy as np

from compiler_intrinsics.stream.commands import LOCAL_BITS, MEMORY_COMMANDS, Space
from compiler_intrinsics.stream.geometry import Geometry
from compiler_intrinsics.stream.machine import Machine
from compiler_intrinsics.stream.move import move
from compiler_intrinsics.stream.refused import Refused
from tests.support.stream_commands import random_command, random_weights
from tests.support.stream_programs import DATA, RAM_BYTES, Program, arena, image, machine

WEIGHTS = DATA
WEIGHT_BYTES = 1 << 15
ACTIVATIONS = DATA + WEIGHT_BYTES
STORED = ACTIVATIONS + WEIGHT_BYTES
"""Offsets in main RAM: of what is loaded, and of what is stored."""

MNEMONICS = ("load", "load", "store", "fill")


def random_move(rng: Random, geometry: Geometry, mnemonic: str) -> dict[str, int]:
    """Fields of a command, drawn until it is one that is not refused."""
    while True:
        fields = _draw(rng, geometry, mnemonic)
        if _is_carried_out(geometry, mnemonic, fields):
            return fields


def _draw(rng: Random, geometry: Geometry, mnemonic: str) -> dict[str, int]:
    words = 1 << LOCAL_BITS
    counts = [rng.choice((1, rng.randint(1, most))) for most in (40, 6, 4)]
    local = [
        rng.choice((0, 1, rng.randrange(60), -rng.randrange(20), counts[0])) % words
        for _ in range(3)
    ]
    first, size = (STORED, RAM_BYTES - STORED) if mnemonic == "store" else (DATA, STORED - DATA)
    steps = [
        8 * rng.choice((counts[0], rng.randrange(100), -rng.randrange(60))) % (1 << 32)
        for _ in range(2)
    ]
    drawn = {
        "space": rng.choice(list(Space)),
        "value": rng.randint(-128, 127),
        "tail": rng.randint(1, 8),
        "address": rng.choice((arena, image) if mnemonic == "load" else (arena,))(
            first + 8 * rng.randrange(size // 8)
        ),
        "local": rng.randrange(geometry.activation_words),
        **{f"count{k}": count for k, count in enumerate(counts)},
        **{f"local{k}": stride for k, stride in enumerate(local)},
        **{f"step{k + 1}": step for k, step in enumerate(steps)},
    }
    known = MEMORY_COMMANDS.by_mnemonic[mnemonic].fields
    return {name: value for name, value in drawn.items() if name in known}


def _is_carried_out(geometry: Geometry, mnemonic: str, fields: dict[str, int]) -> bool:
    unit = machine(geometry, Program())
    unit.ram.data[:STORED] = 1
    opcode = MEMORY_COMMANDS.by_mnemonic[mnemonic].opcode
    decoded = dict.fromkeys(MEMORY_COMMANDS.places, 0) | fields
    try:
        move(unit.ram, unit.activations, unit.weights, opcode, decoded)
    except Refused:
        return False
    # A store that goes around may come to where the lists and the data lie.
    return bool((unit.ram.data[:STORED] == 1).all())


def moving_program(rng: Random, geometry: Geometry, length: int) -> Machine:
    """Loads, fills and stores, which depend on each other; at last everything is stored."""
    program = Program()
    program.move("load", address=image(ACTIVATIONS), count0=geometry.activation_words, local0=1)
    for _ in range(length):
        mnemonic = rng.choice(MNEMONICS)
        program.move(mnemonic, **random_move(rng, geometry, mnemonic))
    program.move("store", address=arena(STORED), count0=geometry.activation_words, local0=1, tail=8)
    program.move("end")
    program.calculate("end")
    return with_data(rng, machine(geometry, program))


def whole_program(rng: Random, geometry: Geometry, jobs: int) -> Machine:
    """Both lists: what is needed is loaded, computed on and stored, several jobs at a time."""
    program = Program()
    quarter = geometry.activation_words // 4
    weights = random_weights(geometry, np.random.default_rng(rng.getrandbits(32)))
    program.move(
        "load",
        space=Space.WEIGHTS,
        address=image(WEIGHTS),
        count0=len(weights) // 8,
        local0=1,
    )
    program.move("load", address=image(ACTIVATIONS), count0=4 * quarter, local0=1)
    for job in range(jobs + 1):
        if job < jobs:
            inputs, outputs = 2 * (job % 2) * quarter, (2 * (job % 2) + 1) * quarter
            program.move(
                "load",
                address=image(ACTIVATIONS + 8 * rng.randrange(quarter)),
                local=inputs,
                count0=quarter,
                local0=1,
            )
            read, written = range(inputs, inputs + quarter), range(outputs, outputs + quarter)
            mnemonic, fields = random_command(geometry, rng, read, written, weights)
            program.calculate(mnemonic, **fields, after=len(program.memory))
        if job > 0:
            program.move(
                "store",
                address=arena(STORED + (job - 1) * quarter * 8),
                local=(2 * ((job - 1) % 2) + 1) * quarter,
                count0=quarter,
                local0=1,
                tail=8,
                after=job,
            )
    program.move("end", after=jobs)
    program.calculate("end")
    unit = with_data(rng, machine(geometry, program))
    unit.ram.data[WEIGHTS : WEIGHTS + len(weights)] = weights
    return unit


def with_data(rng: Random, unit: Machine) -> Machine:
    """The machine, with random data to load."""
    unit.ram.data[DATA:STORED] = np.frombuffer(rng.randbytes(STORED - DATA), np.uint8)
    return unit
