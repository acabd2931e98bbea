"""Two models that are started from the tab, watched, steered, stopped, and gone on with from there."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from demo.fashion_mnist.dashboard import Dashboard
from tensorboard_candles import Tracker
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.tab import Tab, until
from tests.support.live_training import BATCHES
from tests.support.server import Server, eventually
from tests.writer.reading import event_files, points, whole_records

EXPERIMENTS = Path(__file__).parents[1] / "support" / "live_experiments.toml"
FLAGS = ("--candles_control", "--candles_experiments", str(EXPERIMENTS))
SCREEN = {"width": 1600, "height": 1400}
LOSS = "train/loss"
DEAD_WITHIN_SECS = 15.0
# What is looked at, in one window.
PLACES = [
    ("experiments", 0, 0, 6, 8, {}),
    ("progress", 6, 0, 6, 4, {}),
    ("line", 6, 4, 6, 4, {"tag": LOSS, "axis": "epochs"}),
    ("control", 0, 8, 6, 8, {}),
    ("outputs", 6, 8, 6, 8, {}),
]


def layout() -> dict[str, str]:
    widgets = [
        {"type": kind, "x": x, "y": y, "w": w, "h": h, "settings": settings}
        for kind, x, y, w, h, settings in PLACES
    ]
    content = {"version": 1, "active": 0, "tabs": [{"name": "Live", "widgets": widgets}]}
    return {"tensorboard-candles /data/plugin/candles/ dashboard": json.dumps(content)}


@pytest.fixture
def server(tmp_path: Path, tensorboard_server: StartServer) -> Iterator[Server]:
    """TensorBoard that may start trainings, beside one of before; what it started ends with the test."""
    with Tracker("before", logdir=tmp_path, run="old", control=False) as tracker:
        tracker.log({LOSS: 1.0})
    started = tensorboard_server(tmp_path, *FLAGS)
    yield started
    end_all(started)


def end_all(server: Server) -> None:
    dashboard = Dashboard(server.url)

    def left() -> list[str]:
        return [key for key, one in dashboard.instances().items() if one["ended_time"] is None]

    if running := left():
        dashboard.post("experiments", {"action": "kill", "instances": running})
        eventually(lambda: not left(), within_secs=30, every_secs=0.2, what="the end of all trainings")


class Live:
    """The tab of somebody who trains."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.experiments, self.control = tab.widget("experiments"), tab.widget("control")
        self.loss = tab.widget("line")

    def start(self, **fields: str) -> None:
        self.experiments.get_by_test_id("start-form").wait_for(timeout=60_000)
        for name, text in fields.items():
            self.experiments.get_by_test_id(f"field-{name}").get_by_role("textbox").fill(text)
        self.experiments.get_by_test_id("start-runs").click()

    def instances(self) -> list[str]:
        found: list[str] = self.experiments.get_by_test_id("instance").evaluate_all(
            "(all) => all.map((e) => e.dataset.run)"
        )
        return found

    def instance(self, run: str) -> Locator:
        return self.experiments.locator(f'[data-testid="instance"][data-run="{run}"]')

    def wait_instance(self, run: str, state: str) -> None:
        until(lambda: self.instance(run).get_attribute("data-state") == state, f"{run} {state}")

    def training(self, run: str) -> Locator:
        return self.tab.widget("progress").locator(f'[data-testid="training"][data-run="{run}"]')

    def wait_training(self, run: str, state: str, within_secs: float = 60) -> None:
        eventually(
            lambda: self.training(run).count() and self.training(run).get_attribute("data-state") == state,
            within_secs=within_secs, what=f"{run} {state}",
        )  # fmt: skip

    def choose(self, run: str) -> None:
        self.control.get_by_test_id("control-run").select_option(f"={run}")

    def told(self, command: str, state: str) -> None:
        told = self.control.locator(f'[data-testid="told"][data-command="{command}"][data-state="{state}"]')
        told.first.wait_for(timeout=60_000)

    def confirm(self) -> None:
        self.tab.frame.get_by_test_id("confirm-act").click()

    def curve(self) -> tuple[int, int, float]:
        """Lines, points, and where on the axis the first line ends."""
        chart = self.loss.get_by_test_id("line-chart")
        read = "(e) => [e.dataset.lines, e.dataset.points, e.dataset.last].map(Number)"
        lines, count, last = chart.evaluate(read) if chart.count() else (0, 0, 0.0)
        return int(lines), int(count), float(last)


def test_two_models_are_started_watched_steered_stopped_and_gone_on_with(
    tmp_path: Path, server: Server, open_tab: OpenTab
) -> None:
    live = Live(open_tab(server.url, stored=layout(), viewport=SCREEN))
    live.start(lr="0.5, 0.05")
    until(lambda: len(live.instances()) == 2, "two instances")
    runs = sorted(live.instances())
    for run in runs:
        live.wait_instance(run, "running")
        live.wait_training(run, "running")
    _curves_grow(live)
    hot = next(run for run in runs if "0.5" in run)
    _lr_takes_effect(live, tmp_path / hot, hot)
    _predictions_are_seen(live)
    _stops_gracefully(live, tmp_path / hot, hot)
    _goes_on(live, server, tmp_path / hot, hot)


