"""What a process takes of its machine: really of processor and memory, and of GPUs as NVML would tell it."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import psutil
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Gpu
from tensorboard_candles.writer import machine
from tensorboard_candles.writer.machine import Gpus
from tests.support.server import eventually
from tests.writer.reading import epoch_marks, event_files, points


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "EVERY_SECS", 0.02)


def test_processor_and_memory_are_logged_beside_the_steps_and_take_none(tmp_path: Path) -> None:
    tracker = Tracker("p", logdir=tmp_path, run="r", stats=True)
    began = psutil.Process().memory_info().rss
    for step in range(3):
        tracker.log(loss=step)
    size = event_files(tracker.run_dir)[0].stat().st_size
    eventually(lambda: event_files(tracker.run_dir)[0].stat().st_size > size + 1000, what="stats")
    tracker.log(loss=3)
    tracker.close()
    found = points(tracker.run_dir)
    assert [step for tag, step, _ in found if tag == "loss"] == [0, 1, 2, 3]
    memory = [value for tag, _, value in found if tag == "system/memory_gigabytes"]
    assert memory[-1] == pytest.approx(began / 1e9, rel=0.5)
    assert all(value >= 0 for tag, _, value in found if tag == "system/cpu_percent")
    assert {step for tag, step, _ in found if tag.startswith("system/")} <= {0, 1, 2, 3}


def test_the_status_has_them_too(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r", stats=True) as tracker:
        files = ControlFiles.of(tracker.run_dir)

        def stats() -> Any:
            status = files.status()
            return status and status.stats

        assert eventually(stats, what="stats").memory_bytes > 1e6
    assert Tracker("p", logdir=tmp_path, run="plain")._ending._machine is None


def test_an_epoch_begins_with_the_training_s_own_numbers(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r", stats=True) as tracker:
        for _ in tracker.epochs(2):
            path = event_files(tracker.run_dir)[0]
            size = path.stat().st_size
            eventually(partial(_is_longer, path, size), what="stats")
            tracker.log(loss=1)
    assert epoch_marks(tracker.run_dir) == [(0, 0), (1, 1)]


def _is_longer(path: Path, size: int) -> bool:
    return path.stat().st_size > size


class NVMLError(Exception):
    pass


def nvml(*, count: int = 2, silent: tuple[str, ...] = ()) -> Any:
    """As `pynvml` answers on a machine with GPUs, which there is none of here."""
    fake: Any = ModuleType("pynvml")

    def answer(name: str, of: Any) -> Any:
        def asked(handle: int) -> Any:
            if name in silent:
                raise NVMLError(name)
            return of(handle)

        return asked

    def handle(index: int) -> int:
        if index >= count:
            raise NVMLError("no such device")
        return index

    fake.NVMLError = NVMLError
    fake.nvmlInit = lambda: None
    fake.nvmlDeviceGetCount = lambda: count
    fake.nvmlDeviceGetHandleByIndex = handle
    fake.nvmlDeviceGetHandleByUUID = lambda uuid: handle(int(uuid[-1]))
    fake.nvmlDeviceGetName = answer("name", lambda at: f"H{at}00".encode())
    fake.nvmlDeviceGetUtilizationRates = answer("rates", lambda at: SimpleNamespace(gpu=10 * at, memory=1))
    fake.nvmlDeviceGetMemoryInfo = answer("memory", lambda at: SimpleNamespace(used=at, total=100))
    return fake


@pytest.mark.parametrize(
    ("visible", "names"),
    [(None, ["H000", "H100"]), ("1", ["H100"]), ("1,0", ["H100", "H000"]), ("GPU-1", ["H100"]), ("", []),
     ("7", [])],
)  # fmt: skip
def test_gpus_that_the_process_can_see_are_measured(
    visible: str | None, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", nvml())
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert [gpu.name for gpu in Gpus().measured()] == names


def test_what_a_gpu_does_not_tell_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setitem(sys.modules, "pynvml", nvml(count=1, silent=("rates",)))
    assert Gpus().measured() == (Gpu("H000", None, 0, 100),)


def test_a_machine_without_gpus_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: Any = nvml()

    def fail() -> None:
        raise NVMLError("no driver")

    broken.nvmlInit = fail
    for found in (broken, None):
        monkeypatch.setitem(sys.modules, "pynvml", found)
        assert Gpus().measured() == ()
