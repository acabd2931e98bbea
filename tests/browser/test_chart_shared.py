"""What the candle chart shares with the other widgets: places to go to, and the crosshair."""

from __future__ import annotations

import pytest

from tests.browser import logs
from tests.browser.conftest import OpenTab
from tests.browser.tab import Tab, until
from tests.support.server import Server


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(trainings.url)
    opened.wait_for_candles()
    return opened


def test_an_alert_leads_to_its_steps_which_are_marked_and_there_is_a_way_back(tab: Tab) -> None:
    whole = tab.view()
    row = tab.frame.get_by_test_id("alert-row").filter(has_text=f"{logs.SPIKE_STEP:,}").first
    row.click()
    until(lambda: tab.get("spot").count() == 1, "the band at the spike")
    until(lambda: tab.view().span < whole.span / 2, "a closer look")
    assert tab.view().start <= logs.SPIKE_STEP < tab.view().end
    assert f"{logs.SPIKE_STEP:,}" in tab.wait_for("spot-note").inner_text()
    tab.get("spot-note").get_by_role("button", name="Back").click()
    until(lambda: tab.wait_for_candles() == whole, "the view before")


def test_the_crosshair_of_one_widget_is_seen_and_read_in_another(tab: Tab) -> None:
    tab.get("widget-menu").first.click()
    tab.frame.get_by_test_id("duplicate").click()
    widgets = tab.frame.locator('[data-testid="widget"][data-type="candles"]')
    until(lambda: widgets.count() == 2, "two of them")
    first, second = widgets.nth(0), widgets.nth(1)
    second.scroll_into_view_if_needed()
    chart = second.get_by_test_id("chart")
    until(lambda: chart.get_attribute("data-from") is not None, "the second chart")
    box = chart.bounding_box()
    assert box is not None
    tab.page.mouse.move(box["x"] + box["width"] / 3, box["y"] + 40)
    first.get_by_test_id("shared-crosshair").wait_for(state="attached")

    def place(readout_of: int) -> str:
        return widgets.nth(readout_of).locator(".cell-place dd").inner_text()

    until(lambda: place(0) == place(1), "the same candle in both")
    tab.leave_chart()
    first.get_by_test_id("shared-crosshair").wait_for(state="detached")
