"""Our SDRAM model answers LiteDRAM's commands exactly as LiteDRAM's own model does."""

from __future__ import annotations

import random
from dataclasses import dataclass

from litedram.modules import MT48LC16M16
from litedram.phy.model import SDRAMPHYModel
from migen import Module, run_simulation

from soc.config import MAIN_RAM_SIZES
from soc.sim.sdram import SdramModel, gensdrphy_settings, sdram_chip

PINS = {
    "activate": {"cs_n": 0, "ras_n": 0, "cas_n": 1, "we_n": 1},
    "read": {"cs_n": 0, "ras_n": 1, "cas_n": 0, "we_n": 1},
    "write": {"cs_n": 0, "ras_n": 1, "cas_n": 0, "we_n": 0},
    "nop": {"cs_n": 1, "ras_n": 1, "cas_n": 1, "we_n": 1},
}
BANKS = 4
COLUMNS = 8
"""Few, so that reads often meet what was written."""


@dataclass(frozen=True)
class Command:
    """One cycle on the DFI; `address` is a row or a column."""

    name: str
    bank: int = 0
    address: int = 0
    data: int = 0
    mask: int = 0


class SmallModule(MT48LC16M16):
    """The chip with fewer rows and columns, which a Python simulation can hold."""

    nrows = 16
    ncols = 16

    def __init__(self) -> None:
        super().__init__(60e6, "1:1")
        self.geom_settings.addressbits = 13  # as the real chip: bit 10 goes with precharge


def random_commands(seed: int, count: int) -> list[Command]:
    """Opens every bank, then reads and writes at random and now and then opens another row."""
    rng = random.Random(seed)
    commands = [Command("activate", bank, rng.randrange(16)) for bank in range(BANKS)]
    for _ in range(count):
        name = rng.choices(("activate", "read", "write", "nop"), (1, 8, 8, 3))[0]
        commands.append(
            Command(
                name,
                rng.randrange(BANKS),
                rng.randrange(16 if name == "activate" else COLUMNS),
                rng.getrandbits(16),
                rng.getrandbits(2),
            )
        )
    return commands


def answers(model: Module, commands: list[Command]) -> list[tuple[int, int]]:
    """(valid, data if valid) of every cycle."""
    seen = []

    def drive():
        phase = model.dfi.p0
        for command in [*commands, *[Command("nop")] * 8]:
            for pin, value in PINS[command.name].items():
                yield getattr(phase, pin).eq(value)
            yield phase.bank.eq(command.bank)
            yield phase.address.eq(command.address)
            yield phase.wrdata.eq(command.data)
            yield phase.wrdata_mask.eq(command.mask)
            yield
            valid = yield phase.rddata_valid
            seen.append((valid, (yield phase.rddata) if valid else 0))

    run_simulation(model, drive())
    return seen


def test_answers_as_litedrams_model_does():
    module = SmallModule()
    for seed in range(3):
        commands = random_commands(seed, 300)
        ours = answers(SdramModel(module.geom_settings), commands)
        theirs = answers(SDRAMPHYModel(module, gensdrphy_settings()), commands)
        assert ours == theirs
        assert sum(valid for valid, _ in ours) > 50


def timings(chip: MT48LC16M16) -> dict[str, int]:
    """Cycles by their names; LiteDRAM's object holds itself as well."""
    return {name: value for name, value in vars(chip.timing_settings).items() if name != "self"}


def test_a_larger_chip_has_more_rows_and_the_timing_of_the_usual_one():
    usual = MT48LC16M16(60e6, "1:1")
    for doubled, size in enumerate(MAIN_RAM_SIZES):
        chip = sdram_chip(size)(60e6, "1:1")
        geometry = chip.geom_settings
        bits = geometry.bankbits + geometry.rowbits + geometry.colbits
        assert 2 << bits == size
        assert geometry.rowbits == usual.geom_settings.rowbits + doubled
        assert geometry.colbits == usual.geom_settings.colbits
        assert timings(chip) == timings(usual)
