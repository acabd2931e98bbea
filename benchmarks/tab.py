"""The tab in a real Chromium: python -m benchmarks.tab [--rounds 5] [--gesture-secs 6] [--live-secs 600]

First candles after the tab opens, frames a second while a hand drags and turns the wheel, and the heap after
a long look at a growing run. Drawn by software, as on a machine without a graphics card.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, FloatRect, Frame, Page, ViewportSize, sync_playwright

from benchmarks import report
from tensorboard_candles import Tracker
from tests.browser import chromium
from tests.support import records
from tests.support.server import Server, serving

POINTS = 1_000_000
RUNS = 20
POINTS_PER_RUN = 100_000
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
ZOOMS = 100
CLOSER = 8
"""Turns of the wheel before panning, so that there is somewhere to pan to."""
LIVE_POINTS_PER_SEC = 200
INSTRUMENTS = """
try { localStorage.setItem("tensorboard-candles-tour-seen", "1") } catch {}
const seen = new MutationObserver(() => {
  const chart = document.querySelector('[data-testid="chart"]');
  if (!chart || !(Number(chart.dataset.candles) > 0)) return;
  window.firstCandlesMs ??= performance.now();
});
const changes = { subtree: true, childList: true, attributes: true, attributeFilter: ["data-candles"] };
seen.observe(document, changes);
"""
# One event of the hand in each frame, so that what is measured is the drawing and not the hand.
PLAY = """
({ gesture, secs }) => new Promise((resolve) => {
  const chart = document.querySelector('[data-testid="chart"]');
  const box = chart.getBoundingClientRect();
  const y = box.top + 0.4 * box.height;
  const x = (share) => box.left + share * box.width;
  const at = (share) => ({ clientX: x(share), clientY: y, bubbles: true, cancelable: true });
  const plot = document.elementFromPoint(x(0.6), y);
  const HAND = { pointerId: 1, pointerType: "mouse", buttons: 1 };
  const send = {
    zoom: (t) => plot.dispatchEvent(new WheelEvent("wheel", { ...at(0.6), deltaY: t % 4 < 2 ? -20 : 20 })),
    pan: (t) => {
      const place = { ...at(0.45 + 0.25 * Math.sin(t * Math.PI)), ...HAND };
      if (times.length === 1) plot.dispatchEvent(new PointerEvent("pointerdown", place));
      plot.dispatchEvent(new PointerEvent("pointermove", place));
      plot.dispatchEvent(new MouseEvent("mousemove", place));
    },
  }[gesture];
  const times = [];
  let [views, last] = [0, chart.dataset.from];
  const tick = (now) => {
    times.push(now);
    views += chart.dataset.from !== last;
    last = chart.dataset.from;
    const elapsed = (now - times[0]) / 1000;
    if (elapsed < secs) {
      send(elapsed);
      requestAnimationFrame(tick);
    } else {
      plot.dispatchEvent(new PointerEvent("pointerup", { ...at(0.5), pointerId: 1, pointerType: "mouse" }));
      resolve({ times, views });
    }
  };
  requestAnimationFrame(tick);
})
"""


@dataclass(frozen=True, slots=True)
class Smoothness:
    """What was drawn while a hand moved the chart."""

    frames_per_sec: float
    views_per_sec: float
    """Frames that showed another part of the run than the one before."""
    slowest_ms: float
    """Of a hundred frames five take longer."""


def series(points: int, seed: int) -> list[float]:
    noise = np.random.default_rng(seed).normal(size=points)
    falling = (2 + seed / 10) * np.exp(-np.arange(points) / (points / 3)) + 0.1 * noise
    return [float(value) for value in falling.astype(np.float32)]


def write_long_run(logdir: Path) -> Path:
    records.write_run(logdir, "long", records.many_scalars("loss", series(POINTS, 0)))
    return logdir


def write_twenty_runs(logdir: Path) -> Path:
    for run in range(RUNS):
        records.write_run(logdir, f"run_{run:02}", records.many_scalars("loss", series(POINTS_PER_RUN, run)))
    return logdir


@contextmanager
def opened(browser: Browser, server: Server) -> Iterator[tuple[Page, Frame]]:
    """The tab in a browser that has never seen it."""
    context = browser.new_context(viewport=VIEWPORT)
    context.add_init_script(INSTRUMENTS)
    page = context.new_page()
    page.goto(f"{server.url}#candles")
    found = page.wait_for_selector("iframe")
    frame = found.content_frame() if found else None
    assert frame is not None
    frame.wait_for_function("window.firstCandlesMs")
    yield page, frame
    context.close()


def first_candles_ms(browser: Browser, server: Server) -> float:
    with opened(browser, server) as (_page, frame):
        return float(frame.evaluate("window.firstCandlesMs"))


def settle(frame: Frame, least: int = 1) -> None:
    chart = '[data-testid="chart"]'
    frame.wait_for_function(
        f"(least) => {{ const c = document.querySelector('{chart}');"
        " return c.getAttribute('aria-busy') === 'false' && Number(c.dataset.candles) >= least }",
        arg=least,
    )


def chart_box(frame: Frame) -> FloatRect:
    box = frame.get_by_test_id("chart").first.bounding_box()
    assert box is not None
    return box


def smoothness(frame: Frame, gesture: str, secs: float) -> Smoothness:
    settle(frame)
    played = frame.evaluate(PLAY, {"gesture": gesture, "secs": secs})
    gaps = np.diff(played["times"])
    return Smoothness(
        frames_per_sec=1000 / float(gaps.mean()),
        views_per_sec=1000 * played["views"] / float(gaps.sum()),
        slowest_ms=float(np.percentile(gaps, 95)),
    )


def measure_gestures(
    browser: Browser, server: Server, *, secs: float, all_runs: bool
) -> dict[str, Smoothness]:
    with opened(browser, server) as (page, frame):
        if all_runs:
            frame.get_by_test_id("check-all").click()
        settle(frame)
        zoomed = smoothness(frame, "zoom", secs)
        box = chart_box(frame)
        page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
        for _ in range(CLOSER):
            page.mouse.wheel(0, -160)
        return {"zoom": zoomed, "pan": smoothness(frame, "pan", secs)}


class Growing(threading.Thread):
    """A run that grows while it is watched."""

    def __init__(self, logdir: Path) -> None:
        super().__init__(daemon=True)
        self.logdir = logdir
        self.is_over = threading.Event()

    def run(self) -> None:
        with Tracker("live", logdir=self.logdir, run="growing") as tracker:
            step = 0
            while not self.is_over.wait(1 / LIVE_POINTS_PER_SEC):
                tracker.log(loss=1 + math.sin(step / 50) / 10, grad_norm=1.0)
                step += 1


def heap_megabytes(page: Page) -> float:
    """What scripts hold once all that can go is gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def measure_heap(browser: Browser, server: Server, secs: float) -> tuple[float, float]:
    """Megabytes at first, and after that long with a hundred zooms spread over it."""
    with opened(browser, server) as (page, frame):
        settle(frame)
        before = heap_megabytes(page)
        box = chart_box(frame)
        page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
        for zoom in range(ZOOMS):
            page.mouse.wheel(0, -300 if zoom % 2 == 0 else 300)
            page.wait_for_timeout(1000 * secs / ZOOMS)
        return before, heap_megabytes(page)


