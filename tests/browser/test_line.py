"""The points themselves of several runs, as lines."""

from __future__ import annotations

import numpy as np
import pytest

from tensorboard_candles.ohlc import smoothed
from tests.browser import logs
from tests.browser.conftest import OpenTab
from tests.browser.lines import Lines, open_widgets
from tests.browser.logs import LOSS, POISONED, STEADY, TOO_HOT
from tests.browser.tab import until
from tests.support.server import Server


@pytest.fixture
def lines(trainings: Server, reopen_tab: OpenTab) -> Lines:
    return Lines(open_widgets(reopen_tab, trainings.url, ["line"]))


def test_all_checked_runs_are_drawn_in_their_colours(lines: Lines) -> None:
    tab = lines.tab
    assert lines.runs() == [POISONED, STEADY, TOO_HOT]
    for run in lines.runs():
        colour = tab.swatch(run)
        assert (np.abs(lines.plot()[..., :3].astype(int) - colour).max(axis=2) < 8).sum() > 300, run
    tab.check(STEADY, False)
    until(lambda: lines.runs() == [POISONED, TOO_HOT], "two runs")


def test_pointing_at_the_tip_of_a_spike_reads_its_exact_step_and_value(lines: Lines) -> None:
    lines.hover(logs.SPIKE_STEP, logs.SPIKE)
    until(lambda: lines.value(POISONED) == logs.SPIKE, "the spike")
    assert lines.value(POISONED, "step") == logs.SPIKE_STEP
    step = int(lines.value(STEADY, "step"))
    assert abs(step - logs.SPIKE_STEP) < 20
    assert lines.value(STEADY) == logs.losses(STEADY)[step]
    assert "nearest" in (lines.chip(POISONED).get_attribute("class") or "")
    lines.tab.leave_chart()
    until(lambda: lines.value(POISONED, "step") == logs.STEPS - 1, "the last point")


def test_arrow_keys_go_from_point_to_point_and_say_them(lines: Lines) -> None:
    lines.chart.press("Home")
    until(lambda: lines.value(POISONED, "step") == 0, "the first point")
    for step in (1, 2):
        lines.chart.press("ArrowRight")
        until(lambda step=step: lines.value(POISONED, "step") == step, f"step {step}")  # type: ignore[misc]
        assert lines.value(POISONED) == logs.losses(POISONED)[step]
    assert "step 2: value" in lines.chart.locator("[aria-live=polite]").inner_text()
    lines.chart.press("End")
    until(lambda: lines.value(POISONED, "step") == logs.STEPS - 1, "the last point")


def test_keys_and_the_wheel_zoom_and_fit_brings_back_all(lines: Lines) -> None:
    whole = lines.view()
    lines.press("+")
    start, end = lines.press("+")
    assert end - start == pytest.approx((whole[1] - whole[0]) / 1.5**2, rel=1e-3)
    lines.hover((start + end) / 2, lines.number("low"))
    lines.tab.page.mouse.wheel(0, -200)
    until(lambda: lines.view()[1] - lines.view()[0] < end - start, "a closer view")
    lines.get("fit").click()
    until(lambda: lines.view() == whole, "the whole series")


def test_smoothing_is_of_all_points_and_leaves_the_exact_value_in_sight(lines: Lines) -> None:
    lines.smooth(20)
    until(lambda: lines.value(POISONED, "smoothed") == lines.value(POISONED, "smoothed"), "a smoothed value")
    expected = smoothed(np.array(logs.losses(POISONED)), weight=0.9)
    assert lines.value(POISONED, "smoothed") == pytest.approx(expected[-1], rel=1e-12)
    assert lines.value(POISONED) == logs.losses(POISONED)[-1]
    assert "smoothed, weight 0.9" in lines.get("smoothed-key").inner_text()


def test_epochs_have_fractions_and_runs_without_them_are_not_drawn(lines: Lines) -> None:
    lines.pick("axis-epochs")
    until(lambda: lines.runs() == [POISONED], "the run that has epochs")
    until(lambda: 9.9 < lines.number("last") < 10, "the end of the tenth epoch")
    assert "2 checked runs have no epochs" in lines.widget.locator(".line-notes").inner_text()
    last = (logs.STEPS - 1) / logs.STEPS_PER_EPOCH
    assert lines.number("last") == pytest.approx(last, abs=0.01)


def test_time_is_since_the_run_began_or_that_of_the_clock(lines: Lines) -> None:
    lines.pick("axis-seconds")
    until(lambda: lines.number("last") == logs.STEPS - 1, "seconds")
    lines.pick("axis-wall_time")
    until(lambda: lines.number("last") > 1e9, "Unix time")


def test_a_log_scale_breaks_where_there_is_no_logarithm_and_symlog_does_not(lines: Lines) -> None:
    assert lines.number("low") < 0
    lines.pick("scale-log")
    until(lambda: 1.6 < lines.number("high") < 2.2, "powers of ten")
    cut = lines.get("below-zero")
    until(lambda: cut.count() == 1 and "zero or below" in cut.inner_text(), "the note of what is left out")
    lines.pick("scale-symlog")
    until(lambda: lines.number("low") < 0 and lines.number("high") > 4, "both sides of zero")
    until(lambda: cut.count() == 0, "nothing left out")


def test_the_crosshair_is_in_all_widgets_of_one_axis(trainings: Server, reopen_tab: OpenTab) -> None:
    tab = open_widgets(reopen_tab, trainings.url, ["line", "line"])
    above, below = Lines(tab, 0), Lines(tab, 1)
    above.hover(1000, 5)
    places = [widget.get("line-place") for widget in (above, below)]
    until(lambda: places[1].inner_text().startswith("step "), "a crosshair in the other")
    assert places[0].inner_text() == places[1].inner_text()
    below.pick("axis-seconds")
    above.hover(1500, 5)
    until(lambda: "1,5" in places[0].inner_text() or "1,4" in places[0].inner_text(), "the crosshair")
    until(lambda: places[1].inner_text() == "last in view", "none where another axis is")


def test_a_widget_shows_the_tag_of_its_own_or_the_one_that_is_picked(
    trainings: Server, reopen_tab: OpenTab
) -> None:
    tab = open_widgets(reopen_tab, trainings.url, ["line", "line"])
    first, second = Lines(tab, 0), Lines(tab, 1)
    first.get("tag-picker").click()
    tab.frame.locator(f'[data-testid="tag-option"][data-tag="{logs.GRAD_NORM}"]').click()
    until(lambda: first.number("high") < 10, "the norm of the gradient")
    assert second.number("high") > 40
    assert first.get("tag-picker").inner_text().strip() == logs.GRAD_NORM
    assert second.get("tag-picker").inner_text().strip() == LOSS


def test_names_of_runs_are_text(trainings: Server, reopen_tab: OpenTab) -> None:
    lines = Lines(open_widgets(reopen_tab, trainings.url, ["line"]))
    # Its folder is only heard where all names begin with it.
    assert "".join(lines.chip(TOO_HOT).locator("bdi").all_text_contents()) == TOO_HOT
