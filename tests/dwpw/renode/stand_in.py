"""Runs a script of `dwpw renode` where no Renode is: `python -m tests.dwpw.renode.stand_in SCRIPT`.

An emulator that is not ours (Unicorn, which is QEMU's RISC-V) runs the very files: it loads what
the script loads to where the platform says that there is memory, calls the library for custom-0
as the handler does, and writes what the UART prints.  So the firmware, its addresses and the
library are tried, but neither the C# nor Renode's own peripherals; its cycles and instructions mean
nothing.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

from unicorn import UC_ARCH_RISCV, UC_HOOK_INTR, UC_MODE_RISCV32, Uc, UcError
from unicorn.riscv_const import UC_RISCV_REG_PC, UC_RISCV_REG_X0

from compiler_intrinsics.instruction_set import OPCODE_CUSTOM_0
from tests.dwpw.renode.reader import Script, in_folder, read_repl, read_resc

PERIPHERALS = 0xF000_0000, 0x1_0000
UART_DATA = 0x0
EXIT = 0x0
SKIPPED = {
    0xBC07_A073: "csrs 0xbc0: lets the CPU execute custom-0",
    0x0000_500F: "VexRiscv's flush of the data cache",
}
"""What a VexRiscv knows and QEMU does not."""


def library_function(path: Path):
    """`execute(function_id, a, b)` of the library."""
    execute = ctypes.CDLL(str(path)).execute
    execute.argtypes = [*[ctypes.c_uint32] * 3, ctypes.POINTER(ctypes.c_int32)]
    execute.restype = ctypes.c_uint64

    def call(function_id: int, a: int, b: int) -> int:
        error = ctypes.c_int32(-1)
        answer = execute(function_id, a, b, error)
        if error.value != 0 or answer >> 32:
            raise RuntimeError(f"execute: error {error.value}, answer {answer:#x}")
        return answer

    return call


class Machine:
    """The platform with a script's files in it."""

    def __init__(self, folder: Path, script: Script) -> None:
        ((platform,),) = script.arguments("machine LoadPlatformDescription")
        entries = read_repl(in_folder(platform, folder).read_text())
        ((library,),) = script.arguments("sysbus.cpu InstallDwpwUnits")
        ((_, control, _),) = script.arguments("machine PyDevFromFile")
        self._execute = library_function(in_folder(library, folder))
        self._uart, self._control = entries["uart"].address, int(control, 16)
        self.printed = bytearray()
        self.ended = False
        self._cpu = Uc(UC_ARCH_RISCV, UC_MODE_RISCV32)
        for entry in entries.values():
            if entry.kind == "Memory.MappedMemory":
                self._cpu.mem_map(entry.address, entry.numbers["size"])
        self._cpu.mmio_map(*PERIPHERALS, lambda *_: 0, None, self._write, None)
        self._cpu.hook_add(UC_HOOK_INTR, self._unknown)
        for file, address in script.arguments("sysbus LoadBinary"):
            self._cpu.mem_write(int(address, 16), in_folder(file, folder).read_bytes())

    def run(self, entry: int) -> None:
        """Until the firmware ends the run."""
        self._cpu.emu_start(entry, 0)

    def _write(self, cpu: Uc, offset: int, _size: int, value: int, _: object) -> None:
        address = PERIPHERALS[0] + offset
        if address == self._uart + UART_DATA:
            self.printed.append(value)
        elif address == self._control + EXIT:
            self.ended = True
            cpu.emu_stop()

    def _register(self, number: int) -> int:
        return self._cpu.reg_read(UC_RISCV_REG_X0 + number)

    def _unknown(self, cpu: Uc, _number: int, _: object) -> None:
        """An instruction that QEMU does not know; it is behind it already."""
        place = cpu.reg_read(UC_RISCV_REG_PC)
        word = int.from_bytes(cpu.mem_read(place - 4, 4), "little")
        if word & 0x7F == OPCODE_CUSTOM_0:
            sources = self._register(word >> 15 & 31), self._register(word >> 20 & 31)
            answer = self._execute((word >> 25) << 3 | word >> 12 & 7, *sources)
            if rd := word >> 7 & 31:
                cpu.reg_write(UC_RISCV_REG_X0 + rd, answer)
        elif word not in SKIPPED:
            raise RuntimeError(f"instruction {word:08x} at {place - 4:08x}")
        cpu.reg_write(UC_RISCV_REG_PC, place)


def main() -> None:
    """As Renode: what went wrong is printed, and the exit status is 0."""
    path = Path(sys.argv[-1]).resolve()
    script = read_resc(path.read_text())
    machine = Machine(path.parent, script)
    ((entry,),) = script.arguments("cpu PC")
    try:
        machine.run(int(entry, 16))
    except UcError as error:
        print(f"[ERROR] {error}")
    ((uart,),) = script.arguments("sysbus.uart CreateFileBackend")
    in_folder(uart, path.parent).write_bytes(machine.printed)


if __name__ == "__main__":
    main()
