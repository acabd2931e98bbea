"""Alerts of stored series, as they grow, and of many at once."""

from __future__ import annotations

import gc
import logging
import threading
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pytest

from tensorboard_candles.events import Points
from tensorboard_candles.events.candle import CANDLE
from tensorboard_candles.indicators.alerts import (
    DEFAULTS,
    Alert,
    NonFinite,
    OverfittingGap,
    Polarity,
    Spike,
    alerts_of,
)
from tensorboard_candles.indicators.alerts import lookout as lookout_module
from tensorboard_candles.indicators.alerts import series as series_module
from tensorboard_candles.indicators.alerts.detector import Detector, Event, Severity, Watch, Watches
from tensorboard_candles.indicators.alerts.lookout import Lookout, Reply
from tensorboard_candles.indicators.alerts.series import (
    Question,
    SeriesAlerts,
    alerts_in,
    in_order,
    training_beside,
)
from tensorboard_candles.store import RunView, Series
from tests.support.server import eventually

Floats = npt.NDArray[np.float64]
LONG_SECS = 60.0


def loss_values(count: int, seed: int = 0) -> Floats:
    values = 1 + np.random.default_rng(seed).normal(0, 0.05, count)
    values[150::400] = 9.0
    values[300::700] = np.nan
    return values


def series_of(values: Floats, *, run: str = "run", tag: str = "loss", like: Series | None = None) -> Series:
    steps = np.arange(len(values))
    found = Series.of(run, tag, Points(steps, steps.astype(np.float64), values))
    return replace(found, lineage=like.lineage) if like else found


def view_of(*every: Series) -> RunView:
    return RunView.of(
        every[0].run, "1", {one.tag: one for one in every}, Points(np.arange(0), np.empty(0), np.empty(0))
    )


def in_full(values: Floats, detectors: tuple[Detector, ...] = DEFAULTS) -> str:
    found = alerts_of("loss", np.arange(len(values)), values, detectors)
    return repr(in_order(replace(alert, run="run") for alert in found))


def told(replies: list[Reply]) -> str:
    return repr(in_order(alert for reply in replies for alert in reply.looked.alerts))


def test_alerts_of_a_stored_series_are_those_of_its_points() -> None:
    values = loss_values(150_000)
    found = in_order(alerts_in(view_of(series_of(values)), DEFAULTS))
    assert len(found) > 450
    assert repr(found) == in_full(values)


def test_series_that_grows_gives_what_it_gives_as_a_whole() -> None:
    values, lookout = loss_values(5000), Lookout()
    series = series_of(values[:0])
    for count in (700, 701, 701, 3000, 5000):
        series = series_of(values[:count], like=series)
        replies = lookout.ask([Question(series, one) for one in DEFAULTS[:4]], within_secs=LONG_SECS)
        assert all(reply.is_whole for reply in replies)
        assert told(replies) == in_full(values[:count], DEFAULTS[:4])


def test_points_that_were_seen_are_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    points_of = series_module._points

    def counted(series: Series, rows: slice) -> tuple[npt.NDArray[np.int64], Floats]:
        found = points_of(series, rows)
        looked_at.append(len(found[0]))
        return found

    monkeypatch.setattr(series_module, "_points", counted)
    lookout, values = Lookout(), loss_values(1000)
    first = series_of(values[:900])
    for series in (first, first, series_of(values, like=first)):
        lookout.ask([Question(series, NonFinite())], within_secs=LONG_SECS)
    assert looked_at == [900, 100]


@dataclass(frozen=True)
class Held(Detector):
    """Says nothing until it is let go."""

    gate: ClassVar[threading.Event] = threading.Event()
    name: ClassVar[str] = "held"
    kind: ClassVar[str] = "held"
    severity: ClassVar[Severity] = "info"
    watches: ClassVar[Watches] = "all"

    def start(self, polarity: Polarity) -> Watch:
        return self

    def step(self, steps: npt.NDArray[np.int64], values: Floats) -> list[Event]:
        self.gate.wait()
        return [Event(int(steps[0]), int(steps[0]), 0.0, "held")]


@dataclass(frozen=True)
class Broken(Held):
    def step(self, steps: npt.NDArray[np.int64], values: Floats) -> list[Event]:
        raise OverflowError("too large")


