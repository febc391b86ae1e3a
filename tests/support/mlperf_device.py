"""The benchmark's firmware on this computer, under the sanitizers, for tests of its protocol."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dwpw.compiled_for import written
from dwpw.hostengine.compiled import LANGUAGE, MACHINE, compilation, host_sources, tables
from dwpw.mlperf.benchmark import Settings, settings_of
from dwpw.mlperf.firmware import FOLDER, generated_texts
from dwpw.mlperf.sample import Sample, random_sample
from dwpw.model import read_model
from dwpw.paths import BUILD_ROOT
from dwpw.plan.image import memory_needed, pack
from dwpw.plan.planner import plan
from soc.cache import cached
from soc.objects import on_all_cores
from soc.toolchain import find_program, run
from tests.support.host_firmware import SANITIZED
from tests.support.targets import SIMD, TARGET
from tests.support.tflite_builder import build_model
from tests.support.tflite_layers import Conv2D, FullyConnected, Layer, Quantisation, Reshape

SOC_ONLY = ("main_mlperf.c", "uart_receive.c")
MAIN = Path(__file__).with_name("mlperf_main.c")
BUFFER_BYTES = 200
"""More than the models here take."""

PIXELS = Quantisation(1 / 255, -128)
SECONDS = 60
STARTED = ["m-timestamp-mode-performance", "m-init-done", "m-ready"]
"""What a device says first."""


@dataclass(frozen=True)
class HostDevice:
    """A program with a model, its settings, and an input with what it gives."""

    command: tuple[str, ...]
    settings: Settings
    sample: Sample

    def hear(self, said: bytes) -> list[str]:
        """The device's lines for what was said to it until the end; no sanitizer may complain."""
        done = subprocess.run(
            self.command, input=said, capture_output=True, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        text = done.stdout.decode("ascii")
        assert text.endswith("m-ready\r\n")
        return text.split("\r\n")[:-1]

    def answer(self, said: str) -> list[str]:
        """The same without what it says at its start and the last `m-ready`."""
        lines = self.hear(said.encode())
        assert lines[:3] == STARTED
        return lines[3:-1]


def tiny_model(path: Path) -> Path:
    """A file with a model of 5x4x3 pixels and five classes, named as none of the benchmark's."""
    rng = np.random.default_rng(5)
    layers: list[Layer] = [
        Conv2D(output=Quantisation(0.05, 3), stride=(2, 2), activation="RELU6",
               weights=rng.integers(-127, 128, (4, 3, 3, 3), dtype=np.int8), weight_scale=0.02,
               bias=rng.integers(-500, 500, 4, dtype=np.int32)),
        Reshape(output=Quantisation(0.05, 3), shape=(1, 24)),
        FullyConnected(output=Quantisation(0.1, -7), weight_scale=0.02,
                       weights=rng.integers(-127, 128, (5, 24), dtype=np.int8),
                       bias=rng.integers(-500, 500, 5, dtype=np.int32)),
    ]  # fmt: skip
    path.write_bytes(build_model((1, 5, 4, 3), PIXELS, layers))
    return path


def autoencoder(path: Path) -> Path:
    """A file with a model that gives as many values as it takes."""
    rng = np.random.default_rng(6)
    layers: list[Layer] = [
        FullyConnected(output=Quantisation(0.07, 4), weight_scale=0.02,
                       weights=rng.integers(-127, 128, (12, 12), dtype=np.int8),
                       bias=rng.integers(-500, 500, 12, dtype=np.int32)),
    ]  # fmt: skip
    path.write_bytes(build_model((1, 12), Quantisation(0.05, -3), layers))
    return path


def host_device(model: Path, model_id: str, folder: Path) -> HostDevice:
    """The device for a model file, answering as `model_id`; its image goes into `folder`."""
    graph = read_model(model)
    settings = settings_of(graph, SIMD, model_id)
    planned = plan(graph, TARGET, SIMD, keep_inputs=True)
    image = pack(planned)
    path = folder / "image.bin"
    path.write_bytes(image)
    return HostDevice(
        command=(
            *(str(device_program(settings)), str(path)),
            *(str(memory_needed(planned, image)), str(BUFFER_BYTES)),
        ),
        settings=settings,
        sample=random_sample(graph, settings),
    )


def device_program(settings: Settings) -> Path:
    """The compiled program."""
    own = written(generated_texts(settings))
    command = (find_program("gcc"), *LANGUAGE, *SANITIZED)
    sources = [
        *(path for path in host_sources(TARGET) if path.name not in MACHINE),
        *sorted(path for path in FOLDER.glob("*.c") if path.name not in SOC_ONLY),
        *(tables(TARGET), own / "mlperf_settings.c", MAIN),
    ]

    def compiled(source: Path) -> Path:
        usual = compilation(command, source, TARGET)
        return replace(usual, folders=(*usual.folders, FOLDER, own)).object(BUILD_ROOT, source)

    objects = on_all_cores(compiled, sources)

    def build(folder: Path) -> None:
        run([*command, *map(str, objects), "-o", str(folder / "device")])

    key = {"objects": [str(one) for one in objects]}
    return cached(BUILD_ROOT, "mlperf-host", key, build) / "device"


def load_commands(content: bytes, size: int = 31) -> str:
    """The commands that fill the buffer."""
    parts = [content[start : start + size] for start in range(0, len(content), size)]
    return f"db load {len(content)}%" + "".join(f"db {part.hex()}%" for part in parts)


def results_in(lines: list[str]) -> tuple[float, ...]:
    """The values of the only line with results."""
    (line,) = [one for one in lines if one.startswith("m-results-[")]
    return tuple(map(float, line.removeprefix("m-results-[").removesuffix("]").split(",")))
