"""Addresses of the SoC: the one truth for gateware, simulator, firmware and host.

All sizes are in bytes.  Main RAM holds, in this order, the firmware region, the model image and
the arena; the stack lies in SRAM, where a spill costs no trip through the L2.
"""

from __future__ import annotations

ROM_BASE = 0x0000_0000
"""Reset address; the boot program in simulation, LiteX's BIOS on a board."""
ROM_SIZE = 128 * 1024
"""As large as LiteX's BIOS asks for, so that one simulator can run either."""

SRAM_BASE = 0x1000_0000
SRAM_SIZE = 8 * 1024

MAIN_RAM_BASE = 0x4000_0000
MAIN_RAM_SIZE = 32 * 1024 * 1024
"""What a simulated SoC has unless a model needs more, and the most that is used of a board's.  One
MT48LC16M16: 4 banks x 8192 rows x 512 columns x 16 bits."""

FIRMWARE_BASE = MAIN_RAM_BASE
FIRMWARE_SIZE = 512 * 1024
"""Code, constants, data and bss of the firmware; its first word is its entry point."""

IMAGE_BASE = FIRMWARE_BASE + FIRMWARE_SIZE
IMAGE_REGION_SIZE = MAIN_RAM_SIZE - FIRMWARE_SIZE
"""What image and arena together may take, in a main RAM of MAIN_RAM_SIZE."""

CSR_BASE = 0xF000_0000
CSR_PAGE = 0x800
COUNTERS_PAGE = 31
COUNTERS_BASE = CSR_BASE + COUNTERS_PAGE * CSR_PAGE
"""CSRs of the performance counters: the last page, so that no other register moves for them."""

L2_LINE_SIZE = 32
"""Bytes; as long as a line of the CPU's caches."""


def image_region_size(main_ram: int) -> int:
    """What image and arena together may take in a main RAM of so many bytes."""
    return IMAGE_REGION_SIZE + main_ram - MAIN_RAM_SIZE


def c_header(main_ram: int = MAIN_RAM_SIZE) -> str:
    """The map as `dwpw_memory_map.h`, for firmware and boot program of a SoC with that main RAM."""
    values = {name: value for name, value in globals().items() if name.isupper()}
    values["MAIN_RAM_SIZE"] = main_ram
    values["IMAGE_REGION_SIZE"] = image_region_size(main_ram)
    defines = "\n".join(f"#define DWPW_{name} 0x{value:08x}u" for name, value in values.items())
    return f"#ifndef DWPW_MEMORY_MAP_H\n#define DWPW_MEMORY_MAP_H\n\n{defines}\n\n#endif\n"


def firmware_linker_script() -> str:
    """Linker script of the firmware: loaded where it runs, so `.data` needs no copy.

    Code that checks an image (functions named `..._check...`) lies behind all other code: what is
    checked shall not move the kernels in the caches, and with it the cycles that they take.
    """
    return f"""\
OUTPUT_ARCH(riscv)
ENTRY(_start)

MEMORY {{
  firmware (rwx) : ORIGIN = 0x{FIRMWARE_BASE:08x}, LENGTH = 0x{FIRMWARE_SIZE:x}
  sram     (rw)  : ORIGIN = 0x{SRAM_BASE:08x}, LENGTH = 0x{SRAM_SIZE:x}
}}

SECTIONS {{
  .text : {{
    KEEP(*(.text.start))
    *(.text .text.*[!k] .text.*[!c]k .text.*[!e]ck .text.*[!h]eck)
    *(.text.*)
  }} > firmware
  .rodata : ALIGN(32) {{ *(.rodata .rodata.* .srodata .srodata.*) }} > firmware
  .data : ALIGN(32) {{
    *(.data .data.*)
    __global_pointer$ = . + 0x800;
    *(.sdata .sdata.*)
    . = ALIGN(4);
  }} > firmware
  .bss (NOLOAD) : ALIGN(32) {{
    __bss_start = .;
    *(.sbss .sbss.* .bss .bss.* COMMON)
    . = ALIGN(4);
    __bss_end = .;
  }} > firmware
  __stack_top = ORIGIN(sram) + LENGTH(sram);
  /DISCARD/ : {{ *(.comment) *(.eh_frame*) *(.riscv.attributes) }}
}}
"""


def boot_linker_script() -> str:
    """Linker script of the boot ROM: read-only, with its stack in SRAM."""
    return f"""\
OUTPUT_ARCH(riscv)
ENTRY(_start)

MEMORY {{
  rom (rx) : ORIGIN = 0x{ROM_BASE:08x}, LENGTH = 0x{ROM_SIZE:x}
}}

SECTIONS {{
  .text : {{ KEEP(*(.text.start)) *(.text .text.* .rodata .rodata.* .srodata*) }} > rom
  .data : {{ *(.data .data.* .sdata .sdata.* .bss .bss.* .sbss .sbss.* COMMON) }} > rom
  ASSERT(SIZEOF(.data) == 0, "the boot ROM cannot hold writable data")
  __stack_top = 0x{SRAM_BASE + SRAM_SIZE:08x};
  /DISCARD/ : {{ *(.comment) *(.eh_frame*) *(.riscv.attributes) }}
}}
"""