def test_a_question_is_answered_with_what_is_known_and_the_rest_comes_later() -> None:
    lookout, values = Lookout(), loss_values(1000)
    known, unknown = Question(series_of(values), NonFinite()), Question(series_of(values), Held())
    lookout.ask([known], within_secs=LONG_SECS)
    Held.gate.clear()
    try:
        first, second = lookout.ask([known, unknown], within_secs=0)
        assert first.is_whole
        assert first.looked.alerts
        assert not second.is_whole
        assert second.looked.points == 0
    finally:
        Held.gate.set()
    (reply,) = lookout.ask([unknown], within_secs=LONG_SECS)
    assert [alert.kind for alert in reply.looked.alerts] == ["held"]


def test_detector_that_fails_is_told_and_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    lookout, series = Lookout(), series_of(loss_values(1000))
    with caplog.at_level(logging.CRITICAL, logger=lookout_module.__name__):
        broken, fine = lookout.ask(
            [Question(series, Broken()), Question(series, Spike())], within_secs=LONG_SECS
        )
    assert broken.has_failed
    assert broken.is_whole
    assert broken.looked.alerts == ()
    assert fine.looked.alerts


def test_what_is_kept_goes_with_its_series() -> None:
    lookout = Lookout()
    series = series_of(loss_values(100))
    lookout.ask([Question(series, NonFinite())], within_secs=LONG_SECS)
    assert len(lookout._kept) == 1
    del series
    eventually(lambda: gc.collect() is not None and not lookout._kept, what="that it is forgotten")


def test_settings_asked_for_longest_ago_are_forgotten_and_defaults_never() -> None:
    lookout, series = Lookout(), series_of(loss_values(500))
    settings = [Spike(z=10 + number) for number in range(lookout_module.MOST_DETECTORS + 5)]
    for detector in (Spike(), *settings):
        lookout.ask([Question(series, detector)], within_secs=LONG_SECS)
    kept = {detector for detector, *_ in lookout._kept[series.lineage]}
    assert kept == {Spike(), *settings[5:]}


def test_alerts_beyond_what_is_kept_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_module, "MOST_KEPT", 3)
    values = np.ones(1000)
    values[::100] = np.nan
    question = Question(series_of(values), NonFinite(calm=20))
    found = SeriesAlerts(question)
    found.extend(question)
    assert [alert.first_step for alert in found.looked.alerts] == [0, 100, 200]
    assert found.looked.count == 10


def made_series() -> Series:
    """100 candles of ten steps; the 80th holds a spike and an infinity."""
    rows = np.zeros(100, CANDLE)
    first = np.arange(100) * 10
    rows["kind"], rows["last_step"], rows["count"] = 1, first + 9, 10
    rows["high_step"], rows["low_step"], rows["end_time"] = first + 3, first + 6, first + 9.0
    rows["open"], rows["high"], rows["low"], rows["close"] = 1.0, 1.05, 0.95, 1.0
    rows["mean"] = 1.0
    rows[80]["high"], rows[80]["count"], rows[80]["nonfinite"] = 40.0, 9, 1
    return Series.of("run", "loss", Points(first, first.astype(np.float64), rows))


def test_spike_and_infinity_within_a_candle_of_the_writer_are_found() -> None:
    found: list[Alert] = in_order(alerts_in(view_of(made_series()), (Spike(), NonFinite())))
    assert [(alert.kind, alert.first_step) for alert in found] == [("non-finite", 800), ("spike", 803)]
    assert found[1].value == 40.0


def test_nothing_is_looked_at_while_somebody_asked_for_quiet() -> None:
    lookout = Lookout(most_pause_secs=LONG_SECS)
    question = Question(series_of(loss_values(1000)), NonFinite())
    with lookout.paused(), lookout.paused():
        (reply,) = lookout.ask([question], within_secs=0.2)
        assert reply.looked.points == 0
    (reply,) = lookout.ask([question], within_secs=LONG_SECS)
    assert reply.is_whole


def test_alerts_are_found_though_somebody_asks_for_quiet_all_the_time() -> None:
    lookout = Lookout(most_pause_secs=0.01)
    question = Question(series_of(loss_values(3 * series_module.POINTS_AT_A_TIME)), NonFinite())
    with lookout.paused():
        (reply,) = lookout.ask([question], within_secs=LONG_SECS)
    assert reply.is_whole