def print_first(name: str, times: list[float]) -> None:
    print(report.row(name, f"{statistics.median(times):.0f} ms", f"{max(times):.0f} ms"), flush=True)


def print_smoothness(name: str, measured: dict[str, Smoothness]) -> None:
    for gesture, s in measured.items():
        cells = (f"{s.frames_per_sec:.0f}", f"{s.views_per_sec:.0f}", f"{s.slowest_ms:.0f} ms")
        print(report.row(f"{name}, {gesture}", *cells), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often the tab is opened (default: 5)")
    parser.add_argument("--gesture-secs", type=float, default=6, help="of each gesture (default: 6)")
    parser.add_argument("--live-secs", type=float, default=600, help="of watching (default: 600; 0: none)")
    arguments = parser.parse_args()
    print(report.machine())
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        root, browser = Path(directory), chromium.launch(playwright)
        with (
            serving(write_long_run(root / "long"), root / "long.log") as long,
            serving(write_twenty_runs(root / "twenty"), root / "twenty.log") as twenty,
        ):
            long.wait_loaded(run="long", points=POINTS)
            for run in range(RUNS):
                twenty.wait_loaded(run=f"run_{run:02}", points=POINTS_PER_RUN)
            print(f"\n{report.heading('first candles', 'median', 'slowest')}")
            for name, server in ("1 run, 1M points", long), ("20 runs, 100k points each", twenty):
                print_first(name, [first_candles_ms(browser, server) for _ in range(arguments.rounds)])
            print(f"\n{report.heading('gesture', 'frames/s', 'new views/s', '95 % of frames within')}")
            secs = arguments.gesture_secs
            print_smoothness("1 run", measure_gestures(browser, long, secs=secs, all_runs=False))
            print_smoothness("20 runs", measure_gestures(browser, twenty, secs=secs, all_runs=True))
        if arguments.live_secs > 0:
            print_heap(browser, root, arguments.live_secs)
        browser.close()
    return 0


def print_heap(browser: Browser, root: Path, secs: float) -> None:
    growing = Growing(root / "live")
    growing.start()
    try:
        with serving(root / "live", root / "live.log") as server:
            server.wait_loaded()
            before, after = measure_heap(browser, server, secs)
    finally:
        growing.is_over.set()
        growing.join()  # or its directory goes away while it still writes
    watched = f"{secs:.0f} s of live updates and {ZOOMS} zooms"
    print(f"\nHeap: {before:.0f} MB at first, {after:.0f} MB after {watched}")


if __name__ == "__main__":
    sys.exit(main())
