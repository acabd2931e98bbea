"""How long 1,000 candles take, cold and warm, in process and over HTTP: python -m benchmarks.query

In process: series of 1M, 10M and 100M regular points, as the store keeps them. Over HTTP: a real TensorBoard
on event files of 1M and 10M points (`--http 100` for one of 100M, which takes long to write). A client in
another process asks as browsers do: compressed, and with a connection for each query, which is all that
TensorBoard gives. It reads the whole answer and does not decode it.

Cold is the first query of a series, which builds its block summaries. `windows` are random ones of random
breadths: hardly any two queries have a width or an edge in common.
"""

from __future__ import annotations

import argparse
import http.client
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from benchmarks.logs import FILE_NAME, FIRST_SECOND, regular, write
from benchmarks.report import heading, machine, row
from tensorboard_candles.ohlc import Axis, SecondsAxis, StepAxis, candles
from tensorboard_candles.store import Series
from tensorboard_candles.store.steps import GrowingSteps
from tests.support.server import Server

ROUTE = "data/plugin/candles/candles"
TAG = "metric_0/loss"
ROUNDS = 300
Window = tuple[int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=int, nargs="*", default=[1, 10, 100], help="points, in millions")
    parser.add_argument("--http", type=int, nargs="*", default=[1, 10], help="points, in millions")
    parser.add_argument("--logs", type=Path, default=Path(tempfile.gettempdir()) / "candles-benchmarks")
    arguments = parser.parse_args()
    print(machine())
    print(f"\n### 1,000 candles in process, {ROUNDS} queries each\n")
    print(heading("points", "query", "cold", "p50", "p99", "p50, of that of the fewest points"))
    fewest: dict[str, float] = {}
    for millions in arguments.memory:
        for name, cold, taken in in_process(millions * 10**6):
            p50 = float(np.median(taken))
            print(
                _row(millions, name, cold, taken, f"{p50 / fewest.setdefault(name, p50):.2f} ×"), flush=True
            )
    print(f"\n### 1,000 candles over HTTP from TensorBoard, {ROUNDS} queries each\n")
    print(heading("points", "query", "cold", "p50", "p99", "bytes"))
    for millions in arguments.http:
        for name, cold, taken, size in over_http(_event_file(arguments.logs, millions), millions * 10**6):
            print(_row(millions, name, cold, taken, f"{size:,}"), flush=True)


def in_process(points: int) -> Iterator[tuple[str, float, list[float]]]:
    """Name, seconds of the first query and of each of the others."""
    dice = np.random.default_rng(0)
    wall_time = np.linspace(FIRST_SECOND, FIRST_SECOND + 0.01 * points, points)
    value = dice.standard_normal(points, dtype=np.float32)
    series = Series("run", "loss", GrowingSteps(np.arange(points)).view(), wall_time, value)

    def query(axis: Axis, window: Window | None = None) -> float:
        start, end = window or (None, None)
        begin = time.perf_counter()
        candles(series, axis, start=start, end=end)
        return time.perf_counter() - begin

    steps, seconds = StepAxis(), SecondsAxis(FIRST_SECOND)
    cold = query(steps)
    yield "whole, by steps", cold, [query(steps) for _ in range(ROUNDS)]
    yield "windows, by steps", cold, [query(steps, window(dice, points)) for _ in range(ROUNDS)]
    yield "whole, by seconds", cold, [query(seconds) for _ in range(ROUNDS)]


def over_http(logs: Path, points: int) -> Iterator[tuple[str, float, list[float], int]]:
    """The same, and the bytes of an answer."""
    dice = np.random.default_rng(0)
    with _tensorboard(logs, points) as server:
        cold, _ = _asked(server, "safetensors", None)
        for fmt in ("safetensors", "json"):
            for name in ("whole", "windows"):
                windows = [window(dice, points) if name == "windows" else None for _ in range(ROUNDS)]
                taken, sizes = zip(*(_asked(server, fmt, one) for one in windows), strict=True)
                yield f"{name}, {fmt}", cold, list(taken), int(np.median(sizes))


def _asked(server: Server, fmt: str, window: Window | None) -> tuple[float, int]:
    """Seconds until an answer is read, and its bytes."""
    bounds = {"start": window[0], "end": window[1]} if window else {}
    path = f"/{ROUTE}?" + urlencode({"run": ".", "tag": TAG, "format": fmt, **bounds})
    begin = time.perf_counter()
    connection = http.client.HTTPConnection(*server.host_and_port)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
    return time.perf_counter() - begin, len(body)


def window(dice: np.random.Generator, points: int) -> Window:
    """Some steps, as many of all scales: from about 1,000 to all of them."""
    breadth = int(points / dice.uniform(1, points / 1000) ** dice.random())
    start = int(dice.integers(0, points - breadth + 1))
    return start, start + breadth


@contextmanager
def _tensorboard(logs: Path, points: int) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as directory:
        server = Server(["--logdir", str(logs), "--candles_cache=off"], Path(directory, "tensorboard.txt"))
        try:
            server.wait_until_serving()
            server.wait_loaded(run=".", tag=TAG, points=points)
            yield server
        finally:
            server.stop()


def _event_file(logs: Path, millions: int) -> Path:
    """A directory with an event file of so many points of one tag; written if it is not there."""
    path = logs / f"one_tag-{millions}M_points"
    if not (path / "complete").exists():
        write(path / FILE_NAME, regular(millions * 10**6, 1))
        (path / "complete").touch()
    return path


def _row(millions: int, name: str, cold: float, taken: list[float], last: str) -> str:
    p50, p99 = np.percentile(taken, [50, 99])
    return row(
        f"{millions}M", name, f"{1000 * cold:.0f} ms", f"{1000 * p50:.2f} ms", f"{1000 * p99:.2f} ms", last
    )


if __name__ == "__main__":
    main()
