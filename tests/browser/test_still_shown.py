"""What a chart says while what was asked for is on its way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Route

from tests.browser.conftest import OpenTab
from tests.browser.lines import open_widgets
from tests.browser.logs import ACCURACY, LOSS, POISONED
from tests.browser.tab import Tab, until
from tests.support.server import Server


class Held:
    """Answers that are kept back until `release`."""

    def __init__(self, tab: Tab, route: str) -> None:
        self.waiting: list[Route] | None = []
        tab.page.route(re.compile(rf"/{route}\?"), self.keep_back)

    def keep_back(self, route: Route) -> None:
        if self.waiting is None:
            route.continue_()
        else:
            self.waiting.append(route)

    def release(self) -> None:
        waiting, self.waiting = self.waiting, None
        for route in waiting or []:
            route.continue_()


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(trainings.url)
    opened.wait_for_candles()
    return opened


def opacity(element: Locator) -> float:
    return float(element.evaluate("(e) => getComputedStyle(e).opacity"))


def test_old_candles_are_faded_and_named_until_those_of_the_new_tag_come(tab: Tab) -> None:
    held = Held(tab, "candles")
    tab.tag_item(ACCURACY).locator(".name").click()
    assert LOSS in tab.wait_for("still-shown").inner_text()
    until(lambda: opacity(tab.get("stage")) < 0.5, "faded candles")
    until(lambda: opacity(tab.get("readout")) < 0.5, "faded numbers")
    held.release()
    until(lambda: tab.get("still-shown").count() == 0, "the new candles")
    until(lambda: opacity(tab.get("stage")) == opacity(tab.get("readout")) == 1, "nothing faded")
    assert tab.value("high") < 1


def test_old_candles_are_named_by_their_width_until_those_of_another_come(tab: Tab) -> None:
    width = tab.view().width
    held = Held(tab, "candles")
    tab.enter("width", "37")
    assert f"candles of {width:g} steps" in tab.wait_for("still-shown").inner_text()
    held.release()
    until(lambda: tab.get("still-shown").count() == 0, "the new candles")
    assert tab.wait_for_candles().width == 37


def test_old_lines_are_faded_and_named_until_those_of_the_new_tag_come(
    trainings: Server, reopen_tab: OpenTab
) -> None:
    tab = open_widgets(reopen_tab, trainings.url, ["line"])
    lines = tab.widget("line")
    chart = lines.get_by_test_id("line-chart")
    until(lambda: chart.get_attribute("data-lines") == "3", "lines")
    held = Held(tab, "points")
    tab.tag_item(ACCURACY).locator(".name").click()
    still = lines.get_by_test_id("still-shown")
    still.wait_for()
    assert LOSS in still.inner_text()
    until(lambda: opacity(lines.get_by_test_id("line-legend")) < 0.5, "faded values")
    held.release()
    until(lambda: still.count() == 0, "the new lines")
    until(lambda: opacity(lines.get_by_test_id("line-legend")) == 1, "nothing faded")


def test_candles_of_a_tag_that_no_checked_run_has_give_way_to_words_that_say_so(tab: Tab) -> None:
    tab.get("tag-picker").click()
    tab.frame.get_by_role("option", name="epoch", exact=True).click()
    until(lambda: tab.title().startswith("epoch") and tab.wait_for_candles(), "epochs")
    tab.check(POISONED, False)
    assert "None of the checked runs has this tag" in tab.wait_for("chart-error").inner_text()
    assert tab.attributes()["data-candles"] == "0"
