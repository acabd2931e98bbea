"""A million points, looked at from afar and from close by."""

from __future__ import annotations

import pytest

from tests.browser import logs
from tests.browser.conftest import OpenTab
from tests.browser.tab import Tab, until
from tests.support.server import Server

SPIKE_STEP, SPIKE = next(iter(logs.LONG_SPIKES.items()))


@pytest.fixture
def tab(long_run: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(long_run.url)
    opened.wait_for_candles()
    return opened


def test_every_spike_of_a_million_points_is_seen_from_afar(tab: Tab) -> None:
    view = tab.view()
    assert view.start <= 0
    assert view.end >= logs.LONG_STEPS
    assert 100 <= view.candles <= 1000
    for step, height in logs.LONG_SPIKES.items():
        tab.hover(step)
        tab.wait_for_value("high", height)
        assert f"high at step {step:,}" in tab.readout()


def test_zooming_in_brings_finer_candles_down_to_single_steps_and_fit_brings_back_all(tab: Tab) -> None:
    whole = tab.view()
    widths = tab.zoom_until(SPIKE_STEP, width=1)
    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) >= 8, widths
    tab.hover(SPIKE_STEP)
    until(lambda: f"step {SPIKE_STEP:,} " in tab.readout(), "the step of the spike")
    prices = [tab.value(name) for name in ("open", "high", "low", "close", "mean")]
    assert prices == [SPIKE] * 5
    assert tab.value("count") == 1
    tab.hover(SPIKE_STEP + 1)
    until(lambda: tab.value("high") < 5, "the step after the spike")
    tab.leave_chart()
    tab.fit()
    until(lambda: tab.view() == whole, "the whole series")


def test_zooming_keeps_the_place_under_the_pointer(tab: Tab) -> None:
    tab.zoom_until(SPIKE_STEP, width=200)
    tab.hover(SPIKE_STEP)
    x, _ = tab.place(SPIKE_STEP)
    before = tab.step_at(x)
    for _ in range(5):
        tab.turn_wheel(1)
    until(lambda: tab.wait_for_candles().width < 200, "finer candles")
    assert tab.step_at(x) == pytest.approx(before, abs=tab.view().width / 4), "about a pixel"


def test_panning_fetches_the_candles_that_come_into_sight(tab: Tab) -> None:
    tab.zoom_until(500_000, width=100)
    before = tab.view()
    with tab.page.expect_response(tab.is_candles):
        for _ in range(4):
            tab.drag(0.8)
    after = tab.wait_for_candles()
    assert after.start > before.start + 2.5 * before.span
    assert after.span == pytest.approx(before.span)
    middle = (after.start + after.end) / 2
    tab.hover(middle)
    tab.wait_for_value("count", after.width)
    start = int(middle // after.width * after.width)
    assert f"steps {start:,}–" in tab.readout()
    tab.drag(-0.5)
    until(lambda: tab.view().start < after.start, "the way back")


def test_keys_zoom_and_fit(tab: Tab) -> None:
    whole = tab.view()
    tab.chart.focus()
    for _ in range(6):
        tab.press("+")
    until(lambda: tab.view().width < whole.width, "finer candles")
    tab.page.keyboard.press("f")
    until(lambda: tab.view() == whole, "the whole series")


def test_a_width_that_is_too_fine_for_the_view_is_refused_in_words(tab: Tab) -> None:
    tab.enter("width", "1")
    note = tab.get("legend").locator(".notes")
    until(lambda: "would be more than" in note.inner_text(), "the note")
    assert tab.view().candles >= 100
