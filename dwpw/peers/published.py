"""What others have published about the networks of `dwpw.peers.networks`.

Cycles of MLPerf Tiny are the stated clock divided by the stated throughput.  The benchmark loads
the input and allows warm-up before its clock starts, so weights may be resident.
"""

from __future__ import annotations

from dataclasses import dataclass

from dwpw.peers.networks import (
    DS_CNN,
    MOBILENET_V1_224,
    MOBILENET_V2_035_160,
    PERSON_DETECT,
    RESNET8,
    VWW,
    Network,
)


@dataclass(frozen=True)
class Figure:
    """One published figure.

    system: what ran it; mega_cycles: of one inference, in millions.
    source: where it is published; remark: what one has to know to compare.
    """

    network: Network
    system: str
    mega_cycles: float
    source: str
    remark: str = ""


def _mlperf(system: str, mega_cycles: float, version: str, remark: str = "") -> Figure:
    """A result of MLPerf Tiny's visual wake words."""
    source = f"MLPerf Tiny v{version}"
    return Figure(network=VWW, system=system, mega_cycles=mega_cycles, source=source, remark=remark)


def _vela(network: Network, **mega_cycles: float) -> tuple[Figure, ...]:
    """Estimates of Arm's compiler, by the accelerator's configuration."""
    return tuple(
        Figure(
            network=network,
            system=f"Ethos-{name.replace('_', '-').upper()}",
            mega_cycles=value,
            source="ethos-u-vela 5.2.0",
            remark="the compiler's estimate, which nobody ran",
        )
        for name, value in mega_cycles.items()
    )


def _cfu(
    network: Network, system: str, mega_cycles: float, source: str, remark: str = ""
) -> Figure:
    """A soft core with custom instructions, on an Arty A7."""
    return Figure(
        network=network, system=system, mega_cycles=mega_cycles, source=source, remark=remark
    )


GUIDE = "CFU-Playground, step-by-step guide"
LUFFCA = "luffca.com, CFU Playground "

FIGURES = (
    _mlperf("RV32IMAC, TFLite Micro's reference kernels", 284, "0.5"),
    _mlperf("Cortex-M0+", 90.5, "1.2"),
    _mlperf("Cortex-M4, TFLite Micro's reference kernels", 72.1, "0.5"),
    _mlperf("Cortex-M4, CMSIS-NN", 36.1, "1.0"),
    _mlperf("Andes D25F, RISC-V P extension", 17.8, "0.7"),
    _mlperf("Cortex-M4, the best submission", 10.7, "1.2"),
    _mlperf("Cortex-M7, the best submission", 6.67, "1.2"),
    _mlperf("Cortex-M85 with Helium", 6.43, "1.2", "the best microcontroller core"),
    _mlperf("STM32U3C5, Cortex-M33 with a DSP coprocessor", 3.57, "1.3"),
    _mlperf("fpgaConvNet, ZedBoard", 1.053, "1.1", "189 DSP, 34 k LUT"),
    _mlperf("GAP9 with NE16", 0.416, "1.0", "40.8 uJ, the best energy"),
    _mlperf("Syntiant NDP9120", 0.405, "1.0", "one of two voltages"),
    _mlperf("Syntiant NDP9120", 0.391, "1.0", "the other one"),
    _mlperf("fpgaConvNet, ZC706", 0.144, "1.1", "564 DSP, 133 k LUT"),
    _mlperf("ANPU, ZCU106", 0.0745, "1.1", "994 DSP, 120 k LUT"),
    _mlperf("ANPU, VCU128", 0.0692, "1.3", "994 DSP, 132 k LUT; all in 882 KB of SRAM"),
    *_vela(VWW, u55_32=0.701, u55_64=0.360, u55_128=0.221, u55_256=0.161, u65_512=0.106),
    _cfu(MOBILENET_V2_035_160, "VexRiscv, plain", 1079, LUFFCA + "part3"),
    _cfu(
        MOBILENET_V2_035_160,
        "VexRiscv, mnv2_first: custom instructions for 1x1 convolutions",
        397.5,
        LUFFCA + "part3",
        "CFU-Playground's own, as that page tells; its paper says 3x for the whole model",
    ),
    _cfu(
        MOBILENET_V2_035_160,
        "VexRiscv, multimodel_accel",
        197,
        LUFFCA + "part3",
        "5.5x, the best published of a soft core",
    ),
    *_vela(MOBILENET_V2_035_160, u55_32=4.91, u55_128=1.53, u55_256=1.12),
    _cfu(PERSON_DETECT, "VexRiscv, plain", 183.3, GUIDE),
    _cfu(PERSON_DETECT, "VexRiscv with a dot product of four lanes", 85.8, GUIDE, "2.1x"),
    *_vela(PERSON_DETECT, u55_32=0.767, u55_128=0.354, u55_256=0.300),
    Figure(
        network=MOBILENET_V1_224,
        system="STM32N6's NPU",
        mega_cycles=16.4,
        source="ST's page about it: 16.36 ms",
        remark="if at 1 GHz, which the page does not state",
    ),
    _cfu(DS_CNN, "VexRiscv, plain", 87.0, LUFFCA + "part2"),
    _cfu(DS_CNN, "VexRiscv, multimodel_accel", 9.8, LUFFCA + "part2", "8.9x"),
    *_vela(DS_CNN, u55_32=0.267, u55_128=0.090, u55_256=0.058),
    *_vela(RESNET8, u55_32=0.705, u55_128=0.202, u55_256=0.142),
)


def figures_for(network: Network) -> list[Figure]:
    """Those of one network, the slowest first."""
    own = [figure for figure in FIGURES if figure.network is network]
    return sorted(own, key=lambda figure: -figure.mega_cycles)
