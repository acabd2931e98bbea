"""Alerts of runs that are asked about again and again, and of which few change."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tensorboard_candles.events import Points
from tensorboard_candles.indicators.alerts import DEFAULTS, NonFinite, Spike
from tensorboard_candles.indicators.alerts.lookout import Lookout, Reply
from tensorboard_candles.indicators.alerts.runs import AskedRun, Inquiry, RunAlerts, RunLookout
from tensorboard_candles.indicators.alerts.series import Question, in_order
from tensorboard_candles.store import RunView, Series

LONG_SECS = 60.0
EVERY = Inquiry(DEFAULTS)


class CountingLookout(Lookout):
    """Notes which runs it was asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[set[str]] = []

    def ask(self, questions: Sequence[Question], *, within_secs: float) -> list[Reply]:
        self.asked.append({question.series.run for question in questions})
        return super().ask(questions, within_secs=within_secs)


def values_of(count: int) -> npt.NDArray[np.float64]:
    values = 1 + np.random.default_rng(0).normal(0, 0.05, count)
    values[150::400] = 9.0
    values[300::700] = np.nan
    return values


def run_of(name: str, count: int, *, like: RunView | None = None) -> RunView:
    """With so many points; `like`: that run, grown."""
    steps, nothing = np.arange(count), Points(np.arange(0), np.empty(0), np.empty(0))
    series = Series.of(name, "loss", Points(steps, steps.astype(np.float64), values_of(count)))
    if like:
        series = replace(series, lineage=like.series["loss"].lineage)
    return RunView.of(name, f"{id(series.lineage)}.{count}", {"loss": series}, nothing)


def ask(lookout: RunLookout, *views: RunView, inquiry: Inquiry = EVERY) -> list[RunAlerts]:
    return lookout.ask(inquiry, [AskedRun(view, None) for view in views], within_secs=LONG_SECS)


def said(found: list[RunAlerts]) -> str:
    """Where NaN is the same as NaN."""
    return repr([replace(run, alerts=tuple(in_order(run.alerts))) for run in found])


def test_runs_that_grow_one_at_a_time_give_what_all_give_when_asked_for_once() -> None:
    kept, views = RunLookout(Lookout()), [run_of("a", 500), run_of("b", 800), run_of("c", 0)]
    for at, count in ((0, 600), (2, 400), (2, 401), (1, 2000), (0, 2000)):
        views[at] = run_of(views[at].name, count, like=views[at])
        found = ask(kept, *views)
        once = ask(RunLookout(Lookout()), *views)
        assert said(found) == said(once)
        assert len(found[0].alerts) > 0


def test_only_runs_in_which_something_has_changed_are_looked_at() -> None:
    counting = CountingLookout()
    lookout, a, b = RunLookout(counting), run_of("a", 500), run_of("b", 500)
    first = ask(lookout, a, b)
    assert ask(lookout, a, b) == first
    ask(lookout, run_of("a", 501, like=a), b)
    assert counting.asked == [{"a", "b"}, set(), {"a"}]


def test_a_run_that_was_not_looked_at_to_its_end_is_looked_at_again() -> None:
    counting = CountingLookout()
    lookout, run = RunLookout(counting), AskedRun(run_of("a", 300_000), None)
    (found,) = lookout.ask(EVERY, [run], within_secs=0)
    assert found.unfinished == 1
    (found,) = lookout.ask(EVERY, [run], within_secs=LONG_SECS)
    assert (found.unfinished, found.points_done) == (0, found.points_total)
    assert counting.asked == [{"a"}, {"a"}]


def test_each_inquiry_has_its_own_answer() -> None:
    lookout, run = RunLookout(Lookout()), run_of("a", 1000)
    kinds = [
        {alert.kind for alert in ask(lookout, run, inquiry=inquiry)[0].alerts}
        for inquiry in (Inquiry((Spike(),)), Inquiry((NonFinite(),)), Inquiry(DEFAULTS, frozenset({"lr"})))
    ]
    assert kinds == [{"spike"}, {"non-finite"}, set()]
    turned = Inquiry((Spike(),), None, frozenset({("loss", "higher_is_better")}))
    assert ask(lookout, run, inquiry=turned) != ask(lookout, run, inquiry=Inquiry((Spike(),)))


def test_another_training_beside_a_run_is_another_question() -> None:
    counting = CountingLookout()
    lookout, run = RunLookout(counting), run_of("fit/validation", 500)
    training = run_of("fit/train", 500)
    for beside in (None, training, training, run_of("fit/train", 600, like=training)):
        lookout.ask(EVERY, [AskedRun(run, beside)], within_secs=LONG_SECS)
    assert [len(asked) for asked in counting.asked] == [1, 1, 0, 1]


def test_another_run_of_the_same_name_is_looked_at_anew() -> None:
    lookout = RunLookout(Lookout())
    (before,) = ask(lookout, run_of("a", 500))
    gc.collect()
    (after,) = ask(lookout, run_of("a", 100))
    assert before.points_total > after.points_total
    assert said([after]) == said(ask(RunLookout(Lookout()), run_of("a", 100)))


def test_a_run_without_series_has_no_alerts() -> None:
    nothing = Points(np.arange(0), np.empty(0), np.empty(0))
    (found,) = ask(RunLookout(Lookout()), RunView.of("empty", "1", {}, nothing))
    assert found == RunAlerts((), 0, 0, 0, 0, 0, 0)
