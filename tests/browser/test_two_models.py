"""Trainings side by side while they go on: the ready-made layouts, and lines on fractions of epochs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tensorboard_candles import Tracker
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.lines import Lines, open_widgets
from tests.browser.tab import Tab, until

BATCHES = 20
RUNS = {"zoo/adam": {"lr": 0.001, "seed": 1}, "zoo/sgd": {"lr": 0.1, "seed": 1}}
WIDE = {"width": 1440, "height": 1400}


def write_models(logdir: Path) -> Path:
    """Two runs of two epochs that differ in one argument."""
    for run, config in RUNS.items():
        with Tracker(project="zoo", logdir=logdir, run=run.removeprefix("zoo/"), config=config) as tracker:
            for _ in tracker.epochs(2):
                for batch in tracker.batches(range(BATCHES)):
                    tracker.log({"train/loss": 1 / (1 + batch)})
                tracker.log({"val/accuracy": 0.5})
    return logdir


def is_at(lines: Lines, place: float) -> bool:
    return lines.number("last") == pytest.approx(place, abs=1e-6)


def tags_of_lines(tab: Tab) -> list[str]:
    return [Lines(tab, place).get("tag-picker").inner_text().strip() for place in range(2)]


def test_two_models_are_compared_by_loss_accuracy_speed_and_what_differs(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    server = tensorboard_server(write_models(tmp_path))
    server.wait_loaded(run="zoo/sgd", tag="train/loss", points=2 * BATCHES)
    tab = open_tab(server.url, viewport=WIDE)
    tab.wait_for_candles()
    tab.get("layouts").click()
    tab.get("layout Two models").click()
    until(lambda: tab.widget("line").count() == 2, "two lines")
    assert tags_of_lines(tab) == ["train/loss", "val/accuracy"]
    loss = Lines(tab)
    assert (sorted(loss.runs()), loss.get("axis-epochs").get_attribute("aria-pressed")) == (
        list(RUNS),
        "true",
    )
    assert loss.number("to") > 1.9
    arguments = tab.widget("arguments").get_by_test_id("argument-row")
    until(lambda: arguments.count() == 1, "what differs alone")
    assert arguments.get_attribute("data-name") == "lr"
    speeds = tab.widget("stats").get_by_test_id("stat-value")
    until(lambda: speeds.count() >= 2, "the speed of both")
    assert {one.get_attribute("data-run") for one in speeds.all()} == set(RUNS)


def test_a_line_grows_by_fractions_of_its_first_epoch(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    with Tracker(project="zoo", logdir=tmp_path, run="live") as tracker:
        batches = tracker.batches(range(BATCHES))

        def log_batch() -> None:
            next(batches)
            tracker.log(loss=1.0, epoch=tracker.epochs_done)
            tracker.flush()

        for _ in range(3):
            log_batch()
        server = tensorboard_server(tmp_path)
        server.wait_loaded(run="zoo/live", tag="loss", points=3)
        settings = {"tag": "loss", "axis": "epochs"}
        lines = Lines(open_widgets(open_tab, server.url, ["line"], settings=settings))
        for batch in range(2, 6):
            until(partial(is_at, lines, batch / BATCHES), f"batch {batch}")
            log_batch()
        until(partial(is_at, lines, 6 / BATCHES), "the last batch")
        assert lines.number("to") < 0.5, "the axis ends soon after"
        lines.hover(4 / BATCHES, 1.0)
        until(lambda: lines.get("line-place").inner_text().startswith("epoch 0.2"), "the place in epochs")
        until(lambda: lines.get("line-point").inner_text().startswith("step 4 · "), "its step and time")
