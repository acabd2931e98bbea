"""Time and memory from bytes to points, side by side: python -m benchmarks.load [--rounds N]

Each contender loads each log in a process of its own, in turn, N rounds long; medians are printed. Ours
verifies every checksum and keeps every point. TensorBoard's Rust server keeps 1,000 sampled points by default
and all with `scalars=all`; by default it verifies no payload.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import tensorboard_data_server

from benchmarks.logs import LOGS, log_directory

_MEASURE = """
import resource, sys, time
{setup}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begin = time.perf_counter()
{load}
seconds = time.perf_counter() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(seconds, (peak - before) / 1024)
"""
_OURS = (
    "from pathlib import Path\n"
    "from tensorboard_candles.events import LogRoot\n"
    "from tensorboard_candles.store import LocalSource",
    "source = LocalSource([LogRoot(Path(sys.argv[1]))])\n"
    "source.refresh()\n"
    "points = sum(len(one) for run in source.runs() for one in run.series.values())",
)
_ACCUMULATOR = (
    "from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer",
    "EventMultiplexer(tensor_size_guidance={'scalars': 0}).AddRunsFromDirectory(sys.argv[1]).Reload()",
)
_TBPARSE = ("from tbparse import SummaryReader", "SummaryReader(sys.argv[1]).scalars")
_LOADED = re.compile(r"Finished load cycle \((?P<number>[\d.]+)(?P<unit>s|ms|µs)\)")
_UNITS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6}


@dataclass(frozen=True, slots=True)
class Measured:
    seconds: float
    megabytes: float


def in_python(setup: str, load: str) -> Callable[[Path], Measured]:
    """A contender that is a few lines of Python."""

    def measure(logs: Path) -> Measured:
        program = _MEASURE.format(setup=setup, load=load)
        done = subprocess.run(
            [sys.executable, "-c", program, str(logs)], check=True, capture_output=True, text=True
        )
        seconds, megabytes = map(float, done.stdout.split()[-2:])
        return Measured(seconds, megabytes)

    return measure


def rust_server(*flags: str) -> Callable[[Path], Measured]:
    """TensorBoard's data server, until it says that it has loaded; its own figure, without its start."""

    def measure(logs: Path) -> Measured:
        command = [tensorboard_data_server.server_binary(), "--logdir", str(logs), "--reload", "once"]
        with tempfile.TemporaryFile("w+") as output:
            server = subprocess.Popen([*command, "--port", "0", "-v", *flags], stderr=output, text=True)
            try:
                return _wait_until_loaded(server, output)
            finally:
                server.kill()
                server.wait()

    return measure


def _wait_until_loaded(server: subprocess.Popen[str], output: TextIO) -> Measured:
    while server.poll() is None:
        output.seek(0)
        found = _LOADED.search(output.read())
        if found:
            status = Path(f"/proc/{server.pid}/status").read_text()
            peak_kilobytes = status.partition("VmHWM:")[2].split()[0]
            return Measured(float(found["number"]) * _UNITS[found["unit"]], int(peak_kilobytes) / 1024)
        time.sleep(0.02)
    raise RuntimeError("the data server ended before it had loaded")


CONTENDERS: dict[str, Callable[[Path], Measured]] = {
    "ours": in_python(*_OURS),
    "Rust server, sampled": rust_server(),
    "Rust server, sampled, --checksum": rust_server("--checksum"),
    "Rust server, scalars=all": rust_server("--samples-per-plugin", "scalars=all"),
    "EventAccumulator, all points": in_python(*_ACCUMULATOR),
    "tbparse": in_python(*_TBPARSE),
}
_SLOW = {"EventAccumulator, all points", "tbparse"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--logs", type=Path, default=Path(tempfile.gettempdir()) / "candles-benchmarks")
    arguments = parser.parse_args()
    for name in LOGS:
        logs = log_directory(arguments.logs, name)
        print(f"\n{name}")
        _compare(logs, arguments.rounds, skip=_SLOW if name.startswith("1,000") else set())


def _compare(logs: Path, rounds: int, skip: set[str]) -> None:
    found: dict[str, list[Measured]] = {name: [] for name in CONTENDERS if name not in skip}
    for turn in range(rounds):
        for name, measured in found.items():
            if name not in _SLOW or turn == 0:
                measured.append(CONTENDERS[name](logs))
    ours = statistics.median(one.seconds for one in found["ours"])
    for name, measured in found.items():
        seconds = statistics.median(one.seconds for one in measured)
        megabytes = statistics.median(one.megabytes for one in measured)
        print(f"  {name:34} {seconds:8.3f} s {seconds / ours:7.1f} × ours {megabytes:7.0f} MB", flush=True)


if __name__ == "__main__":
    main()
