"""Records of commands: what they refuse, and that encoding and decoding agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler_intrinsics.command_set import Command, CommandSet, Field
from compiler_intrinsics.stream.commands import COMPUTE_COMMANDS, MEMORY_COMMANDS

SETS = (MEMORY_COMMANDS, COMPUTE_COMMANDS)


def made(**changed) -> CommandSet:
    """A set of two commands, with something changed."""
    wide = Field(name="wide", bits=32, document="")
    low = Field(name="low", bits=28, signed=True, document="")
    record = {
        "name": "engine",
        "opcode_bits": 4,
        "layout": ((low, wide),),
        "commands": (
            Command(mnemonic="stay", opcode=0, fields=(), document=""),
            Command(mnemonic="go", opcode=1, fields=("low", "wide"), document=""),
        ),
    }
    return CommandSet(**record | changed)


def test_fields_lie_behind_the_opcode_lowest_bits_first() -> None:
    assert made().encode("go", low=-2, wide=0x12345678).hex() == "e1ffffff78563412"


@given(st.sampled_from(SETS), st.data())
def test_what_was_encoded_is_decoded(commands: CommandSet, data) -> None:
    command = data.draw(st.sampled_from(commands.commands))
    values = {
        name: data.draw(st.integers(legal[0], legal[-1]), label=name)
        for name in command.fields
        for legal in [commands.places[name].field.values]
    }
    opcode, fields = commands.decode(commands.encode(command.mnemonic, **values))
    assert opcode == command.opcode
    assert fields == dict.fromkeys(commands.places, 0) | values


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"layout": ((Field(name="wide", bits=61, document=""),),)},
            "engine: word 0 has 65 bits, not 64",
        ),
        (
            {"layout": ((Field(name="wide", bits=1, document=""),) * 2,)},
            "engine: two fields are called wide",
        ),
        (
            {"layout": ((Field(name="Wide", bits=1, document=""),),)},
            "engine: 'Wide' cannot be a name here",
        ),
        (
            {"layout": ((Field(name="opcode", bits=1, document=""),),)},
            "engine: 'opcode' cannot be a name here",
        ),
        (
            {"commands": (Command(mnemonic="go", opcode=16, fields=(), document=""),)},
            "go: opcode 16 does not fit 4 bits",
        ),
        (
            {"commands": (Command(mnemonic="go", opcode=1, fields=("far",), document=""),)},
            "go: no word has a field 'far'",
        ),
        (
            {
                "commands": (
                    Command(mnemonic="go", opcode=1, fields=(), document=""),
                    Command(mnemonic="run", opcode=1, fields=(), document=""),
                )
            },
            "run: go has the same opcode",
        ),
    ],
)
def test_a_record_that_does_not_fit_is_refused(changed: dict, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        made(**changed)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"low": 0}, "go: field 'wide' is missing"),
        ({"low": 0, "wide": 0, "far": 0}, "go: it has no field 'far'"),
        (
            {"low": 1 << 27, "wide": 0},
            "go: low must lie in -134217728..134217727, not be 134217728",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused(values: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        made().encode("go", **values)