def overfit(count: int = 60, every: int = 50) -> tuple[Series, Series]:
    """Validation that turns halfway, and a training that goes on falling."""
    rng = np.random.default_rng(3)
    steps = np.arange(count * every)
    training = np.linspace(2, 0.2, len(steps)) + rng.normal(0, 0.1, len(steps))
    at = steps[every - 1 :: every]
    half = np.linspace(2, 1.2, count // 2)
    validation = np.r_[half, half[::-1]] + rng.normal(0, 0.01, count)
    return (
        Series.of("run", "val/loss", Points(at, at.astype(np.float64), validation)),
        Series.of("run", "train/loss", Points(steps, steps.astype(np.float64), training)),
    )


def until(series: Series, step: int) -> Series:
    count = int(np.searchsorted(series.step[:], step, side="right"))
    return replace(series.rows(slice(0, count)), lineage=series.lineage)


def test_overfitting_is_found_in_a_pair_of_tags() -> None:
    (alert,) = alerts_in(view_of(*overfit()), (OverfittingGap(), NonFinite()))
    assert (alert.run, alert.tag, alert.kind) == ("run", "val/loss", "overfitting-gap")
    assert 1300 <= alert.first_step <= 1600
    assert [
        one.kind for one in alerts_in(view_of(*overfit()), (OverfittingGap(),), tags=["train/loss"])
    ] == []
    assert not list(alerts_in(view_of(*overfit()[:1]), (OverfittingGap(),)))


def in_runs_beside_each_other() -> tuple[RunView, RunView]:
    """As Keras writes them: one tag, in a directory for each."""
    validation, training = overfit()
    return (
        view_of(replace(validation, run="fit/validation", tag="epoch_loss")),
        view_of(replace(training, run="fit/train", tag="epoch_loss")),
    )


def test_overfitting_is_found_in_a_pair_of_runs() -> None:
    validation, training = in_runs_beside_each_other()
    views = {view.name: view for view in (validation, training)}
    assert training_beside(validation, views.get) is training
    assert training_beside(training, views.get) is None
    (alert,) = alerts_in(validation, (OverfittingGap(),), training=training)
    assert (alert.run, alert.tag, alert.kind) == ("fit/validation", "epoch_loss", "overfitting-gap")
    assert not list(alerts_in(training, (OverfittingGap(),)))


def test_runs_of_a_pair_that_are_read_at_different_times_give_what_they_give_at_once() -> None:
    validation, training = (one.series["epoch_loss"] for one in in_runs_beside_each_other())
    whole, grown = SeriesAlerts(Question(validation, OverfittingGap(), None, training)), Lookout()
    whole.extend(Question(validation, OverfittingGap(), None, training))
    for step in (-1, 1000, 1020, 1048, 1049, 2000, 2999):
        question = Question(validation, OverfittingGap(), None, until(training, step))
        (reply,) = grown.ask([question], within_secs=LONG_SECS)
        assert reply.looked.points == (step + 1) // 50
    assert reply.looked == whole.looked


def test_pair_that_grows_gives_what_it_gives_as_a_whole() -> None:
    validation, training = overfit()
    (whole,) = alerts_in(view_of(validation, training), (OverfittingGap(),))
    lookout = Lookout()
    for step in (0, 49, 900, 901, 1499, 1500, 2500, 2999):
        question = Question(until(validation, step), OverfittingGap(), None, until(training, step))
        (reply,) = lookout.ask([question], within_secs=LONG_SECS)
        assert reply.is_whole
    assert reply.looked.alerts == (whole,)


def test_validation_waits_for_the_training_it_is_compared_with() -> None:
    validation, training = overfit()
    (whole,) = alerts_in(view_of(validation, training), (OverfittingGap(),))
    lookout = Lookout()
    for step in (-1, 1000, 2000, 2999):
        question = Question(validation, OverfittingGap(), None, until(training, step))
        (reply,) = lookout.ask([question], within_secs=LONG_SECS)
        assert reply.is_whole
        assert reply.looked.points == question.points == (step + 1) // 50 + (0 < step < 2999)
    assert reply.looked.alerts == (whole,)
