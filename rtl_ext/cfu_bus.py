"""VexRiscv's custom-function port, as LiteX names it: what every unit speaks."""

from __future__ import annotations

WORD = 32
"""Bits of an operand and of an answer."""

FUNCTION_ID_BITS = 10
"""{funct7, funct3}."""

CFU_BUS = [
    (
        "cmd",
        [
            ("valid", 1),
            ("ready", 1),
            (
                "payload",
                [("function_id", FUNCTION_ID_BITS), ("inputs_0", WORD), ("inputs_1", WORD)],
            ),
        ],
    ),
    ("rsp", [("valid", 1), ("ready", 1), ("payload", [("outputs_0", WORD)])]),
]
"""The CPU drives `cmd.valid`, its payload and `rsp.ready`."""
