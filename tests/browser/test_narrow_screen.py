"""A telephone held upright."""

from __future__ import annotations

import pytest

from tests.browser import logs
from tests.browser.conftest import OpenTab
from tests.browser.tab import Tab
from tests.support.server import Server

TELEPHONE = {"width": 360, "height": 740}


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(trainings.url, viewport=TELEPHONE)
    opened.wait_for_candles()
    return opened


def test_the_page_fits_and_the_chart_is_in_sight(tab: Tab) -> None:
    scrollable = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert tab.frame.evaluate(scrollable) is False
    assert tab.page.evaluate(scrollable) is False
    box = tab.chart.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["width"] >= 320
    assert box["height"] >= 180
    assert box["y"] + box["height"] <= TELEPHONE["height"]
    tab.hover(logs.SPIKE_STEP)
    tab.wait_for_value("high", logs.SPIKE)


def test_runs_and_tags_are_behind_a_button(tab: Tab) -> None:
    assert not tab.run_item(logs.STEADY).is_visible()
    tab.get("sidebar-toggle").click()
    tab.run_item(logs.STEADY).wait_for(state="visible")
    tab.focus(logs.STEADY)
    tab.choose_tag(logs.ACCURACY)
    tab.page.mouse.click(TELEPHONE["width"] - 10, 400)
    tab.run_item(logs.STEADY).wait_for(state="hidden")
    assert tab.title() == f"{logs.ACCURACY} {logs.STEADY}"


def test_most_of_the_page_is_chart_and_nothing_moves_it_away(tab: Tab) -> None:
    box = tab.chart.bounding_box()
    assert box is not None
    assert box["height"] >= 400
    assert not tab.get("readout-mean").is_visible()
    tab.get("readout-more").click()
    assert tab.get("readout-mean").is_visible()
    tab.get("readout-more").click()
    assert tab.chart.bounding_box() == box
    tab.get("controls-toggle").click()
    tab.get("help").click()
    assert tab.frame.evaluate("[scrollY, document.querySelector('main').scrollTop]") == [0, 0]
    tab.page.keyboard.press("Escape")
    assert tab.get("sidebar-toggle").is_visible()
    assert tab.chart.bounding_box() == box
