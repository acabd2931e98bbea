"""Alerts: their marks on the chart, their list, and the thresholds of what looks for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.logs import POISONED, STEADY, TOO_HOT
from tests.browser.tab import TWO_FRAMES, Tab, until
from tests.support.server import Server

NONFINITE_STEP = min(logs.NONFINITE)


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    trainings.get_json("alerts", wait=30)
    opened = reopen_tab(trainings.url)
    opened.wait_for_candles()
    return opened


def rows(tab: Tab) -> list[tuple[str, str, int]]:
    """Run, kind and first step of the alerts in the list."""
    found: list[list[str]] = (
        tab.widget("alerts")
        .get_by_test_id("alert-row")
        .evaluate_all("(all) => all.map((e) => [e.dataset.run, e.dataset.kind, e.dataset.step])")
    )
    return [(run, kind, int(step)) for run, kind, step in found]


SPIKE = (POISONED, "spike", logs.SPIKE_STEP)
NONFINITE = (TOO_HOT, "non-finite", NONFINITE_STEP)


def row(tab: Tab, kind: str) -> Locator:
    return tab.widget("alerts").locator(f'[data-testid="alert-row"][data-kind="{kind}"]')


def open_detectors(tab: Tab) -> Locator:
    button = tab.widget("alerts").get_by_test_id("detectors")
    if not button.is_visible():
        tab.widget("alerts").get_by_test_id("controls-toggle").click()
    button.click()
    panel = tab.frame.get_by_test_id("detector-panel")
    panel.wait_for()
    return panel


def test_the_list_has_the_gravest_alert_of_the_checked_runs_first(tab: Tab) -> None:
    until(lambda: rows(tab) == [NONFINITE, SPIKE], "both alerts")
    assert "not finite for 5 points from step 1500 to 1519" in row(tab, "non-finite").inner_text()
    tab.check(TOO_HOT, False)
    until(lambda: rows(tab) == [SPIKE], "the alert of the checked runs")


def test_alerts_of_unchecked_runs_are_counted_below_the_list_and_shown_on_a_press(tab: Tab) -> None:
    until(lambda: len(rows(tab)) == 2, "both alerts")
    more = tab.widget("alerts").get_by_test_id("alerts-unchecked")
    assert more.count() == 0
    tab.check(TOO_HOT, False)
    until(lambda: rows(tab) == [SPIKE], "the alert of the checked runs")
    assert more.inner_text().startswith("1 more in unchecked runs")
    more.get_by_test_id("show-unchecked").click()
    until(lambda: rows(tab) == [NONFINITE, SPIKE], "the alerts of all runs")
    assert more.count() == 0


def test_a_run_is_picked_out_of_the_list_by_its_count(tab: Tab) -> None:
    until(lambda: len(rows(tab)) == 2, "both alerts")
    of_poisoned = tab.widget("alerts").locator(f'[data-testid="run-tally"][data-run="{POISONED}"]')
    of_poisoned.click()
    until(lambda: rows(tab) == [SPIKE], "the alert of the picked run")
    assert of_poisoned.get_attribute("aria-pressed") == "true"
    of_poisoned.click()
    until(lambda: rows(tab) == [NONFINITE, SPIKE], "both alerts again")


def test_messages_wrap_in_a_narrow_list_and_rows_are_as_high_as_they_need(tab: Tab) -> None:
    until(lambda: len(rows(tab)) == 2, "both alerts")
    tab.widget("alerts").evaluate("(widget) => { widget.style.width = '240px'; }")

    def boxes() -> list[list[float]]:
        found: list[list[float]] = (
            tab.widget("alerts")
            .get_by_test_id("alert-row")
            .evaluate_all(
                """(all) => all.map((row) => {
                    const { top, bottom } = row.getBoundingClientRect();
                    const words = row.querySelector(".alert-message");
                    const hidden = words.scrollHeight - words.clientHeight;
                    return [top, bottom, row.scrollWidth - row.clientWidth, hidden];
                })"""
            )
        )
        return found

    until(lambda: min(bottom - top for top, bottom, _, _ in boxes()) > 80, "rows of several lines")
    until(lambda: boxes()[1][0] >= boxes()[0][1] - 0.5, "one row below the other")
    assert all(too_wide <= 0 and hidden <= 0 for _, _, too_wide, hidden in boxes())


def test_an_alert_in_the_list_jumps_to_its_place(tab: Tab) -> None:
    until(lambda: len(rows(tab)) == 2, "both alerts")
    row(tab, "non-finite").click()
    until(lambda: tab.focused_run() == TOO_HOT, "focus on the run of the alert")
    until(lambda: tab.view().span < 1000, "a closer look")
    view = tab.wait_for_candles()
    assert view.start < NONFINITE_STEP < view.end


def test_the_crosshair_stands_on_what_was_jumped_to_until_another_run_is_focused(tab: Tab) -> None:
    until(lambda: len(rows(tab)) == 2, "both alerts")
    row(tab, "spike").click()
    tab.wait_for("spot")
    tab.wait_for_value("high", logs.SPIKE)
    tab.page.mouse.move(*tab.place(logs.SPIKE_STEP - 20))
    until(lambda: tab.value("high") != logs.SPIKE, "the candle that is pointed at")
    tab.focus(STEADY)
    until(lambda: tab.get("spot").count() + tab.get("spot-note").count() == 0, "no mark of another run")


def test_the_list_is_walked_through_by_keyboard(tab: Tab) -> None:
    until(lambda: len(rows(tab)) == 2, "both alerts")
    tab.focus(STEADY)
    tab.widget("alerts").get_by_test_id("alert-list").focus()
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    until(lambda: tab.focused_run() == POISONED, "focus on the run of the second alert")
    until(lambda: tab.view().span < 1000, "a closer look")
    view = tab.wait_for_candles()
    assert view.start < logs.SPIKE_STEP < view.end


def test_thresholds_change_the_list_and_are_kept_and_reset(tab: Tab) -> None:
    until(lambda: len(rows(tab)) == 2, "both alerts")
    panel = open_detectors(tab)
    spike = panel.locator('[data-detector="spike"]')
    field = spike.get_by_test_id("parameter-z")
    field.fill("1000")
    field.press("Enter")
    until(lambda: rows(tab) == [NONFINITE], "no spike at such a threshold")
    panel.get_by_test_id("detector-non-finite").uncheck()
    tab.widget("alerts").get_by_test_id("alerts-empty").wait_for()
    until(lambda: "found nothing" in tab.widget("alerts").inner_text(), "what was looked for")
    tab.page.reload()
    tab.wait_for_candles()
    until(lambda: "found nothing" in tab.widget("alerts").inner_text(), "the same thresholds")
    open_detectors(tab).get_by_test_id("detectors-reset").click()
    until(lambda: rows(tab) == [NONFINITE, SPIKE], "both alerts again")


def test_a_threshold_is_typed_key_by_key(tab: Tab) -> None:
    field = open_detectors(tab).locator('[data-detector="spike"]').get_by_test_id("parameter-window")
    tab.type_over(field, "120")
    assert field.get_attribute("aria-invalid") == "false"
    assert field.input_value() == "120"
    field.press("Tab")
    until(lambda: field.input_value() == "120", "what was typed")
    tab.type_over(field, "12")
    assert field.get_attribute("aria-invalid") == "true"
    field.press("Tab")
    until(lambda: field.input_value() == "120", "the last number that could be used")


def test_a_published_rule_finds_what_it_was_published_for(tab: Tab) -> None:
    until(lambda: len(rows(tab)) == 2, "both alerts")
    panel = open_detectors(tab)
    for name in ("spike", "non-finite"):
        panel.get_by_test_id(f"detector-{name}").uncheck()
    panel.get_by_test_id("detector-olmo-skip-step").check()
    until(lambda: SPIKE in rows(tab) and NONFINITE not in rows(tab), "the spike as OLMo sees it")


def test_a_mark_on_the_chart_says_what_happened(tab: Tab) -> None:
    until(lambda: len(rows(tab)) == 2, "both alerts")
    step_to(tab, logs.SPIKE_STEP)
    card = tab.wait_for("mark-card")
    until(lambda: "rose to 41.7 at step 1234" in card.inner_text(), "the message")
    assert "Alert, spike" in tab.chart.inner_text()
    tab.page.keyboard.press("Escape")
    until(lambda: tab.get("mark-card").count() == 0, "no card")
    tab.get("show-alerts").click()
    step_to(tab, logs.SPIKE_STEP)
    until(lambda: tab.get("mark-card").count() == 0, "no card of what is not marked")
    assert "Alert, spike" not in tab.chart.inner_text()


def step_to(tab: Tab, step: int) -> None:
    """The crosshair on a candle, by keys alone."""
    width = tab.view().width
    tab.chart.focus()
    tab.page.keyboard.press("Home")
    for _ in range(int(step // width)):
        tab.page.keyboard.press("ArrowRight")
    tab.wait_for_value("high", logs.SPIKE)


def test_a_log_directory_without_trouble_says_what_was_looked_for(
    open_tab: OpenTab, tensorboard_server: StartServer, tmp_path: Path
) -> None:
    logs.write_short_run(tmp_path, "calm")
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="calm", points=200)
    tab = open_tab(server.url)
    tab.wait_for_candles()
    until(lambda: "found nothing: spike" in tab.widget("alerts").inner_text(), "what was looked for")


def test_patterns_are_marked_when_they_are_wanted(tab: Tab) -> None:
    with tab.page.expect_request("**/*patterns=all*"):
        tab.get("show-patterns").click()
    tab.wait_for_candles()
    tab.chart.focus()
    for _ in range(200):
        if tab.get("mark-card").locator("[data-pattern]").count():
            break
        tab.page.keyboard.press("ArrowLeft")
        tab.chart.evaluate(TWO_FRAMES)
    assert tab.get("mark-card").locator("[data-pattern]").count() > 0


def test_the_list_and_the_counts_go_by_the_polarity_that_a_person_set(tab: Tab) -> None:
    until(lambda: SPIKE in rows(tab), "the spike")
    with tab.page.expect_request("**/alerts/counts?*higher_is_better=*"):
        tab.get("polarity").click()
    until(lambda: rows(tab) and SPIKE not in rows(tab), "no spike where higher is better")
    tab.get("polarity").click()
    until(lambda: SPIKE in rows(tab), "the spike again")
