"""A long training, watched: python -m benchmarks.soak [--secs 600] [--rate 20000]

A writer appends `rate` points a second over 50 runs while four clients poll a TensorBoard as four tabs do.
At the end every point is asked for and compared: a wrong or missing one is an error. What is printed besides,
for somebody to judge: how long polls took, and how the server's memory grew with the points it holds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event as Signal
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load
from tensorboard.compat.proto import event_pb2

from benchmarks.logs import FILE_NAME, FIRST_SECOND, record
from tests.support.server import Server, eventually

RUN_COUNT = 50
TAGS = ("loss", "grad_norm")
CLIENTS = 4
POLL_PAUSE_SECS = 1.0
"""As in the tab."""
_TICK_SECS = 0.1


def run_name(run: int) -> str:
    return f"sweep/run_{run:02}"


def value_of(run: int, tag: int, step: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """What is logged: numbers without any order, that anybody can compute."""
    mixed = (step * 2_654_435_761 + run * 40_503 + tag * 65_537) % 1_000_003
    return (mixed / 1_000_003).astype(np.float32)


def write(logdir: Path, rate: float, is_over: Signal) -> None:
    """Append points at that rate, a little to every run at each tick, until told to stop."""
    paths = [logdir / run_name(run) / FILE_NAME for run in range(RUN_COUNT)]
    with ExitStack() as opened:
        files = []
        for path in paths:
            path.parent.mkdir(parents=True)
            files.append(opened.enter_context(path.open("ab", buffering=0)))
            files[-1].write(record(event_pb2.Event(wall_time=FIRST_SECOND, file_version="brain.Event:2")))
        begin, done = time.monotonic(), 0
        while not is_over.is_set():
            owed = int((time.monotonic() - begin) * rate) // (RUN_COUNT * len(TAGS))
            steps = np.arange(done, owed)
            for run, file in enumerate(files):
                file.write(_records(run, steps))
            done = owed
            time.sleep(_TICK_SECS)


def _records(run: int, steps: npt.NDArray[np.int64]) -> bytes:
    values = [value_of(run, tag, steps).tolist() for tag in range(len(TAGS))]
    return b"".join(
        record(
            event_pb2.Event(
                wall_time=FIRST_SECOND + step,
                step=step,
                summary={"value": [{"tag": TAGS[tag], "simple_value": values[tag][row]}]},
            )
        )
        for row, step in enumerate(steps.tolist())
        for tag in range(len(TAGS))
    )


@dataclass
class Watch:
    """What clients and the observer saw."""

    millisecs: dict[str, list[float]] = field(default_factory=lambda: {"runs": [], "candles": []})
    points: list[int] = field(default_factory=list)
    """Served at each second,"""
    bytes_resident: list[int] = field(default_factory=list)
    """and the server's memory then."""
    errors: list[str] = field(default_factory=list)


def poll(server: Server, watch: Watch, is_over: threading.Event, seed: int) -> None:
    """One client: what changed, and the candles of some series."""
    dice = random.Random(seed)
    while not is_over.wait(POLL_PAUSE_SECS * dice.uniform(0.8, 1.2)):
        run, tag = run_name(dice.randrange(RUN_COUNT)), dice.choice(TAGS)
        queries = {"runs": {}, "candles": {"run": run, "tag": tag, "limit": 1000, "format": "safetensors"}}
        for route, params in queries.items():
            address = f"{server.url}data/plugin/candles/{route}?{urlencode(params)}"
            begin = time.perf_counter()
            try:
                with urlopen(address, timeout=60) as answer:
                    answer.read()
            except OSError as error:
                watch.errors.append(f"{route}: {error}")
                continue
            watch.millisecs[route].append(1000 * (time.perf_counter() - begin))