def _curves_grow(live: Live) -> None:
    until(lambda: live.curve()[0] == 2, "two lines")
    _, before, _ = live.curve()
    until(lambda: live.curve()[1] > before + 20, "both lines to grow")
    until(lambda: 0 < live.curve()[2] % 1 < 1, "an end within an epoch")


def _lr_takes_effect(live: Live, run_dir: Path, run: str) -> None:
    live.choose(run)
    field = live.control.get_by_test_id("parameter-lr")
    field.get_by_role("textbox").fill("0.001")
    live.control.get_by_test_id("set-lr").click()
    live.told("set", "done")

    def rates() -> list[float]:
        return [value for tag, _, value in points(run_dir) if tag == "lr"]

    until(lambda: rates()[-1] == pytest.approx(0.001), "the new learning rate in the run")
    assert rates()[0] == pytest.approx(0.5)
    norms = [value for tag, _, value in points(run_dir) if tag == "update_norm"]
    assert norms[-1] < norms[0] / 50


def _predictions_are_seen(live: Live) -> None:
    live.control.get_by_test_id("command-predict").click()
    live.told("predict", "done")
    outputs = live.tab.widget("outputs")
    outputs.get_by_test_id("example").first.wait_for(timeout=60_000)
    assert "sign" in outputs.inner_text()


def _stops_gracefully(live: Live, run_dir: Path, run: str) -> None:
    live.control.get_by_test_id("command-stop").click()
    live.confirm()
    live.wait_training(run, "ended")
    live.wait_instance(run, "stopped")
    assert (run_dir / "checkpoint.npz").exists()
    for path in event_files(run_dir):
        assert whole_records(path)


def _goes_on(live: Live, server: Server, run_dir: Path, run: str) -> None:
    """As the same run, at the step after the checkpoint's: no step is there twice."""
    left_off = len([1 for tag, _, _ in points(run_dir) if tag == LOSS])
    live.instance(run).get_by_test_id("more-of-instance").click()
    live.tab.frame.get_by_test_id("resume-instance").click()
    live.wait_training(run, "running")
    until(lambda: server.points(run, LOSS) > left_off + BATCHES, "points after the restart")
    live.instance(run).get_by_test_id("stop-instance").click()
    live.confirm()
    live.wait_instance(run, "stopped")
    steps = [step for tag, step, _ in points(run_dir) if tag == LOSS]
    assert steps == list(range(len(steps)))
    server.wait_for_points(run, len(steps), tag=LOSS)


def test_killed_training_is_shown_dead_and_others_are_found_again_by_another_tensorboard(
    tmp_path: Path, open_tab: OpenTab, tensorboard_server: StartServer
) -> None:
    logdir = tmp_path / "runs"
    logdir.mkdir()
    first = Server(["--logdir", str(logdir), *FLAGS], tmp_path / "first.txt")
    try:
        first.wait_until_serving()
        dashboard = Dashboard(first.url)
        dashboard.start("live", {"name": "killed"}, {"name": "kept"})
        pids = {run: _pid(dashboard, f"live/{run}") for run in ("killed", "kept")}
        live = Live(open_tab(first.url, stored=layout(), viewport=SCREEN))
        live.wait_training("live/killed", "running")
        os.kill(pids["killed"], signal.SIGKILL)
        live.wait_training("live/killed", "dead", within_secs=DEAD_WITHIN_SECS)
        live.wait_instance("live/killed", "failed")
        assert live.training("live/kept").get_attribute("data-state") == "running"
        live.tab.page.context.close()
    finally:
        first.stop()
    again = tensorboard_server(logdir, *FLAGS)
    try:
        live = Live(open_tab(again.url, stored=layout(), viewport=SCREEN))
        live.wait_instance("live/kept", "running")
        live.wait_training("live/kept", "running")
        assert _pid(Dashboard(again.url), "live/kept") == pids["kept"]
        live.instance("live/kept").get_by_test_id("stop-instance").click()
        live.confirm()
        live.wait_instance("live/kept", "stopped")
        live.wait_training("live/kept", "ended")
    finally:
        end_all(again)


def _pid(dashboard: Dashboard, run: str) -> int:
    def found() -> int:
        if not any(one["name"] == run for one in dashboard.get("runs")["runs"]):
            return 0
        (one,) = dashboard.get("control", run=run)["control"]
        return int(one["status"]["pid"]) if one["state"] == "running" else 0

    return int(eventually(found, within_secs=60, every_secs=0.2, what=f"{run} running"))
