"""Styles of candles, price scales, and several runs in one chart."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.browser import logs
from tests.browser.conftest import OpenTab
from tests.browser.logs import ACCURACY, LOSS, POISONED, STEADY, TOO_HOT
from tests.browser.tab import Tab, until
from tests.support.server import Server

WORSE, BETTER = (217, 45, 63), (11, 138, 108)


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(trainings.url)
    opened.wait_for_candles()
    return opened


def only(tab: Tab, *runs: str) -> None:
    for run in tab.runs():
        tab.check(run, run in runs)


def test_every_style_draws_the_same_exact_candles(tab: Tab) -> None:
    only(tab, POISONED)
    for style in ("heikin-ashi", "bars", "candles"):
        tab.pick("style", f"style-{style}")
        tab.wait_for_candles()
        tab.wait_for_paint(WORSE, least=100)
        tab.wait_for_paint(BETTER, least=100)
        tab.hover(logs.SPIKE_STEP)
        tab.wait_for_value("high", logs.SPIKE)
        tab.leave_chart()
    tab.pick("style", "style-line")
    tab.wait_for_paint(tab.swatch(POISONED))
    until(lambda: tab.painted(WORSE) == 0, "no candle")
    assert "low to high" in tab.get("legend").inner_text()


def test_the_envelope_shows_spikes_of_runs_that_are_only_lines(tab: Tab) -> None:
    tab.focus(STEADY)
    colour = tab.swatch(POISONED)
    x, _ = tab.place(logs.SPIKE_STEP)
    box = tab.chart.bounding_box()
    assert box is not None
    column = np.asarray(tab.picture(), dtype=int)[30:200, int(x - box["x"]) - 3 : int(x - box["x"]) + 4]
    # A faint tint of its own colour, high above every close.
    tint = np.abs(column - np.array(colour)).sum(axis=2) < np.abs(255 - np.array(colour)).sum()
    assert tint.any(axis=1).sum() > 100


def test_side_by_side_runs_have_candles_in_their_own_colours(tab: Tab) -> None:
    tab.pick("mode", "mode-side")
    tab.wait_for_candles()
    for run in (POISONED, STEADY, TOO_HOT):
        tab.wait_for_paint(tab.swatch(run), least=100)
    until(lambda: tab.painted(WORSE) == 0, "no candle in red")
    assert tab.get("run-key").count() == 3


def test_each_run_may_have_a_small_chart_of_its_own(tab: Tab) -> None:
    tab.pick("mode", "mode-each")
    names = tab.get("pane-name")
    until(lambda: names.all_inner_texts() == [POISONED, STEADY, TOO_HOT], "three panes")
    tab.wait_for_candles()
    box = tab.chart.bounding_box()
    assert box is not None
    x, _ = tab.place(logs.SPIKE_STEP)
    step = int(logs.SPIKE_STEP // tab.view().width * tab.view().width)
    for run, share in ((POISONED, 0.15), (STEADY, 0.5), (TOO_HOT, 0.8)):
        tab.page.mouse.move(x, box["y"] + share * box["height"])
        tab.wait_for_value("open", logs.losses(run)[step])
    tab.pick("mode", "mode-focus")
    until(lambda: tab.get("pane-name").count() == 0, "one pane")
    tab.wait_for("volume-title")


def test_symlog_shows_what_lies_below_zero(tab: Tab) -> None:
    tab.pick("scale", "scale-log")
    legend = tab.get("legend")
    until(lambda: "cut off" in legend.inner_text(), "the note")
    tab.pick("scale", "scale-symlog")
    until(lambda: "cut off" not in legend.inner_text(), "nothing cut off")
    tab.hover(logs.SPIKE_STEP)
    tab.wait_for_value("high", logs.SPIKE)


def test_the_axis_may_say_what_time_it_was(tab: Tab) -> None:
    tab.pick_axis("clock")
    tab.wait_for_candles()
    tab.hover(600)
    until(lambda: "Nov" in tab.readout() and "22:" in tab.readout(), "a time of day")
    tab.pick_axis("seconds")
    until(lambda: "Nov" not in tab.readout(), "the time since the start")


def test_the_pill_turns_round_what_is_better_and_that_is_kept(tab: Tab) -> None:
    only(tab, POISONED)
    tab.choose_tag(ACCURACY)
    until(lambda: tab.painted(BETTER) > 500 and tab.painted(WORSE) < 50, "an accuracy that rises")
    tab.get("polarity").click()
    until(lambda: tab.painted(WORSE) > 500 and tab.painted(BETTER) < 50, "a rise that is worse")
    assert tab.polarity() == "lower_is_better"
    assert re.search(r"accuracy rose .*\(worse\)", tab.get("legend").inner_text())
    tab.page.reload()
    tab.wait_for_candles()
    assert tab.polarity() == "lower_is_better"
    tab.get("polarity").click()
    until(lambda: tab.painted(BETTER) > 500, "as before")
    tab.choose_tag(LOSS)
    assert tab.polarity() == "lower_is_better"


def test_an_epoch_is_neither_better_nor_worse(tab: Tab) -> None:
    only(tab, POISONED)
    tab.choose_tag("epoch")
    assert tab.get("polarity").count() == 0
    assert "worse" not in tab.get("legend").inner_text()
    until(lambda: tab.painted(BETTER) + tab.painted(WORSE) == 0, "no red and green")
