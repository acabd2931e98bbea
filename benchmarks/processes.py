"""Contenders, each in a process of its own: a few lines of Python, or TensorBoard's data server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tensorboard_data_server

_MEASURE = """
import gc, json, sys, time

def status(field):
    return int(open("/proc/self/status").read().partition(field + ":")[2].split()[0])

{setup}
before = status("VmRSS")
begin = time.perf_counter()
{load}
seconds = time.perf_counter() - begin
peak = status("VmHWM") - before
gc.collect()
resident = status("VmRSS") - before
{after}
print(json.dumps([seconds, peak / 1024, resident / 1024, locals().get("result")]))
"""
_CYCLE = re.compile(r"Finished load cycle \((?P<number>[\d.]+)(?P<unit>s|ms|µs)\)")
_UNITS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6}


@dataclass(frozen=True, slots=True)
class Load:
    """What it took to load a log, beside what the process took before."""

    seconds: float
    peak_megabytes: float
    resident_megabytes: float
    result: Any = None
    """What the program left in `result`."""


@dataclass(frozen=True, slots=True)
class Program:
    """Python that loads the log at `sys.argv[1]`, between what it imports and what else it does."""

    setup: str
    load: str
    after: str = ""

    def __call__(self, logs: Path) -> Load:
        program = _MEASURE.format(setup=self.setup, load=self.load, after=self.after)
        command = [sys.executable, "-c", program, str(logs)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return Load(*json.loads(done.stdout.splitlines()[-1]))


@dataclass(frozen=True, slots=True)
class RustServer:
    """TensorBoard's data server; the times are its own, without its start."""

    flags: tuple[str, ...] = ()

    def __call__(self, logs: Path) -> Load:
        with self.running(logs, "once") as server:
            secs = server.cycle(1)
            return Load(secs, server.megabytes("VmHWM"), server.megabytes("VmRSS"))

    @contextmanager
    def running(self, logs: Path, reload: str) -> Iterator[RunningServer]:
        command = [tensorboard_data_server.server_binary(), "--logdir", str(logs), "--reload", reload]
        with tempfile.NamedTemporaryFile("w+") as output:
            process = subprocess.Popen([*command, "--port", "0", "-v", *self.flags], stderr=output)
            try:
                yield RunningServer(process, Path(output.name))
            finally:
                process.kill()
                process.wait()


@dataclass(frozen=True, slots=True)
class RunningServer:
    process: subprocess.Popen[bytes]
    log: Path

    def cycle(self, number: int) -> float:
        """Seconds that its load cycle of that number took, once it is over."""
        while self.process.poll() is None:
            found = list(_CYCLE.finditer(self.log.read_text()))
            if len(found) >= number:
                return float(found[number - 1]["number"]) * _UNITS[found[number - 1]["unit"]]
            time.sleep(0.02)
        raise RuntimeError(f"the data server ended before it had loaded:\n{self.log.read_text()}")

    def cycles(self) -> int:
        """How many load cycles are over."""
        return len(_CYCLE.findall(self.log.read_text()))

    def megabytes(self, field: str) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition(f"{field}:")[2].split()[0]) / 1024


OURS = Program(
    "from pathlib import Path\n"
    "from tensorboard_candles.events import LogRoot\n"
    "from tensorboard_candles.store import LocalSource",
    "source = LocalSource([LogRoot(Path(sys.argv[1]))])\nsource.refresh()",
    "result = sum(len(one) for run in source.runs() for one in run.series.values())",
)
EVENT_ACCUMULATOR = Program(
    "from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer",
    "logs = EventMultiplexer(tensor_size_guidance={'scalars': 0})\n"
    "logs.AddRunsFromDirectory(sys.argv[1]).Reload()",
)
TBPARSE = Program("from tbparse import SummaryReader", "table = SummaryReader(sys.argv[1]).scalars")
RUST_SAMPLED = RustServer()
RUST_ALL = RustServer(("--samples-per-plugin", "scalars=all"))
RUST_CHECKSUM = RustServer(("--checksum",))
