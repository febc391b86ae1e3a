"""The simulated SoC, seen by small programs that run on it."""

from __future__ import annotations

import random
import struct
import zlib

import pytest

from compiler_intrinsics.simd import INSTRUCTION_SET
from compiler_intrinsics.simd.state import State
from soc import memory_map
from soc.config import MAIN_RAM_SIZES, SocConfig
from soc.errors import ToolError
from soc.sim.simulate import STATUS_CYCLE_LIMIT, Trace, run
from tests.support.targets import SDRAM_NOW, UNITS


def words(*values: int) -> bytes:
    """Little-endian 32-bit words."""
    return struct.pack(f"<{len(values)}I", *(value & 0xFFFFFFFF for value in values))


def test_boots_prints_and_exits_with_the_code_of_main(bench):
    outcome = bench.run("hello")
    assert outcome.lines == ["hello", "no newline"]
    assert outcome.code == 42


def test_hung_program_is_ended_by_the_cycle_limit_after_its_last_line(sdram_bench):
    outcome = sdram_bench.run("hang", max_cycles=150_000)
    assert outcome.code == STATUS_CYCLE_LIMIT
    assert outcome.lines == ["last words"]
    assert outcome.cycles == 150_000


def test_memory_beyond_the_caches_reads_back(bench):
    assert bench.run("memory").code == 0


def test_cpu_sees_preloaded_bytes_up_to_the_end_of_main_ram(bench):
    image = [5000, *(random.Random(1).getrandbits(32) for _ in range(4999))]
    end = memory_map.MAIN_RAM_BASE + memory_map.MAIN_RAM_SIZE
    outcome = bench.run(
        "preload", [(memory_map.IMAGE_BASE, words(*image)), (end - 4, words(0xC0FFEE))]
    )
    checksum = 0
    for word in image:
        checksum = (checksum * 31 + word) & 0xFFFFFFFF
    assert outcome.lines == [f"{checksum:08x}", "00c0ffee"]


@pytest.mark.parametrize("memory", SDRAM_NOW)
def test_cpu_sees_the_end_of_the_largest_main_ram_and_nothing_behind_it(make_bench, memory):
    size = MAIN_RAM_SIZES[-1]
    bench = make_bench(SocConfig(memory=memory, units=UNITS, main_ram=size))
    end = memory_map.MAIN_RAM_BASE + size
    outcome = bench.run(
        "preload", [(memory_map.IMAGE_BASE, words(2, 7)), (end - 4, words(0xC0FFEE))]
    )
    assert outcome.lines[1] == "00c0ffee"
    with pytest.raises(ToolError, match=f"8 bytes at 0x{end - 4:08x}"):
        bench.run("preload", [(end - 4, words(1, 2))])


@pytest.mark.parametrize("size", [0, 1 << 24, 48 << 20, 1 << 29])
def test_a_main_ram_of_another_size_is_refused(size):
    with pytest.raises(ValueError, match=f"main_ram is {size}, but must be one of 33554432, 6"):
        SocConfig(main_ram=size)


def test_load_outside_of_all_memories_is_refused_with_its_address(sdram_bench):
    with pytest.raises(ToolError, match="4 bytes at 0x20000000 lie in no memory of the SoC"):
        sdram_bench.run("hello", [(0x2000_0000, words(1))])
    end = memory_map.MAIN_RAM_BASE + memory_map.MAIN_RAM_SIZE
    with pytest.raises(ToolError, match="8 bytes at 0x41fffffc"):
        sdram_bench.run("hello", [(end - 4, words(1, 2))])


def test_dump_returns_what_the_cpu_wrote_whether_in_l2_or_sdram(bench):
    outcome = bench.run("dump")
    written = bytes((i * 7 + i // 256) & 0xFF for i in range(20000))
    assert outcome.dumps == [written, b"", bytes([written[3], 0, written[5]])]


def test_dump_changes_no_cycle_of_the_run(sdram_bench):
    with_dump = sdram_bench.run("dump")
    without = sdram_bench.run("dump", with_dump=False)
    assert with_dump.cycles == without.cycles


def test_checksums_are_of_what_the_cpu_wrote_whether_in_l2_or_sdram(bench):
    written = bytes((i * 7 + i // 256) & 0xFF for i in range(20000))
    parts = [written, b"", bytes([written[3], 0, written[5]])]
    assert bench.run("checksum").lines == [f"{zlib.crc32(part):08x}" for part in parts]


def test_forgotten_caches_hold_neither_what_was_read_nor_what_was_written(sdram_bench):
    first, warm, forgotten, after_writing = map(int, sdram_bench.run("cold").lines)
    assert warm < 0.8 * first
    # A refresh of the SDRAM may fall into one reading and not into the other.
    assert forgotten == pytest.approx(first, rel=0.03)
    assert after_writing == pytest.approx(first, rel=0.03)


def test_equal_runs_take_equal_cycles(sdram_bench):
    assert sdram_bench.run("memory").cycles == sdram_bench.run("memory").cycles


def test_custom_instruction_traps_while_the_port_is_off(sdram_bench):
    outcome = sdram_bench.run("trap")
    assert outcome.lines[0] == "before"
    assert outcome.lines[1].startswith('{"dwpw":"error","code":10,"name":"TRAP","mcause":2,')
    assert len(outcome.lines) == 2
    assert outcome.code == 10


def test_custom_instructions_reach_the_extension(bench):
    weights = (0x01020304, 0x7F80FF01, 0x10203040, 0x81828384)
    scales = [(bias, 0x4000_0000, shift) for bias, shift in ((5, 1), (-7, 0), (100, -1), (0, -4))]
    data = 0x11F02205
    operands = [*weights, *(value for scale in scales for value in scale), data]
    outcome = bench.run("custom", [(memory_map.IMAGE_BASE, words(*operands))])

    state = State()

    def execute(mnemonic: str, a: int = 0, b: int = 0) -> int:
        return INSTRUCTION_SET.by_mnemonic[mnemonic].execute(state, a & 0xFFFFFFFF, b & 0xFFFFFFFF)

    execute("set_weights", 0, 0)
    execute("set_params", 0, 0)
    execute("set_output", 0, 0x7F80)
    execute("seek", 0, 0)
    execute("ld_weights", *weights[:2])
    execute("ld_weights", *weights[2:])
    for bias, multiplier, shift in scales:
        execute("ld_bias", bias)
        execute("ld_scale", multiplier, shift)
    execute("dot1_last", data)
    assert outcome.lines == [f"{execute('pop'):08x}"]


def test_counters_count_cycles_and_instructions(bench):
    assert bench.run("counters").code == 0


def test_exception_in_a_callback_ends_the_simulator(sdram_bench):
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    firmware = sdram_bench.compile("hang")
    with pytest.raises(KeyboardInterrupt):
        run(
            sdram_bench.simulator,
            [(memory_map.FIRMWARE_BASE, firmware)],
            None,  # without its end, this test would hang
            interrupt,
        )


def test_fast_simulator_refuses_to_trace(sdram_bench, tmp_path):
    with pytest.raises(ToolError, match="built without tracing"):
        sdram_bench.run("hello", trace=Trace(tmp_path / "x.fst"))


@pytest.mark.full
def test_traced_simulator_writes_the_window_and_counts_the_same_cycles(
    make_bench, sdram_bench, tmp_path
):
    trace = Trace(tmp_path / "x.fst", start=1000, end=1100)
    traced = make_bench(SocConfig(units=UNITS), traced=True).run("hello", trace=trace)
    assert traced.code == 42
    assert traced.cycles == sdram_bench.run("hello").cycles
    assert trace.file.stat().st_size > 1000
