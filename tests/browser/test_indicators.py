"""Indicators in the candle chart and in a widget of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator

from tests.browser import logs
from tests.browser.conftest import OpenTab
from tests.browser.logs import LOSS, POISONED, STEADY, STEPS, TOO_HOT
from tests.browser.tab import Tab, until
from tests.support.server import Server


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(trainings.url)
    opened.wait_for_candles()
    return opened


def add(tab: Tab, *names: str) -> None:
    tab.get("indicators").click()
    tab.wait_for("indicator-picker")
    for name in names:
        tab.frame.locator(f'[data-testid="indicator-add"][data-indicator="{name}"]').click()
    tab.page.keyboard.press("Escape")
    until(lambda: tab.get("indicator-picker").count() == 0, "the picker closed")


def chips(tab: Tab) -> list[str]:
    found: list[str] = tab.get("indicator-chip").evaluate_all("(all) => all.map((e) => e.dataset.indicator)")
    return sorted(found)


def chip(tab: Tab, indicator: str) -> Locator:
    return tab.frame.locator(f'[data-testid="indicator-chip"][data-indicator="{indicator}"]')


def values(tab: Tab, indicator: str) -> list[float]:
    """What the chip says, as doubles; NaN where it says nothing."""
    texts: list[str] = (
        chip(tab, indicator)
        .get_by_test_id("chip-value")
        .evaluate_all("(all) => all.map((e) => e.dataset.value)")
    )
    return [float(text or "nan") for text in texts]


def asked(server: Server, tab: Tab, indicator: str, *columns: str, at: int) -> list[float]:
    """The same of the API, for the candle that holds a step."""
    width = int(tab.view().width)
    (series,) = server.get_json("candles", run=POISONED, tag=LOSS, width=width, indicators=indicator)[
        "candles"
    ]
    row = series["columns"]["x"].index(at // width * width)
    return [series["columns"][name][row] for name in columns]


def test_values_at_the_crosshair_are_those_of_the_api(tab: Tab, trainings: Server) -> None:
    add(tab, "bollinger", "rsi")
    tab.hover(2000)
    upper, middle, lower = (f"bollinger(20,2).{line}" for line in ("upper", "middle", "lower"))
    expected = asked(trainings, tab, "bollinger", upper, middle, lower, at=2000)
    until(lambda: values(tab, "bollinger:20:2") == expected, f"{expected} in the chip")
    strength = asked(trainings, tab, "rsi", "rsi(14)", at=2000)
    until(lambda: values(tab, "rsi:14") == strength, f"{strength} in the chip")


def test_an_indicator_is_configured_hidden_and_removed_and_survives_a_reload(
    tab: Tab, trainings: Server
) -> None:
    add(tab, "sma", "macd")
    assert chips(tab) == ["macd:12:26:9", "sma:20"]
    chip(tab, "sma:20").get_by_test_id("chip-configure").click()
    field = tab.wait_for("parameter-period")
    field.fill("5")
    field.press("Enter")
    until(lambda: chips(tab) == ["macd:12:26:9", "sma:5"], "another period")
    tab.page.keyboard.press("Escape")
    tab.hover(2500)
    expected = asked(trainings, tab, "sma:5", "sma(5)", at=2500)
    until(lambda: values(tab, "sma:5") == expected, f"{expected} in the chip")

    chip(tab, "macd:12:26:9").hover()
    chip(tab, "macd:12:26:9").get_by_test_id("chip-hide").click()
    until(lambda: values(tab, "macd:12:26:9") == [], "a hidden indicator")
    tab.page.reload()
    tab.wait_for_candles()
    until(lambda: chips(tab) == ["macd:12:26:9", "sma:5"], "the same indicators")
    assert values(tab, "macd:12:26:9") == []
    chip(tab, "sma:5").hover()
    chip(tab, "sma:5").get_by_test_id("chip-remove").click()
    until(lambda: chips(tab) == ["macd:12:26:9"], "one less")


def test_a_period_is_typed_key_by_key(tab: Tab) -> None:
    add(tab, "rsi")
    chip(tab, "rsi:14").get_by_test_id("chip-configure").click()
    field = tab.wait_for("parameter-period")
    tab.type_over(field, "12")
    assert field.input_value() == "12"
    field.press("Enter")
    until(lambda: chips(tab) == ["rsi:12"], "the period that was typed")


def test_the_picker_is_searched_and_used_by_keyboard_and_offers_no_more_panes_than_fit(tab: Tab) -> None:
    tab.get("indicators").focus()
    tab.page.keyboard.press("Enter")
    search = tab.wait_for("indicator-search")
    tab.get("indicator-add").first.wait_for()
    for word in ("wilder index", "true range", "momentum change", "z-score"):
        search.fill(word)
        tab.page.keyboard.press("Enter")
    search.fill("")
    until(lambda: len(chips(tab)) == 4, "four panes")
    offered = tab.get("indicator-picker").locator('[data-indicator="drawdown"]')
    assert offered.is_disabled()
    assert tab.get("indicator-picker").locator('[data-indicator="ema"]').is_enabled()


def test_enter_adds_what_is_named_exactly_and_adds_it_once(tab: Tab) -> None:
    tab.get("indicators").click()
    search = tab.wait_for("indicator-search")
    tab.get("indicator-add").first.wait_for()
    search.fill("atr")
    search.press("Enter")
    until(lambda: chips(tab) == ["atr:14"], "the indicator of that name")
    search.press("Enter")
    until(lambda: "in the chart already" in tab.get("indicator-picker").inner_text(), "why none is added")
    assert chips(tab) == ["atr:14"]


def test_an_indicator_that_can_not_be_computed_says_so_and_takes_no_candle_away(
    long_run: Server, reopen_tab: OpenTab
) -> None:
    tab = reopen_tab(long_run.url)
    tab.trouble.allowed += [r"status 400: .*indicators=obv.*", r"console: .* 400 .*indicators=obv.*"]
    tab.wait_for_candles()
    add(tab, "obv")
    tab.zoom_until(logs.LONG_STEPS - 1000, width=10)
    tab.wait_for_candles()
    assert "more than 50000 candles" in tab.wait_for("indicators-refused").inner_text()
    assert tab.get("chart-error").count() == 0


def test_an_indicator_alone_is_a_line_for_each_checked_run(tab: Tab, trainings: Server) -> None:
    tab.get("add-widget").click()
    tab.frame.get_by_test_id("add-indicator").click()
    widget = tab.widget("indicator")
    chart = widget.get_by_test_id("indicator-chart")
    until(lambda: chart.get_attribute("data-lines") == "3", "three lines")
    width = int(chart.get_attribute("data-width") or 0)
    (series,) = trainings.get_json("candles", run=STEADY, tag=LOSS, width=width, indicators="atr")["candles"]
    said = widget.locator(f'[data-testid="indicator-value"][data-run="{STEADY}"]')
    assert float(said.get_attribute("data-value") or "nan") == series["columns"]["atr(14)"][-1]
    tab.check(TOO_HOT, False)
    until(lambda: chart.get_attribute("data-lines") == "2", "two lines")
    assert STEPS % width == 0


def alone(tab: Tab, indicator: str) -> Locator:
    """The indicator widget, once it shows this one."""
    tab.get("add-widget").click()
    tab.frame.get_by_test_id("add-indicator").click()
    widget = tab.widget("indicator")
    widget.get_by_test_id("indicator-chart").wait_for()
    if not widget.get_by_test_id("indicator-select").is_visible():
        widget.get_by_test_id("controls-toggle").click()
    widget.get_by_test_id("indicator-select").select_option(indicator)
    return widget


def test_an_indicator_alone_goes_by_the_polarity_that_a_person_set(tab: Tab, trainings: Server) -> None:
    widget = alone(tab, "drawdown")
    said = widget.locator(f'[data-testid="indicator-value"][data-run="{STEADY}"]')
    chart = widget.get_by_test_id("indicator-chart")
    until(lambda: chart.get_attribute("data-lines") == "3", "three lines")
    width = int(chart.get_attribute("data-width") or 0)

    def drawdown(polarity: str) -> float:
        query = {"width": width, "indicators": "drawdown", "polarity": polarity}
        (series,) = trainings.get_json("candles", run=STEADY, tag=LOSS, **query)["candles"]
        return float(series["columns"]["drawdown"][-1])

    def value() -> float:
        return float(said.get_attribute("data-value") or "nan")

    until(lambda: value() == drawdown("lower_is_better"), "the drawdown of a loss")
    tab.get("polarity").click()
    until(lambda: value() == drawdown("higher_is_better"), "the other drawdown")
    assert drawdown("lower_is_better") != drawdown("higher_is_better")


def test_an_indicator_alone_goes_to_a_place_and_is_there_after_a_reload(tab: Tab, trainings: Server) -> None:
    trainings.get_json("alerts", wait=30)
    alone(tab, "atr")
    tab.widget("alerts").locator('[data-testid="alert-row"][data-kind="spike"]').click()

    def place() -> tuple[float, float]:
        chart = tab.widget("indicator").get_by_test_id("indicator-chart")
        return float(chart.get_attribute("data-from") or 0), float(chart.get_attribute("data-to") or 0)

    until(lambda: place()[0] > 0 and place()[1] - place()[0] < 1000, "a closer look")
    assert place()[0] < logs.SPIKE_STEP < place()[1]
    before = place()
    until(lambda: '"view":{"axis":"steps"' in kept_settings(tab), "the view to be kept")
    tab.page.reload()
    tab.wait_for_candles()
    tab.widget("indicator").scroll_into_view_if_needed()
    until(lambda: place() == pytest.approx(before), "the view from before")


def kept_settings(tab: Tab) -> str:
    """Of the indicator widget, as they are stored."""
    kept: str = tab.frame.evaluate(
        """() => {
          const [, stored] = Object.entries(localStorage).find(([key]) => key.endsWith(" dashboard"));
          const widgets = JSON.parse(stored).tabs.flatMap((tab) => tab.widgets);
          return JSON.stringify(widgets.find(({ type }) => type === "indicator").settings);
        }"""
    )
    return kept
