"""The tab explains itself: tooltips on words, the glossary, the first visit's tour."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenTab
from tests.support.server import Server


def test_pointing_at_a_word_explains_it_and_escape_puts_it_away(
    reopen_tab: OpenTab, trainings: Server
) -> None:
    tab = reopen_tab(trainings.url)
    tab.wait_for_candles()
    tab.get("glossary-open").click()
    tab.get("glossary").get_by_role("button", name="Close").click()
    word = tab.frame.locator('[data-term="high"]').first
    word.hover()
    tooltip = tab.wait_for("tooltip")
    expect(tooltip).to_contain_text("In training:")
    expect(tooltip).to_contain_text("When it looks bad:")
    tab.page.keyboard.press("Escape")
    expect(tooltip).to_have_count(0)


def test_a_tooltip_goes_as_the_pointer_goes_on_to_the_chart(reopen_tab: OpenTab, trainings: Server) -> None:
    tab = reopen_tab(trainings.url)
    tab.wait_for_candles()
    word = tab.frame.locator('[data-term="high"]').first
    chart = tab.get("chart").first
    room = chart.bounding_box()
    assert room is not None
    word.hover()
    tooltip = tab.wait_for("tooltip")
    tab.page.mouse.move(room["x"] + 60, room["y"] + room["height"] - 60, steps=20)
    expect(tooltip).to_have_count(0)
    word.hover()
    tab.wait_for("tooltip").hover()
    tab.page.mouse.wheel(0, -100)
    expect(tooltip).to_have_count(0)


def test_every_kind_of_alert_and_every_detector_says_what_it_is(
    reopen_tab: OpenTab, trainings: Server
) -> None:
    detectors = trainings.get_json("detectors")["detectors"]
    tab = reopen_tab(trainings.url)
    tab.wait_for_candles()
    kinds = tab.widget("alerts").locator('[data-testid="alert-row"] [data-term]')
    kinds.first.wait_for()
    assert {kind.get_attribute("data-term") for kind in kinds.all()} <= {one["kind"] for one in detectors}
    button = tab.widget("alerts").get_by_test_id("detectors")
    if not button.is_visible():
        tab.widget("alerts").get_by_test_id("controls-toggle").click()
    button.click()
    panel = tab.frame.get_by_test_id("detector-panel")
    panel.wait_for()
    for one in detectors:
        panel.locator(f'[data-term="{one["name"]}"]').hover()
        expect(tab.get("tooltip")).to_contain_text("When it looks bad:")
        tab.page.mouse.move(2, 2)
        expect(tab.get("tooltip")).to_have_count(0)


def test_a_word_is_explained_by_keyboard_and_opens_the_glossary_at_itself(
    reopen_tab: OpenTab, trainings: Server
) -> None:
    tab = reopen_tab(trainings.url)
    tab.wait_for_candles()
    word = tab.frame.locator('.term[data-term="high"]').first
    word.focus()
    tab.page.keyboard.press("Shift+Tab")
    tab.page.keyboard.press("Tab")
    name = tab.wait_for("tooltip").get_attribute("id")
    assert word.get_attribute("aria-describedby") == name
    tab.page.keyboard.press("Enter")
    expect(tab.wait_for("glossary").locator('[data-word="high"]')).to_be_in_viewport()
    tab.page.keyboard.press("Escape")
    expect(tab.get("glossary")).to_have_count(0)
    expect(word).to_be_focused()


def test_all_that_the_server_offers_by_name_is_in_the_glossary(
    reopen_tab: OpenTab, trainings: Server
) -> None:
    offered = {
        one["name"]
        for route in ("indicators", "patterns", "detectors")
        for one in trainings.get_json(route)[route]
    }
    tab = reopen_tab(trainings.url)
    tab.wait_for_candles()
    tab.get("glossary-open").click()
    words = (
        tab.wait_for("glossary")
        .locator("[data-word]")
        .evaluate_all("(all) => all.map((e) => e.dataset.word)")
    )
    assert offered <= set(words)


def test_the_first_visit_is_shown_around_in_four_steps_once(open_tab: OpenTab, trainings: Server) -> None:
    tab = open_tab(trainings.url, first_visit=True)
    tab.wait_for_candles()
    tour = tab.wait_for("tour")
    titles = []
    for step in range(1, 5):
        expect(tour).to_contain_text(f"{step} of 4")
        titles.append(tour.get_by_role("heading").inner_text())
        tab.get("tour-next").click()
    assert len(set(titles)) == 4
    expect(tour).to_have_count(0)
    tab.page.reload()
    tab.wait_for_candles()
    expect(tab.get("tour")).to_have_count(0)


def test_the_tour_closes_for_good_at_any_step(open_tab: OpenTab, trainings: Server) -> None:
    tab = open_tab(trainings.url, first_visit=True)
    tab.wait_for("tour").get_by_role("button", name="Close").click()
    tab.page.reload()
    tab.wait_for_candles()
    expect(tab.get("tour")).to_have_count(0)
