"""Callbacks of `Tracker.on_alert`, with a real Tracker."""

from __future__ import annotations

import logging
import math
import multiprocessing
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import WriterError
from tensorboard_candles.events import log_roots
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts import DEFAULTS, Alert, Detector, Event, NonFinite, Polarity, Spike
from tensorboard_candles.indicators.alerts.detector import Watch, Watches
from tensorboard_candles.indicators.alerts.series import alerts_in
from tensorboard_candles.store import LocalSource
from tests.writer.reading import points

SECS = 30.0


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    tracker = Tracker("p", logdir=tmp_path, run="r")
    yield tracker
    tracker.close()


def calm(tracker: Tracker, count: int = 100, tag: str = "loss", level: float = 1.0) -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, count)
    for value in (level * (1 + noise)).tolist():
        tracker.log({tag: value})


def test_spike_calls_within_a_flush(tracker: Tracker) -> None:
    told: list[Alert] = []
    called = threading.Event()

    @tracker.on_alert("spike")
    def tell(alert: Alert) -> None:
        told.append(alert)
        called.set()

    calm(tracker)
    tracker.log(loss=9.0)
    calm(tracker, 5)
    assert called.wait(SECS)
    (alert,) = told
    assert (alert.run, alert.tag, alert.kind, alert.severity) == ("r", "loss", "spike", "warning")
    assert (alert.first_step, alert.last_step, alert.value) == (100, 100, 9.0)
    assert alert.message.startswith("loss rose to 9 at step 100, from about")
    assert alert.detector == "spike(window=200, z=8, warmup=30)"


def test_what_is_logged_before_close_is_told_before_it_returns(tracker: Tracker) -> None:
    told: list[Alert] = []
    tracker.on_alert(told.append, "non-finite", "gradient-explosion")
    calm(tracker, tag="grad_norm")
    tracker.log(grad_norm=500.0, lr=math.nan)
    tracker.close()
    assert [(alert.kind, alert.tag, alert.first_step) for alert in told] == [
        ("gradient-explosion", "grad_norm", 100), ("non-finite", "lr", 100),
    ]  # fmt: skip


def test_one_call_for_each_event(tracker: Tracker) -> None:
    told: list[Alert] = []
    tracker.on_alert(told.append, NonFinite(calm=20))
    for step in range(200):
        tracker.log(loss=math.nan if 50 <= step < 60 or 150 <= step < 152 else 1.0)
        if step % 7 == 0:
            tracker.flush()
    tracker.close()
    assert [alert.first_step for alert in told] == [50, 150]


def test_all_kinds_where_none_is_named(tracker: Tracker) -> None:
    told: list[Alert] = []
    tracker.on_alert(told.append)
    calm(tracker)
    tracker.log(loss=math.inf)
    tracker.log(loss=50.0)
    calm(tracker, 10)
    tracker.close()
    assert sorted(alert.kind for alert in told) == ["non-finite", "spike"]


def test_only_tags_that_are_asked_for_and_settings_of_ones_own(tracker: Tracker) -> None:
    told: list[Alert] = []
    tracker.on_alert(told.append, Spike(z=3.0), tags=["lr"])
    for number in range(120):
        tracker.log(lr=2.0 if number == 100 else 1.0 + number % 2 / 10, loss=9.0 if number == 90 else 1.0)
    tracker.close()
    assert [(alert.tag, alert.first_step, alert.detector) for alert in told] == [
        ("lr", 100, "spike(window=200, z=3, warmup=30)")
    ]


def overfit(tracker: Tracker) -> None:
    """60 epochs of 20 steps, of which the first 30 are of use on validation data."""
    rng = np.random.default_rng(0)
    for epoch in range(60):
        for level in (2 - 0.03 * epoch + rng.normal(0, 0.02, 20)).tolist():
            tracker.log({"train/loss": level})
        tracker.log({"val/loss": 1.4 + 0.02 * abs(30 - epoch) + rng.normal(0, 0.005)})


def test_overfitting_is_told_of_validation_beside_training(tracker: Tracker) -> None:
    told: list[Alert] = []
    tracker.on_alert(told.append, "overfitting-gap", tags=["val/loss"])
    overfit(tracker)
    tracker.close()
    (alert,) = told
    assert (alert.run, alert.tag, alert.kind) == ("r", "val/loss", "overfitting-gap")


def test_a_training_is_told_of_overfitting_as_its_dashboard_tells_it_later(
    tracker: Tracker, tmp_path: Path
) -> None:
    told: list[Alert] = []
    tracker.on_alert(told.append)
    overfit(tracker)
    tracker.close()
    source = LocalSource(log_roots(str(tmp_path), ""), poll_secs=None)
    source.refresh()
    (view,) = source.runs()
    later = {(alert.tag, alert.kind, alert.first_step) for alert in alerts_in(view, DEFAULTS)}
    assert {(alert.tag, alert.kind, alert.first_step) for alert in told} == later
    assert ("val/loss", "overfitting-gap") in {(alert.tag, alert.kind) for alert in told}


def test_described_polarity_turns_a_spike_around(tracker: Tracker) -> None:
    told: list[Alert] = []
    tracker.describe("fitness", polarity="higher_is_better")
    tracker.on_alert(told.append, "spike")
    for number in range(130):
        tracker.log(fitness={100: 0.0, 115: 9.0}.get(number, 1.0 + number % 3 / 20))
    tracker.close()
    assert [alert.first_step for alert in told] == [100]


