"""What programs of the streaming unit mean, against loops as a textbook has them."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from compiler_intrinsics.arithmetic import requantise, signed
from compiler_intrinsics.stream.commands import Space, Status
from compiler_intrinsics.stream.compute import parameters
from compiler_intrinsics.stream.compute import requantise as requantise_many
from compiler_intrinsics.stream.geometry import GROUPS, TAPS, Geometry
from tests.support.stream_programs import (
    DATA,
    Program,
    arena,
    machine,
    parameter_block,
    random_parameters,
)

SMALL = Geometry(activation_words=1024, weight_entries=512)


def scaled(total: int, parameters, channel: int, zero_point: int, least: int, most: int) -> int:
    bias, multiplier, shift = (int(values[channel]) for values in parameters)
    value = requantise(signed(total + bias, 32), multiplier, shift) + zero_point
    return min(most, max(least, value))


@pytest.mark.parametrize("taps", TAPS)
def test_dot_is_a_convolution(taps: int) -> None:
    """3x3 over 16 input channels, stride 2, two groups of output channels."""
    rng = np.random.default_rng(taps)
    geometry = Geometry(taps=taps, activation_words=1024, weight_entries=2048)
    height, width, channels, outputs = 7, 9, 16, 2 * GROUPS
    image = rng.integers(-128, 128, (height, width, channels))
    kernel = rng.integers(-127, 128, (outputs, channels, 3, 3))
    parameters = [random_parameters(rng) for _ in range(2)]
    program = Program()
    program.calculate(
        "dot",
        groups=2,
        rows=3,
        columns=4,
        taps0=3 * GROUPS // taps,
        taps1=3,
        taps2=channels // GROUPS,
        input_column=2 * GROUPS,
        input_row=2 * width,
        input1=width,
        input2=height * width,
        weights=5,
        weights_group=geometry.parameter_entries + 9 * channels // taps,
        output=600,
        output_row=4,
        output_group=12,
        zero_point=-3,
        act_min=-100,
        act_max=90,
    )
    program.calculate("end", after=0)
    program.move("end")
    unit = machine(geometry, program)
    planes = image.reshape(height, width, -1, GROUPS).transpose(2, 0, 1, 3)
    unit.activations[: image.size] = planes.reshape(-1).astype(np.int8).view(np.uint8)
    # Steps go through planes, rows of taps, and bytes along a row: pixel, then channel.
    ordered = kernel.reshape(2, GROUPS, channels // GROUPS, GROUPS, 3, 3).transpose(
        0, 2, 4, 5, 3, 1
    )
    ordered = ordered.reshape(2, -1, taps, GROUPS).swapaxes(2, 3)
    packed = [
        part
        for group in range(2)
        for part in (
            parameter_block(geometry, *parameters[group]),
            ordered[group].reshape(-1).astype(np.int8).view(np.uint8),
        )
    ]
    weights = np.concatenate(packed)
    first = 5 * geometry.entry_bytes
    unit.weights[first : first + len(weights)] = weights

    assert unit.run() is Status.DONE

    got = unit.activations.view(np.int8).reshape(-1, GROUPS)[600:624].reshape(2, 3, 4, GROUPS)
    for group, y, x, channel in np.ndindex(got.shape):
        window = image[2 * y : 2 * y + 3, 2 * x : 2 * x + 3]
        total = int((window * kernel[group * GROUPS + channel].transpose(1, 2, 0)).sum())
        assert got[group, y, x, channel] == scaled(total, parameters[group], channel, -3, -100, 90)


@pytest.mark.parametrize("taps", TAPS)
def test_depthwise_reads_pixels_side_by_side(taps: int) -> None:
    rng = np.random.default_rng(taps)
    geometry = Geometry(taps=taps, activation_words=1024, weight_entries=256)
    height, width = 6, 8
    image = rng.integers(-128, 128, (height, width, GROUPS))
    kernel = rng.integers(-127, 128, (3, 3, GROUPS))
    parameters = random_parameters(rng)
    across = -(-3 // geometry.banks)
    program = Program()
    program.calculate(
        "depthwise",
        rows=4,
        columns=6,
        taps0=across,
        taps1=3,
        input_column=GROUPS,
        input_row=width,
        input1=width,
        output=500,
        output_row=6,
    )
    program.calculate("end")
    program.move("end")
    unit = machine(geometry, program)
    unit.activations[: image.size] = image.reshape(-1).astype(np.int8).view(np.uint8)
    entries = np.zeros((3, across, GROUPS, taps), np.int8)
    for ky, kx in np.ndindex(3, 3):
        entries[ky, kx // geometry.banks, :, kx % geometry.banks] = kernel[ky, kx]
    packed = np.concatenate(
        [parameter_block(geometry, *parameters), entries.reshape(-1).view(np.uint8)]
    )
    unit.weights[: len(packed)] = packed

    assert unit.run() is Status.DONE

    got = unit.activations.view(np.int8).reshape(-1, GROUPS)[500:524].reshape(4, 6, GROUPS)
    for y, x, channel in np.ndindex(got.shape):
        total = int((image[y : y + 3, x : x + 3, channel] * kernel[..., channel]).sum())
        assert got[y, x, channel] == scaled(total, parameters, channel, 0, -128, 127)


def test_up_gives_weights_of_sixteen_bits() -> None:
    """Two planes of taps at the same place: the high bytes of the weights, then the low ones."""
    rng = np.random.default_rng(3)
    values = rng.integers(-128, 128, (5, GROUPS))
    wide = rng.integers(-30000, 30000, GROUPS)
    parameters = (np.zeros(GROUPS, int), np.full(GROUPS, 1 << 30), np.full(GROUPS, -14))
    program = Program()
    program.calculate("depthwise", columns=5, taps2=2, input_column=GROUPS, output=50, up=1)
    program.calculate("end")
    program.move("end")
    unit = machine(SMALL, program)
    unit.activations[: values.size] = values.reshape(-1).astype(np.int8).view(np.uint8)
    entries = np.zeros((2, GROUPS, SMALL.taps), np.int8)
    low = (wide & 0xFF).astype(np.uint8).view(np.int8)
    entries[1, :, 0] = low
    entries[0, :, 0] = (wide - low) >> 8
    packed = np.concatenate(
        [parameter_block(SMALL, *parameters), entries.reshape(-1).view(np.uint8)]
    )
    unit.weights[: len(packed)] = packed

    assert unit.run() is Status.DONE

    got = unit.activations.view(np.int8).reshape(-1, GROUPS)[50:55]
    for x, channel in np.ndindex(got.shape):
        total = int(values[x, channel] * wide[channel])
        assert got[x, channel] == scaled(total, parameters, channel, 0, -128, 127)


def test_values_scaled_at_once_are_those_scaled_one_by_one() -> None:
    rng = np.random.default_rng(0)
    corners = [-(2**31), 2**31 - 1, -1, 0, 1, -(2**30), 2**30]
    values = np.concatenate([corners, rng.integers(-(2**33), 2**33, 93)])
    shift = np.array([-31, -7, -1, 0, 1, 7, 30, 31])
    multiplier = rng.integers(0, 1 << 31, GROUPS)
    got = requantise_many(values[:, None] + np.zeros(GROUPS, int), multiplier, shift)
    for row, value in enumerate(values):
        for channel in range(GROUPS):
            wanted = requantise(
                signed(int(value), 32), int(multiplier[channel]), int(shift[channel])
            )
            assert got[row, channel] == wanted


@pytest.mark.parametrize(
    ("stored", "meant"), [(-32, -31), (-31, -31), (-1, -1), (0, 0), (1, 1), (2, 0), (31, 1)]
)
def test_only_the_lowest_bits_of_a_shift_to_the_left_count(stored: int, meant: int) -> None:
    ones = np.ones(GROUPS, np.int64)
    block = parameter_block(SMALL, ones, ones << 30, stored * ones)
    assert parameters(SMALL, block, 0)[2].tolist() == [meant] * GROUPS


def test_an_image_goes_through_the_unit_by_planes_of_eight_channels() -> None:
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (5, 6, 24), np.uint8)
    program = Program()
    by_planes = {"count0": 3, "count1": 6, "count2": 5, "step1": 24, "step2": 6 * 24}
    inside = {"local": 40, "local0": 64, "local1": 1, "local2": 8}
    program.move("load", address=arena(DATA), **by_planes, **inside)
    program.move("store", tail=8, address=arena(DATA + 0x4000), **by_planes, **inside)
    program.move("end")
    program.calculate("end")
    unit = machine(SMALL, program)
    unit.ram.data[DATA : DATA + image.size] = image.reshape(-1)

    assert unit.run() is Status.DONE

    planes = unit.activations.reshape(-1, GROUPS)
    for y, x, group in np.ndindex(5, 6, 3):
        place = 40 + 64 * group + 8 * y + x
        assert planes[place].tolist() == image[y, x, 8 * group : 8 * group + 8].tolist()
    stored = unit.ram.data[DATA + 0x4000 :][: image.size]
    assert stored.tolist() == image.reshape(-1).tolist()


def test_the_tail_of_a_row_is_all_that_a_store_writes() -> None:
    program = Program()
    program.move("fill", value=-1, count0=4, local0=1)
    program.move("store", tail=3, count0=2, local0=1, count1=2, step1=24, address=arena(DATA))
    program.move("end")
    program.calculate("end")
    unit = machine(SMALL, program)
    assert unit.run() is Status.DONE
    row = [0xFF] * 11 + [0] * 13
    assert unit.ram.data[DATA : DATA + 48].tolist() == 2 * row


def copying(rng: np.random.Generator, parts: int) -> tuple[Program, np.ndarray]:
    """Each part is loaded, computed and stored; one memory for inputs serves them in turn."""
    program = Program()
    block = parameter_block(
        SMALL, np.zeros(GROUPS, int), np.full(GROUPS, 1 << 30), np.full(GROUPS, 1)
    )
    entry = np.zeros((GROUPS, SMALL.taps), np.int8)
    entry[:, 0] = 1
    weights = np.concatenate([block, entry.reshape(-1).view(np.uint8)])
    data = rng.integers(0, 256, parts * 64, np.uint8)
    program.move(
        "load", space=Space.WEIGHTS, address=arena(DATA), count0=len(weights) // 8, local0=1
    )
    for part in range(parts):
        program.move(
            "load",
            after=max(0, part - 1),
            address=arena(DATA + 0x1000 + 64 * part),
            count0=8,
            local=16 * (part % 2),
            local0=1,
        )
        program.calculate(
            "depthwise",
            after=2 + part,
            columns=8,
            input=128 * (part % 2),
            input_column=8,
            output=100 + 8 * part,
        )
    program.move(
        "store",
        after=parts,
        tail=8,
        address=arena(DATA + 0x8000),
        count0=8 * parts,
        local=100,
        local0=1,
    )
    program.move("end")
    program.calculate("end")
    return program, np.concatenate([weights, np.zeros(0x1000 - len(weights), np.uint8), data])


@pytest.mark.parametrize("seed", range(20))
def test_engines_of_any_speed_give_the_same(seed: int) -> None:
    program, data = copying(np.random.default_rng(seed), parts=6)
    unit = machine(SMALL, program)
    unit.ram.data[DATA : DATA + len(data)] = data
    assert unit.run(Random(seed).choice) is Status.DONE
    stored = unit.ram.data[DATA + 0x8000 :][: 6 * 64]
    assert stored.tolist() == data[0x1000:].tolist()


def test_a_stamp_tells_the_age_of_the_program() -> None:
    program = Program()
    program.move("fill", local0=1)
    program.move("stamp", address=arena(DATA))
    program.move("end")
    program.calculate("end")
    unit = machine(SMALL, program)
    assert unit.run() is Status.DONE
    assert unit.ram.data[DATA : DATA + 8].tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
