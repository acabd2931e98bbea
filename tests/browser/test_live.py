"""A training that goes on while the tab is open."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import OpenTab, StartServer
from tests.browser.tab import Tab, until

TRAINING = """
import sys, time
from tensorboard_candles import Tracker

tracker, step = Tracker(project="live", logdir=sys.argv[1], run="training"), 0
for count in sys.stdin:
    for _ in range(int(count)):
        tracker.log({"train/loss": 1 / (1 + step) + 0.1 * (step % 7)}, step=step)
        step += 1
    tracker.flush()
    print(time.time(), flush=True)
"""


def wait_for_points(tab: Tab, count: int) -> None:
    points = tab.tag_item("train/loss").locator(".points")
    until(lambda: points.get_attribute("title") == f"{count} points", "the new points in the list")


class Training:
    """A process of its own that logs when it is told to."""

    def __init__(self, logdir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", TRAINING, str(logdir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def log(self, count: int) -> float:
        """Log so many steps; returns the Unix time at which the last of them was written out."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


@pytest.fixture
def training(tmp_path: Path) -> Iterator[Training]:
    started = Training(tmp_path)
    yield started
    started.process.communicate()


def test_steps_that_a_training_logs_become_candles_without_a_reload(
    tmp_path: Path,
    training: Training,
    tensorboard_server: StartServer,
    open_tab: OpenTab,
) -> None:
    training.log(20)
    tab = open_tab(tensorboard_server(tmp_path).url)
    tab.wait_for_candles()
    until(lambda: tab.last_candle() == 19, "the first candles")
    tab.note_last_candles()
    delays = []
    for step in range(20, 26):
        flushed = training.log(1)
        delays.append(tab.time_of_last_candle(step) - flushed)
    assert tab.view().candles == 26
    tab.leave_chart()
    until(lambda: "step 25" in tab.readout() and tab.value("count") == 1, "the last step in the read-out")
    training.log(2000)
    until(lambda: tab.view().end >= 2026 and tab.last_candle() >= 2000, "the whole run, which stays in view")
    assert tab.view().start <= 0
    print(
        f"seconds from flush to candle: median {statistics.median(delays):.2f}, max {max(delays):.2f},",
        [round(delay, 2) for delay in delays],
    )


def test_a_view_of_older_steps_stays_where_it_is_while_the_run_grows(
    tmp_path: Path, training: Training, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    training.log(400)
    tab = open_tab(tensorboard_server(tmp_path).url)
    tab.wait_for_candles()
    until(lambda: tab.last_candle() >= 390, "the first candles")
    for _ in range(5):
        tab.zoom(60, notches=1.6)
    zoomed = tab.wait_for_candles()
    assert zoomed.end < 300

    for count in (500, 600, 700):
        with tab.page.expect_response(tab.is_candles):
            training.log(100)
        wait_for_points(tab, count)
        grown = tab.wait_for_candles()
        assert (grown.start, grown.end, grown.width) == (zoomed.start, zoomed.end, zoomed.width)
    tab.fit()
    until(lambda: tab.view().end >= 700 and tab.last_candle() >= 690, "all that was logged meanwhile")
    until(lambda: tab.view().start <= 0, "the start of the run")