def observe(server: Server, watch: Watch, is_over: threading.Event) -> None:
    """Once a second: how many points are served, in how much memory."""
    while not is_over.wait(1.0):
        tags = [tag for run in server.runs().values() for tag in run["tags"]]
        watch.points.append(sum(tag["points"] for tag in tags))
        watch.bytes_resident.append(resident_bytes(server.process.pid))


def resident_bytes(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def soak(server: Server, logdir: Path, secs: float, rate: float) -> Watch:
    watch, is_over = Watch(), threading.Event()
    writer_is_over = multiprocessing.Event()
    writer = multiprocessing.Process(target=write, args=(logdir, rate, writer_is_over), daemon=True)
    writer.start()
    eventually(
        lambda: [len(run["tags"]) for run in server.runs().values()] == [len(TAGS)] * RUN_COUNT,
        what="the first points of every series",
    )
    watchers = [
        threading.Thread(target=poll, args=(server, watch, is_over, seed), daemon=True)
        for seed in range(CLIENTS)
    ]
    watchers.append(threading.Thread(target=observe, args=(server, watch, is_over), daemon=True))
    for watcher in watchers:
        watcher.start()
    time.sleep(secs)
    writer_is_over.set()
    writer.join()
    is_over.set()
    for watcher in watchers:
        watcher.join()
    return watch


def written_steps(logdir: Path, run: int) -> int:
    """Steps in a run's file; it is read by the reference, one record at a time."""
    content = (logdir / run_name(run) / FILE_NAME).read_bytes()
    records = position = 0
    while position < len(content):
        position += int.from_bytes(content[position : position + 8], "little") + 16
        records += 1
    return (records - 1) // len(TAGS)


def lost_points(server: Server, logdir: Path) -> list[str]:
    """Series that are not served as they were written, to the last bit."""
    wrong = []
    for run in range(RUN_COUNT):
        steps = np.arange(written_steps(logdir, run))
        for tag, name in enumerate(TAGS):
            server.wait_for_points(run_name(run), len(steps), tag=name)
            asked = {"run": run_name(run), "tag": name, "limit": 1_000_000, "format": "safetensors"}
            columns = load(server.get("points", **asked).body)
            expected = {
                "step": steps,
                "wall_time": FIRST_SECOND + steps.astype(np.float64),
                "value": value_of(run, tag, steps).astype(np.float64),
            }
            wrong += [
                f"{run_name(run)} {name}: {column} differs"
                for column, values in expected.items()
                if not np.array_equal(columns[column], values)
            ]
    return wrong


def report(watch: Watch) -> None:
    for route, millisecs in watch.millisecs.items():
        p50, p99, most = np.percentile(millisecs, [50, 99, 100])
        print(f"{route:8} {len(millisecs):6,} polls: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {most:.1f} ms")
    points, memory = np.array(watch.points), np.array(watch.bytes_resident)
    # The first tenth is the server's own start.
    settled = slice(len(points) // 10, None)
    halves = np.array_split(np.arange(len(points))[settled], 2)
    slopes = [np.polyfit(points[half], memory[half], 1)[0] for half in halves]
    print(f"points   {points[-1]:12,} served at the end")
    print(f"memory   {memory[-1] / 1e6:8.0f} MB at the end, {memory[settled][0] / 1e6:.0f} MB at the start")
    print(f"         {slopes[0]:.1f} bytes a point in the first half, {slopes[1]:.1f} in the second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secs", type=float, default=600.0)
    parser.add_argument("--rate", type=float, default=20_000.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="candles-soak-") as directory:
        logdir = Path(directory, "logs")
        logdir.mkdir()
        os.environ["XDG_CACHE_HOME"] = str(Path(directory, "cache"))
        server = Server(["--logdir", str(logdir), "--candles_cache=off"], Path(directory, "tensorboard.txt"))
        try:
            server.wait_until_serving()
            watch = soak(server, logdir, arguments.secs, arguments.rate)
            report(watch)
            wrong = [*watch.errors, *lost_points(server, logdir)]
        finally:
            server.stop()
    print("every point is there" if not wrong else "\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
