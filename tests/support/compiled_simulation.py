"""`migen.run_simulation` for larger modules: Verilator runs the module, Python the generators.

Migen interprets a module statement by statement; this takes a hundredth of that for a cycle, and
some seconds to compile once. What runs is the Verilog that the SoC gets.
"""

from __future__ import annotations

import ctypes
from collections.abc import Generator, Iterable, Sequence

from migen import Module, Signal

from rtl_ext.verilog import converted, without_date
from tests.support.verilated_module import compiled_library

NAME = "dwpw_bench"
WORD = 32
"""Of what Verilator keeps a wide signal in."""

STORED = ((8, ctypes.c_uint8), (16, ctypes.c_uint16), (32, ctypes.c_uint32), (64, ctypes.c_uint64))
"""What Verilator keeps a signal of up to so many bits in."""

DRIVER = """
#include "Vdwpw_bench.h"
#include <memory>

double sc_time_stamp() { return 0; }

struct bench {
    VerilatedContext context;
    Vdwpw_bench top{&context};
};

extern "C" bench *bench_new() { return new bench; }
extern "C" void bench_delete(bench *one) { delete one; }
extern "C" void bench_clock(bench *one, int level)
{
    one->top.sys_clk = level;
    one->top.eval();
}
extern "C" void *bench_place(bench *one, int number)
{
    void *const places[] = {PLACES};
    return places[number];
}
"""


def run_compiled(module: Module, ports: Iterable[Signal], generators: Sequence[Generator]) -> None:
    """Run generators until all that are not passive have ended, as `run_simulation` does.

    They read and assign the `ports`, assign integers only, and see in each cycle what was there
    before its clock edge. `AssertionError` of theirs goes through.
    """
    bench = _Bench(module, [*dict.fromkeys(ports)])
    try:
        bench.run([_Program(one, bench) for one in generators])
    finally:
        bench.delete()


class _Bench:
    """A module in Verilator, and where each port lies."""

    def __init__(self, module: Module, signals: Sequence[Signal]) -> None:
        output = converted(module, signals, NAME)
        names = [output.ns.get_name(signal) for signal in signals]
        driver = DRIVER.replace("PLACES", ", ".join(f"&one->top.{name}" for name in names))
        compiled = compiled_library(NAME, without_date(str(output)), driver)
        self._library = library = ctypes.CDLL(str(compiled))
        library.bench_new.restype = library.bench_place.restype = ctypes.c_void_p
        self._bench = ctypes.c_void_p(library.bench_new())
        self.places = {
            signal: _Place(signal, library.bench_place(self._bench, number))
            for number, signal in enumerate(signals)
        }
        for signal, place in self.places.items():
            place.write(signal.reset.value)
        library.bench_clock(self._bench, 0)

    def delete(self) -> None:
        self._library.bench_delete(self._bench)

    def run(self, programs: Sequence[_Program]) -> None:
        """A cycle of all programs, then of the module, until only passive programs go on."""
        while any(not program.ended and not program.passive for program in programs):
            assigned: list[tuple[_Place, int]] = []
            for program in programs:
                assigned += program.cycle()
            self._library.bench_clock(self._bench, 1)
            for place, value in assigned:
                place.write(value)
            self._library.bench_clock(self._bench, 0)


class _Place:
    """A port as Verilator keeps it; values are integers, signed where the signal is."""

    def __init__(self, signal: Signal, address: int) -> None:
        bits, self._signed = len(signal), signal.signed
        self._bits = bits
        words = -(-bits // WORD)
        kind = next((one for most, one in STORED if bits <= most), ctypes.c_uint32 * words)
        self._stored = kind.from_address(address)
        self._wide = bits > STORED[-1][0]

    def read(self) -> int:
        """What the port is."""
        if self._wide:
            value = sum(word << WORD * place for place, word in enumerate(self._stored))
        else:
            value = self._stored.value
        return value - (1 << self._bits) if self._signed and value >> self._bits - 1 else value

    def write(self, value: int) -> None:
        """The port's bits of a value."""
        value &= (1 << self._bits) - 1
        if not self._wide:
            self._stored.value = value
            return
        for place in range(len(self._stored)):
            self._stored[place] = value >> WORD * place & 0xFFFFFFFF


class _Program:
    """A generator as Migen's simulator has them: yields signals, assignments, and None."""

    def __init__(self, generator: Generator, bench: _Bench) -> None:
        self._generator = generator
        self._places = bench.places
        self.passive = self.ended = False

    def cycle(self) -> list[tuple[_Place, int]]:
        """Goes on until the next cycle; what it assigns."""
        assigned: list[tuple[_Place, int]] = []
        reply = None
        while not self.ended:
            try:
                request = self._generator.send(reply)
            except StopIteration:
                self.ended = True
                break
            reply = None
            if request is None:
                break
            if isinstance(request, str):
                self.passive = request == "passive"
            elif isinstance(request, Signal):
                reply = self._places[request].read()
            else:
                assigned.append((self._places[request.l], request.r.value))
        return assigned
