"""Trainings that are watched: python -m benchmarks.live [--flushes 60] [--secs 30] [--tabs 50]

From flush to page in a real Chromium; what so many open tabs cost the server, while nothing changes and while
one run does; and so many trainings at once, each logging every batch, with the page open: how long its polls
take, and whether any point is missing at the end, which is an error.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Browser, Frame, sync_playwright

from benchmarks import report
from benchmarks.tab import opened
from tests.browser import chromium
from tests.browser.tab import NOTE_LAST_CANDLES
from tests.support import records
from tests.support.server import Server, eventually, serving

POLL_SECS = 0.4
"""As in frontend/src/data/poller.ts."""
BATCHES_PER_SEC = 50
QUIET_EVERY = 10
"""Of so many flushes one comes after a rest in which a run is no longer looked at by itself."""
QUIET_SECS = 12.0
TRAINING = """
import sys, time
from tensorboard_candles import Tracker

tracker, step = Tracker("live", logdir=sys.argv[1], run=sys.argv[2]), 0
for count in sys.stdin:
    for _ in range(int(count)):
        tracker.log({"train/loss": float(step % 97)}, step=step)
        step += 1
    tracker.flush()
    print(time.time(), flush=True)
"""
STEADY_TRAINING = """
import sys, time
from tensorboard_candles import Tracker

rate, is_over = float(sys.argv[3]), False
with Tracker("live", logdir=sys.argv[1], run=sys.argv[2]) as tracker:
    tracker.log({"train/loss": 0.0}, step=0)
    tracker.flush()
    sys.stdin.readline()
    step, until = 1, time.monotonic() + float(sys.argv[4])
    while time.monotonic() < until:
        tracker.log({"train/loss": float(step % 97)}, step=step)
        step += 1
        time.sleep(1 / rate)
print(step, flush=True)
"""
NOTE_POLLS = """
() => {
  window.polls = [];
  new PerformanceObserver((list) => {
    const polls = list.getEntries().filter(({ name }) => name.includes("candles/runs"));
    window.polls.push(...polls.map(({ duration }) => duration));
  }).observe({ type: "resource" });
}
"""


@dataclass
class Seen:
    """What one tab saw."""

    polls_ms: list[float] = field(default_factory=list)
    fetches_ms: list[float] = field(default_factory=list)
    unchanged: int = 0


class OpenTab(threading.Thread):
    """Asks as the page does: what has changed, and the candles of a run that did."""

    def __init__(self, server: Server, run: str, is_over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.seen = Seen()
        self._run, self._is_over = run, is_over
        self._connection = http.client.HTTPConnection(*server.host_and_port)
        self._version, self._etag, self._of_run = "", "", ""

    def run(self) -> None:
        self._is_over.wait(random.uniform(0, POLL_SECS))
        while not self._is_over.is_set():
            self._poll()
            self._is_over.wait(POLL_SECS)

    def _poll(self) -> None:
        since = {"since": self._version} if self._version else {}
        took_ms, body = self._ask("runs", {**since, "watching": self._run}, {"If-None-Match": self._etag})
        self.seen.polls_ms.append(took_ms)
        if body is None:
            self.seen.unchanged += 1
            return
        answer = json.loads(body)
        self._version = answer["version"]
        of_run = [one["version"] for one in answer["runs"] if one["name"] == self._run]
        if of_run and of_run != [self._of_run]:
            [self._of_run] = of_run
            what = {"run": self._run, "tag": "train/loss", "limit": 1000, "format": "safetensors"}
            self.seen.fetches_ms.append(self._ask("candles", what, {})[0])

    def _ask(
        self, route: str, params: dict[str, object], headers: dict[str, str]
    ) -> tuple[float, bytes | None]:
        begin = time.perf_counter()
        self._connection.request("GET", f"/data/plugin/candles/{route}?{urlencode(params)}", headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        took_ms = 1000 * (time.perf_counter() - begin)
        if route == "runs":
            self._etag = answer.headers["ETag"]
        assert answer.status in (200, 304), answer.status
        return took_ms, body if answer.status == 200 else None


def cpu_secs(process: int) -> float:
    """Processor time of a process so far."""
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def percentiles(numbers: Sequence[float]) -> list[float]:
    """Median, 99th of a hundred, most."""
    return [float(one) for one in np.percentile(numbers, [50, 99, 100])] if numbers else [float("nan")] * 3


@contextmanager
def training(logdir: Path, *arguments: object, program: str = TRAINING) -> Iterator[Callable[[object], str]]:
    """A process of its own, which answers a line with a line."""
    command = [sys.executable, "-c", program, str(logdir), *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        talk = process.stdin, process.stdout

        def say(line: object) -> str:
            talk[0].write(f"{line}\n")
            talk[0].flush()
            return talk[1].readline()

        yield say
        process.communicate()


def measure_latency(browser: Browser, flushes: int) -> tuple[list[float], list[float]]:
    """Seconds from flush to candle: while the run is busy, and after it was quiet for long."""
    busy: list[float] = []
    quiet: list[float] = []
    with (
        tempfile.TemporaryDirectory() as logs,
        training(Path(logs), "training") as log,
        serving(Path(logs), Path(logs, "server.log")) as server,
    ):
        log(20)
        with opened(browser, server) as (_page, frame):
            frame.get_by_test_id("chart").first.evaluate(NOTE_LAST_CANDLES)
            for number in range(1, flushes + 1):
                rests = number % QUIET_EVERY == 0
                time.sleep(QUIET_SECS if rests else random.uniform(0.2, 2.0))
                flushed = float(log(1))
                (quiet if rests else busy).append(time_of_candle(frame, 19 + number) - flushed)
    return busy, quiet


def time_of_candle(frame: Frame, x: int) -> float:
    shown = frame.wait_for_function("(x) => window.lastCandles[x]", arg=x, polling=20)
    return float(shown.json_value())


def measure_tabs(tabs: int, secs: float, *, batches_per_sec: float) -> list[str]:
    """The cells of a row: what so many tabs cost the server while one of twenty runs grows at that rate."""
    with tempfile.TemporaryDirectory() as logs:
        for number in range(20):
            records.write_run(
                Path(logs), f"live/run{number}", records.many_scalars("train/loss", np.linspace(1, 0, 10_000))
            )
        with serving(Path(logs), Path(logs, "server.log")) as server, ExitStack() as stack:
            server.wait_loaded()
            run, is_over = "live/run0", threading.Event()
            if batches_per_sec:
                run = "live/growing"
                begun = training(Path(logs), "growing", batches_per_sec, secs + 5, program=STEADY_TRAINING)
                say = stack.enter_context(begun)
                eventually(lambda: run in server.runs(), within_secs=60, what="the training")
                threading.Thread(target=say, args=("go",), daemon=True).start()
            opened_tabs = [OpenTab(server, run, is_over) for _ in range(tabs)]
            for tab in opened_tabs:
                tab.start()
            time.sleep(2)
            began, cpu = time.monotonic(), cpu_secs(server.process.pid)
            time.sleep(secs)
            load = (cpu_secs(server.process.pid) - cpu) / (time.monotonic() - began)
            is_over.set()
            for tab in opened_tabs:
                tab.join()
    return tab_cells(opened_tabs, load)


def tab_cells(tabs: Sequence[OpenTab], load: float) -> list[str]:
    polls = [took for tab in tabs for took in tab.seen.polls_ms[1:]]
    fetches = [took for tab in tabs for took in tab.seen.fetches_ms[1:]]
    median, late, _ = percentiles(polls)
    fetched = f"{percentiles(fetches)[1]:.0f} ms" if fetches else "–"
    unchanged = sum(tab.seen.unchanged for tab in tabs) / max(1, len(polls))
    return [f"{load:.0%}", f"{median:.1f} ms", f"{late:.1f} ms", f"{unchanged:.0%}", fetched]


def measure_trainings(browser: Browser, trainings: int, secs: float) -> tuple[list[float], int]:
    """How long the page's own polls took, in milliseconds, and how many points were logged; none is lost."""
    with (
        tempfile.TemporaryDirectory() as logs,
        serving(Path(logs), Path(logs, "server.log")) as server,
        ExitStack() as stack,
    ):
        names = [f"training{number}" for number in range(trainings)]
        say = [
            stack.enter_context(training(Path(logs), name, BATCHES_PER_SEC, secs, program=STEADY_TRAINING))
            for name in names
        ]
        logged: dict[str, int] = {}

        def steer(name: str, say: Callable[[object], str]) -> None:
            logged[f"live/{name}"] = int(say("go"))

        pairs = zip(names, say, strict=True)
        steering = [threading.Thread(target=steer, args=pair, daemon=True) for pair in pairs]
        eventually(lambda: len(server.runs()) == trainings, within_secs=120, what="all trainings")
        with opened(browser, server) as (_page, frame):
            frame.get_by_test_id("check-all").click()
            frame.evaluate(NOTE_POLLS)
            for one in steering:
                one.start()
            while any(one.is_alive() for one in steering):
                frame.page.wait_for_timeout(200)
            polls = [float(one) for one in frame.evaluate("window.polls")]
        check_points(server, logged)
    return polls, sum(logged.values())