def test_callback_that_raises_is_said_once_and_is_called_again(
    tracker: Tracker, caplog: pytest.LogCaptureFixture
) -> None:
    calls = []

    def tell(alert: Alert) -> None:
        calls.append(alert.first_step)
        raise ZeroDivisionError("of mine")

    tracker.on_alert(tell, NonFinite(calm=20))
    with caplog.at_level(logging.ERROR):
        for step in range(100):
            tracker.log(loss=math.nan if step in (10, 60) else 1.0)
        tracker.close()
    assert calls == [10, 60]
    (record,) = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)
    assert len(points(tracker.run_dir)) == 100


def test_slow_callback_holds_up_neither_log_nor_flush(tracker: Tracker) -> None:
    is_called, may_go_on = threading.Event(), threading.Event()

    def tell(alert: Alert) -> None:
        is_called.set()
        may_go_on.wait(SECS)

    tracker.on_alert(tell, "non-finite")
    tracker.log(loss=math.nan)
    assert is_called.wait(SECS)
    tracker.log(loss=1.0)
    tracker.flush()
    assert len(points(tracker.run_dir)) == 2
    may_go_on.set()


def test_callback_may_log_and_close(tracker: Tracker) -> None:
    is_done = threading.Event()

    def tell(alert: Alert) -> None:
        tracker.log(seen=1.0)
        tracker.close()
        is_done.set()

    tracker.on_alert(tell, "non-finite")
    tracker.log(loss=math.nan)
    assert is_done.wait(SECS)
    assert [tag for tag, _, _ in points(tracker.run_dir)] == ["loss", "seen"]


def test_callback_may_log_while_the_tracker_closes(tracker: Tracker) -> None:
    tracker.on_alert(lambda alert: tracker.log(seen=alert.first_step, step=7), "non-finite")
    tracker.log(loss=math.nan)
    tracker.close()
    assert points(tracker.run_dir)[1:] == [("seen", 7, 0.0)]


def test_close_does_not_wait_for_ever(
    tracker: Tracker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorboard_candles.writer import alerting

    may_go_on = threading.Event()
    monkeypatch.setattr(alerting, "CLOSE_WITHIN_SECS", 0.1)
    tracker.on_alert(lambda alert: may_go_on.wait(SECS), "non-finite")
    tracker.log(loss=math.nan)
    tracker.close()
    assert "has not returned" in caplog.text
    may_go_on.set()


def test_points_that_wait_for_a_callback_are_bounded_and_said(
    tracker: Tracker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorboard_candles.writer import alerting

    monkeypatch.setattr(alerting, "KEEP_POINTS", 10)
    is_called, may_go_on = threading.Event(), threading.Event()

    def tell(alert: Alert) -> None:
        is_called.set()
        may_go_on.wait(SECS)

    tracker.on_alert(tell, "non-finite")
    tracker.log(loss=math.nan)
    assert is_called.wait(SECS)
    for _ in range(3):
        calm(tracker, 20)
        tracker.flush()
    may_go_on.set()
    tracker.close()
    assert "not looked at" in caplog.text
    assert len(points(tracker.run_dir)) == 61


def _log_in_child(tracker: Tracker, told: Any) -> None:
    for value in (1.0, math.nan):
        tracker.log(loss=value)
    tracker.close()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_child_is_told_of_what_it_logs(tracker: Tracker) -> None:
    fork = multiprocessing.get_context("fork")
    told = fork.Queue()
    tracker.on_alert(lambda alert: told.put((alert.kind, alert.first_step)), "non-finite")
    tracker.log(loss=1.0)
    tracker.flush()
    child = fork.Process(target=_log_in_child, args=(tracker, told))
    child.start()
    child.join(SECS)
    assert child.exitcode == 0
    assert told.get(timeout=SECS) == ("non-finite", 2)


def test_rank_that_writes_nothing_may_ask_for_alerts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    tracker = Tracker("p", logdir=tmp_path, run="r", rank_zero_only=True)
    tracker.on_alert(print)
    tracker.log(loss=math.nan)
    tracker.close()


@pytest.mark.parametrize("what", [("spikes",), (print, 3)])
def test_what_is_no_kind_is_refused(tracker: Tracker, what: tuple[Any, ...]) -> None:
    with pytest.raises(WriterError, match=r"there is no detector 'spikes'; there are spike|got 3"):
        tracker.on_alert(*what)


def test_one_tag_as_a_string_is_refused(tracker: Tracker) -> None:
    with pytest.raises(WriterError, match="collection of tags"):
        tracker.on_alert(print, tags="loss")


@dataclass(frozen=True)
class _Broken(Detector):
    name: ClassVar[str] = "broken"
    watches: ClassVar[Watches] = "all"

    def start(self, polarity: Polarity) -> Watch:
        class Broken:
            def step(self, steps: Int64Array, values: Float64Array) -> list[Event]:
                raise ZeroDivisionError

        return Broken()


def test_detector_that_fails_is_said_once_and_the_others_go_on(
    tracker: Tracker, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[Alert] = []
    tracker.on_alert(print, _Broken())
    tracker.on_alert(told.append, "non-finite")
    calm(tracker)
    tracker.flush()
    tracker.log(loss=math.nan)
    tracker.close()
    assert [alert.kind for alert in told] == ["non-finite"]
    assert [record.getMessage() for record in caplog.records] == [
        "a detector failed on 'loss', which is not watched any more; alerts of others go on"
    ]
