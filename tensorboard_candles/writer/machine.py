"""What a training takes of its machine, logged every two seconds beside its own points."""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary

from tensorboard_candles.control.fields import TEXT_LENGTH, shortened
from tensorboard_candles.control.forms import MOST_GPUS, Gpu, Stats
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.control import Control
from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.layout import LaterEvent

EVERY_SECS = 2.0
_GIGABYTE = 1e9

_log = logging.getLogger("tensorboard_candles")


class Machine(threading.Thread):
    """Measures this process, and the GPUs that it can see."""

    def __init__(self, file: EventFile, control: Control) -> None:
        super().__init__(name="candles-stats", daemon=True)
        import psutil

        self._file = file
        self._control = control
        self._process = psutil.Process(os.getpid())
        self._process.cpu_percent()  # counts from here
        self._gpus = Gpus()
        self._latest: Stats | None = None
        self._stopped = threading.Event()

    def stats(self) -> Stats | None:
        """As they were measured last."""
        return self._latest

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        while not self._stopped.wait(EVERY_SECS):
            try:
                self._latest = self._measure()
                if not self._control.is_paused:  # the steps stand still
                    self._log(self._latest)
            except WriterError:
                return  # the file was closed meanwhile
            except Exception:  # noqa: BLE001, the thread's last line of defence: the training goes on
                _log.warning("the machine is not measured any more", exc_info=True)
                return

    def _measure(self) -> Stats:
        with self._process.oneshot():
            memory_bytes = int(self._process.memory_info().rss)
            return Stats(float(self._process.cpu_percent()), memory_bytes, self._gpus.measured())

    def _log(self, stats: Stats) -> None:
        numbers = scalars(stats)
        values = [summaries.scalar(tag, value) for tag, value in numbers.items()]
        event = Event(summary=Summary(value=values))
        self._file.put(LaterEvent(event.ByteSize(), lambda: event))


def scalars(stats: Stats) -> dict[str, float]:
    """By the tags that they are logged under; what is not known is left out.

    >>> scalars(Stats(150.0, 2_000_000_000, (Gpu("H100", 40.0, 1_000_000_000, 80_000_000_000),)))
    {'system/cpu_percent': 150.0, 'system/memory_gigabytes': 2.0, \
'system/gpu0/utilization_percent': 40.0, 'system/gpu0/memory_gigabytes': 1.0}
    """
    found: dict[str, float] = {
        "system/cpu_percent": stats.cpu_percent,
        "system/memory_gigabytes": stats.memory_bytes / _GIGABYTE,
    }
    for number, gpu in enumerate(stats.gpus):
        if gpu.utilization_percent is not None:
            found[f"system/gpu{number}/utilization_percent"] = gpu.utilization_percent
        if gpu.memory_bytes is not None:
            found[f"system/gpu{number}/memory_gigabytes"] = gpu.memory_bytes / _GIGABYTE
    return found


class Gpus:
    """NVIDIA's, as NVML tells of them: of the whole device, whoever uses it; none where there is no NVML.

    Of several those are told that CUDA_VISIBLE_DEVICES leaves, in its order.
    """

    def __init__(self) -> None:
        self._nvml: Any = None
        self._handles: list[Any] = []
        try:
            import pynvml

            pynvml.nvmlInit()
        except ImportError:
            return
        except Exception as error:  # noqa: BLE001, NVMLError of a machine without a driver, and what loading it raises
            _log.debug("no GPUs are measured: %s", error)
            return
        self._nvml = pynvml
        self._handles = [handle for handle in map(self._handle, self._visible()) if handle is not None]

    def measured(self) -> tuple[Gpu, ...]:
        return tuple(map(self._measured, self._handles))

    def _visible(self) -> list[int | str]:
        given = os.environ.get("CUDA_VISIBLE_DEVICES")
        if given is None:
            return list(range(min(self._nvml.nvmlDeviceGetCount(), MOST_GPUS)))
        names = [name.strip() for name in given.split(",") if name.strip()][:MOST_GPUS]
        return [int(name) if name.isdecimal() else name for name in names]

    def _handle(self, name: int | str) -> Any:
        try:
            if isinstance(name, int):
                return self._nvml.nvmlDeviceGetHandleByIndex(name)
            return self._nvml.nvmlDeviceGetHandleByUUID(name)
        except self._nvml.NVMLError:
            return None  # CUDA doesn't see it either

    def _measured(self, handle: Any) -> Gpu:
        memory = self._asked("nvmlDeviceGetMemoryInfo", handle)
        rates = self._asked("nvmlDeviceGetUtilizationRates", handle)
        name = self._asked("nvmlDeviceGetName", handle)
        return Gpu(
            name=shortened(name.decode() if isinstance(name, bytes) else str(name or ""), TEXT_LENGTH),
            utilization_percent=None if rates is None else float(rates.gpu),
            memory_bytes=None if memory is None else int(memory.used),
            memory_total_bytes=None if memory is None else int(memory.total),
        )

    def _asked(self, function: str, handle: Any) -> Any:
        """None where this device, or a part of one, does not tell."""
        try:
            return getattr(self._nvml, function)(handle)
        except self._nvml.NVMLError:
            return None