def check_points(server: Server, logged: dict[str, int]) -> None:
    """Every point of every run, by its step and value."""
    for run, count in logged.items():
        server.wait_for_points(run, count, tag="train/loss")
        (found,) = server.get_json("points", run=run, tag="train/loss", limit=1_000_000)["points"]
        steps = np.arange(count)
        assert found["columns"]["step"] == steps.tolist(), run
        assert found["columns"]["value"] == (steps % 97).tolist(), run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flushes", type=int, default=60)
    parser.add_argument("--secs", type=float, default=30.0)
    parser.add_argument("--tabs", type=int, default=50)
    parser.add_argument("--trainings", type=int, default=20)
    arguments = parser.parse_args()
    print(report.machine(), "\n")
    print(report.heading("open tabs", "processor", "poll", "p99", "unchanged", "candles, p99"))
    for rate in (0, BATCHES_PER_SEC):
        cells = measure_tabs(arguments.tabs, arguments.secs, batches_per_sec=rate)
        about = f"{arguments.tabs}, " + (
            f"a run grows by {rate} points a second" if rate else "nothing changes"
        )
        print(report.row(about, *cells), flush=True)
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        print("\n" + report.heading("from flush to candle", "flushes", "median", "p99", "most"))
        for name, found in zip(("busy", "quiet"), measure_latency(browser, arguments.flushes), strict=True):
            print(report.row(name, str(len(found)), *map(report.seconds, percentiles(found))), flush=True)
        polls, points = measure_trainings(browser, arguments.trainings, arguments.secs)
        print(
            "\n" + report.heading("trainings at once", "points, none lost", "polls", "median", "p99", "most")
        )
        times = (f"{one:.0f} ms" for one in percentiles(polls))
        print(report.row(str(arguments.trainings), f"{points:,}", str(len(polls)), *times))
        browser.close()


if __name__ == "__main__":
    main()
