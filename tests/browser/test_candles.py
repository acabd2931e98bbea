"""What the tab shows of finished runs, and how a person picks it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tests.browser import logs
from tests.browser.conftest import OpenTab
from tests.browser.logs import ACCURACY, GRAD_NORM, LOSS, POISONED, STEADY, TOO_HOT
from tests.browser.tab import Tab, until
from tests.support.server import Server


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(trainings.url)
    opened.wait_for_candles()
    return opened


def test_a_log_directory_opens_on_candles_of_a_loss(tab: Tab) -> None:
    assert tab.runs() == [POISONED, STEADY, TOO_HOT]
    assert tab.tags() == ["epoch", GRAD_NORM, ACCURACY, LOSS]
    assert tab.focused_run() == POISONED
    assert tab.chosen_tag() == LOSS
    assert tab.title() == f"{LOSS} {POISONED}"
    assert tab.polarity() == "lower_is_better"
    view = tab.view()
    assert view.start <= 0
    assert view.end >= logs.STEPS
    assert view.candles == logs.STEPS / view.width
    assert "better" in tab.get("legend").inner_text()
    for notice in ("sampled-badge", "problems", "loading-bar", "state-error", "chart-error"):
        assert tab.get(notice).count() == 0, notice


def test_red_and_green_candles_and_volume_are_painted(tab: Tab) -> None:
    for run in (STEADY, TOO_HOT):
        tab.check(run, False)
    worse, better, volume = (217, 45, 63), (11, 138, 108), (179, 188, 203)
    for colour in (worse, better, volume):
        tab.wait_for_paint(colour)


def test_hovering_shows_the_exact_high_of_a_spike_and_its_step(tab: Tab) -> None:
    tab.hover(logs.SPIKE_STEP)
    tab.wait_for_value("high", logs.SPIKE)
    width = int(tab.view().width)
    in_candle = logs.losses(POISONED)[logs.SPIKE_STEP // width * width :][:width]
    assert "high at step 1,234 41.7 " in tab.readout()
    assert tab.value("open") == in_candle[0]
    assert tab.value("low") == min(in_candle)
    assert tab.value("close") == in_candle[-1]
    assert tab.value("count") == width
    tab.leave_chart()
    tab.wait_for_value("close", logs.losses(POISONED)[-1])


def test_arrow_keys_move_the_crosshair_to_the_spike(tab: Tab) -> None:
    width = int(tab.view().width)
    tab.chart.focus()
    tab.page.keyboard.press("Home")
    until(lambda: f"steps 0–{width - 1}" in tab.readout(), "the first candle")
    assert tab.value("open") == logs.losses(POISONED)[0]
    for _ in range(logs.SPIKE_STEP // width):
        tab.page.keyboard.press("ArrowRight")
    tab.wait_for_value("high", logs.SPIKE)
    assert "high at step 1,234" in tab.readout()
    assert "high 41.7" in tab.frame.locator("[aria-live=polite]").first.inner_text()
    tab.page.keyboard.press("ArrowLeft")
    until(lambda: tab.value("high") != logs.SPIKE, "the candle before")
    tab.page.keyboard.press("End")
    tab.wait_for_value("close", logs.losses(POISONED)[-1])


def test_checked_runs_are_lines_over_the_candles_of_another(tab: Tab) -> None:
    others = [STEADY, TOO_HOT]
    colours = {run: tab.swatch(run) for run in others}
    for run in others:
        tab.check(run, False)
    until(lambda: [tab.painted(colours[run]) for run in others] == [0, 0], "lines that go")
    for run in others:
        tab.check(run, True)
        tab.wait_for_paint(colours[run])
    assert tab.checked_runs() == [POISONED, STEADY, TOO_HOT]
    tab.check(STEADY, False)
    until(lambda: tab.painted(colours[STEADY]) == 0, "the line that goes")
    assert tab.painted(colours[TOO_HOT]) > 200
    assert tab.focused_run() == POISONED


def test_another_tag_is_drawn_with_its_own_polarity(tab: Tab) -> None:
    tab.choose_tag(ACCURACY)
    until(lambda: tab.polarity() == "higher_is_better", "the other polarity")
    tab.hover(logs.SPIKE_STEP)
    until(lambda: 0 < tab.value("high") < 1, "an accuracy in the read-out")
    assert tab.title() == f"{ACCURACY} {POISONED}"


def test_filters_take_regular_expressions_and_plain_text(tab: Tab) -> None:
    runs, tags = tab.get("run-filter"), tab.get("tag-filter")
    runs.fill("hot|stea")
    until(lambda: tab.runs() == [STEADY, TOO_HOT], "two runs")
    runs.fill("no such run")
    until(lambda: tab.runs() == [], "no run")
    assert "Nothing matches" in tab.frame.locator(".runs").inner_text()
    runs.fill("[")  # no regular expression, and in no name
    until(lambda: tab.runs() == [], "no run")
    runs.fill("")
    until(lambda: len(tab.runs()) == 3, "all runs")
    tags.fill("^train/")
    until(lambda: tab.tags() == [ACCURACY, LOSS], "two tags")
    tags.fill("")
    until(lambda: len(tab.tags()) == 4, "all tags")
    assert tab.title() == f"{LOSS} {POISONED}"


def test_what_was_picked_survives_a_reload(tab: Tab) -> None:
    tab.focus(STEADY)
    tab.check(TOO_HOT, False)
    tab.choose_tag(ACCURACY)
    tab.pick_axis("seconds")
    tab.page.reload()
    tab.wait_for_candles()
    assert tab.focused_run() == STEADY
    assert tab.chosen_tag() == ACCURACY
    assert tab.checked_runs() == [POISONED, STEADY]
    assert tab.is_picked("axis", "axis-seconds")


def test_candles_are_by_epochs_or_by_time_since_the_run_began_as_one_likes(tab: Tab) -> None:
    tab.pick_axis("epochs")
    epochs = logs.STEPS // logs.STEPS_PER_EPOCH
    until(lambda: (tab.view().candles, tab.view().width) == (epochs, 1), "a candle for each epoch")
    assert tab.last_candle() == epochs - 1
    epoch = logs.SPIKE_STEP // logs.STEPS_PER_EPOCH
    tab.hover(epoch)
    tab.wait_for_value("high", logs.SPIKE)
    assert f"epoch {epoch} " in tab.readout()
    assert tab.value("count") == logs.STEPS_PER_EPOCH
    tab.pick_axis("seconds")
    until(lambda: tab.view().end >= logs.STEPS and tab.attributes()["aria-busy"] == "false", "seconds")
    tab.hover(logs.SPIKE_STEP)  # a point each second
    tab.wait_for_value("high", logs.SPIKE)
    assert "20m20s–20m" in tab.readout()
    tab.pick_axis("steps")
    until(lambda: "steps 2," in tab.readout() or "steps 1," in tab.readout(), "steps")


def test_a_run_without_epochs_says_so_and_goes_back_to_steps(tab: Tab) -> None:
    refused = r".*/data/plugin/candles/candles\?.*by=epochs.*"
    tab.trouble.allow(f"status 400: {refused}")
    tab.trouble.allow(rf"console: Failed to load resource: .* 400 .*\({refused}\)")
    tab.focus(STEADY)
    tab.pick_axis("epochs")
    error = tab.wait_for("chart-error")
    assert f"the epochs of run '{STEADY}' are not known" in error.inner_text()
    assert "Traceback" not in error.inner_text()
    tab.pick_axis("steps")
    error.wait_for(state="detached")
    assert tab.wait_for_candles().candles == logs.STEPS / tab.view().width


def test_non_finite_points_are_counted_at_their_candle(tab: Tab) -> None:
    tab.focus(TOO_HOT)
    tab.wait_for("nonfinite-key")
    width = int(tab.view().width)
    tab.hover(1500)
    here = [step for step in logs.NONFINITE if step < 1500 + width]
    tab.wait_for_value("nonfinite", len(here))
    finite = [x for step, x in enumerate(logs.losses(TOO_HOT)[: 1500 + width]) if step not in logs.NONFINITE]
    assert tab.value("count") == width - len(here)
    assert tab.value("high") == max(finite[1500:])
    tab.zoom_until(1502, width=1)
    tab.hover(1502)
    until(lambda: "step 1,502" in tab.readout(), "the candle of a single point")
    assert tab.value("nonfinite") == 1
    assert tab.value("count") == 0
    assert tab.get("readout-high").inner_text() == "–"
    assert tab.painted((180, 83, 9)) > 5, "crosses at the foot of the chart"


def test_log_scale_and_a_width_of_ones_own(tab: Tab) -> None:
    tab.pick("scale", "scale-log")
    tab.enter("width", "100")
    until(lambda: (tab.view().width, tab.view().candles) == (100, 30), "candles of 100 steps")
    tab.hover(logs.SPIKE_STEP)
    tab.wait_for_value("high", logs.SPIKE)
    assert tab.value("count") == 100
    tab.pick("axis", "width-auto")
    until(lambda: tab.view().candles > 100, "candles of the automatic width")


def test_runs_without_epochs_are_counted_and_drawn_once_it_is_said_how_long_epochs_are(tab: Tab) -> None:
    colours = [tab.swatch(run) for run in (STEADY, TOO_HOT)]
    tab.pick_axis("epochs")
    legend = tab.get("legend")
    until(lambda: "2 checked runs have no epochs and are not drawn" in legend.inner_text(), "the note")
    until(lambda: [tab.painted(colour) for colour in colours] == [0, 0], "lines that go")
    tab.enter("steps-per-epoch", "300")
    for colour in colours:
        tab.wait_for_paint(colour, least=50)
    assert "not drawn" not in legend.inner_text()
    tab.enter("steps-per-epoch", "")
    until(lambda: "2 checked runs" in legend.inner_text(), "the note")


def test_the_epochs_of_a_run_without_any_can_be_given_where_they_are_missed(tab: Tab) -> None:
    tab.focus(STEADY)
    tab.pick_axis("epochs")
    error = tab.wait_for("chart-error")
    assert tab.polarity() == "lower_is_better"
    assert "loss rose" in tab.get("legend").inner_text()
    steps = error.get_by_test_id("steps-per-epoch")
    steps.fill("no number")
    steps.press("Enter")
    assert error.is_visible()
    steps.fill("100")
    steps.press("Enter")
    error.wait_for(state="detached")
    assert tab.wait_for_candles().candles == logs.STEPS / 100
    tab.hover(7)
    until(lambda: "epoch 7 " in tab.readout() and tab.value("count") == 100, "a candle of 100 steps")
    tab.page.reload()
    assert tab.wait_for_candles().candles == logs.STEPS / 100
    tab.open_menu("axis")
    assert tab.get("steps-per-epoch").input_value() == "100"
    tab.close_menu()
    tab.enter("steps-per-epoch", "")
    tab.wait_for("chart-error")


def test_prices_fitted_to_bodies_leave_a_mark_where_a_wick_is_cut_off(tab: Tab) -> None:
    for run in (STEADY, TOO_HOT):
        tab.check(run, False)
    tab.get("show-alerts").click()  # their mark would stand where the arrow is
    worse = (217, 45, 63)
    tab.wait_for_paint(worse)
    flat = tab.painted(worse)
    assert tab.get("cut-key").count() == 0
    tab.pick("scale", "prices-bodies")
    until(lambda: tab.painted(worse) > 3 * flat, "bodies that fill the chart")
    tab.wait_for("cut-key")
    x, _ = tab.place(logs.SPIKE_STEP)
    box = tab.chart.bounding_box()
    assert box is not None
    at_the_edge = tab.picture().crop((int(x - box["x"]) - 8, 2, int(x - box["x"]) + 8, 8))
    red, green, _ = np.moveaxis(np.asarray(at_the_edge, dtype=int), 2, 0)
    assert ((red > 180) & (green < 120)).sum() > 12, "an arrow at the top"
    tab.pick("scale", "prices-wicks")
    until(lambda: tab.painted(worse) < 2 * flat, "the whole spike")
    assert tab.get("cut-key").count() == 0


def test_what_a_log_scale_cuts_off_is_said_below_the_plot(tab: Tab) -> None:
    before = tab.chart.bounding_box()
    tab.pick("scale", "scale-log")
    legend = tab.get("legend")
    until(lambda: "are cut off: they reach zero or below" in legend.inner_text(), "the note")
    assert tab.chart.bounding_box() == before
    assert "worse" in legend.inner_text()


def test_the_name_of_the_run_is_not_cut_where_there_is_room_for_it(tab: Tab) -> None:
    title = tab.widget("candles").locator(".title h1")
    assert title.evaluate("(h1) => h1.scrollWidth <= h1.clientWidth")


def test_candles_that_the_training_logged_itself_are_named(
    open_tab: OpenTab, tensorboard_server: Callable[..., Server], tmp_path: Path
) -> None:
    with Tracker(project="llm", logdir=tmp_path, run="first", detail="candles", candle_steps=100) as tracker:
        for step in range(2000):
            tracker.log({LOSS: 1 / (1 + step)}, step=step)
    tab = open_tab(tensorboard_server(tmp_path).url)
    tab.wait_for_candles()
    assert "logged as candles of up to 100 steps" in (tab.get("resolution").text_content() or "")
    assert tab.view().width == 100
    assert tab.value("high") == np.float32(1 / 1901)
    tab.zoom(1000, notches=5)
    assert tab.view().width == 100
