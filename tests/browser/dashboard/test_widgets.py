"""Widgets on the grid: moved, resized, added, removed, drawn once they are in sight."""

from __future__ import annotations

import json

from playwright.sync_api import FilePayload

from tests.browser import logs
from tests.browser.conftest import OpenTab
from tests.browser.dashboard.board import (
    HAS_FOCUS,
    WINDOW,
    box_of,
    choose,
    drag,
    handle,
    kinds,
    notice,
    places,
    press_undo,
    saved_shape,
)
from tests.browser.tab import WITHIN_SECS, Tab, until
from tests.support.server import Server


def test_on_the_first_visit_candles_fill_the_window(tab: Tab) -> None:
    area, candles = box_of(tab.frame.locator(".grid-area")), box_of(tab.widget("candles"))
    assert candles["width"] * candles["height"] >= 0.7 * area["width"] * area["height"]
    assert abs(candles["y"] + candles["height"] - area["y"] - area["height"]) <= 2
    assert places(tab)["comparison"][1] >= places(tab)["candles"][3]


def test_widgets_move_by_their_handle_and_resize_by_their_corner(comparing: Tab) -> None:
    tab = comparing
    before = places(tab)
    assert (before["line"][0], before["candles"][0]) == (0, 6)
    width = box_of(tab.widget("candles"))["width"]
    drag(tab, handle(tab, "candles"), right=-width, down=0)
    until(lambda: places(tab)["candles"][0] == 0, "candles on the left")
    moved = places(tab)
    chart = box_of(tab.chart)
    drag(tab, tab.widget("candles").locator(".ui-resizable-se"), right=-width / 3, down=0)
    until(lambda: places(tab)["candles"][2] < moved["candles"][2], "narrower candles")
    until(lambda: box_of(tab.chart)["width"] < chart["width"] - 50, "a chart that follows")
    resized = places(tab)
    tab.page.reload()
    tab.wait_for_candles()
    assert places(tab) == resized


def test_a_chart_keeps_its_own_drags(tab: Tab) -> None:
    before = places(tab)
    tab.zoom(logs.SPIKE_STEP, notches=4)
    tab.drag(0.3)
    assert places(tab) == before


def test_keys_do_what_dragging_does_and_say_so(comparing: Tab) -> None:
    tab = comparing
    before = places(tab)
    grip = handle(tab, "candles")
    grip.focus()
    said = tab.frame.get_by_test_id("said")
    tab.page.keyboard.press("Enter")
    assert grip.get_attribute("aria-pressed") == "true"
    assert "grabbed" in said.inner_text()
    tab.page.keyboard.press("ArrowUp")
    until(lambda: places(tab)["candles"][1] == 0, "candles at the top")
    assert "row 1" in said.inner_text()
    tab.page.keyboard.press("Shift+ArrowLeft")
    until(lambda: places(tab)["candles"][2] == before["candles"][2] - 1, "narrower candles")
    tab.page.keyboard.press("Escape")
    until(lambda: places(tab) == before, "all as before")
    assert grip.get_attribute("aria-pressed") == "false"
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Enter")
    until(lambda: "Dropped" in said.inner_text(), "the drop")
    assert places(tab)["candles"][1] == 0
    until(lambda: kinds(tab)[0] == "candles", "the order in which widgets are read")
    until(lambda: grip.evaluate(HAS_FOCUS), "the focus, which stays on it")


def test_a_duplicate_shows_the_same_and_a_removed_widget_comes_back(tab: Tab) -> None:
    tab.pick_axis("epochs")
    choose(tab, "candles", "duplicate")
    until(lambda: tab.widget("candles").count() == 2, "two of them")
    second = tab.widget("candles").nth(1).get_by_test_id("chart")
    until(lambda: second.get_attribute("data-width") == "1", "a second chart of epochs")
    before = saved_shape(tab)
    choose(tab, "candles", "remove")
    until(lambda: tab.widget("candles").count() == 1, "one of them")
    assert "removed" in notice(tab)
    press_undo(tab)
    until(lambda: saved_shape(tab) == before, "all as before")


def test_a_widget_fills_the_tab_until_escape(tab: Tab) -> None:
    before = box_of(tab.chart)
    choose(tab, "candles", "full-screen")
    until(lambda: box_of(tab.widget("candles"))["width"] == WINDOW["width"], "full screen")
    until(lambda: box_of(tab.chart)["height"] > before["height"], "a chart that follows")
    # Nothing behind it can be reached.
    assert tab.frame.evaluate("document.querySelector('.sidebar').inert")
    tab.page.keyboard.press("Escape")
    until(lambda: box_of(tab.chart) == before, "all as before")
    assert tab.frame.locator("[inert]").count() == 0


def test_the_palette_adds_a_widget_of_each_kind(tab: Tab) -> None:
    tab.get("add-widget").click()
    buttons = tab.get("palette").locator("li button")
    offered: list[str] = buttons.evaluate_all("(all) => all.map((e) => e.dataset.testid)")
    assert {"add-candles", "add-line", "add-comparison"} <= set(offered)
    tab.get("add-line").click()
    until(lambda: tab.widget("line").count() == 2, "a second line widget")
    until(lambda: box_of(tab.widget("line").nth(1))["y"] < WINDOW["height"], "the new one in sight")
    tab.get("add-widget").click()
    tab.page.keyboard.press("Escape")
    until(lambda: tab.get("palette").count() == 0, "no palette")


def test_keys_undo_the_last_change_that_can_be_undone_but_not_in_a_field(tab: Tab) -> None:
    before = kinds(tab)
    choose(tab, "alerts", "remove")
    until(lambda: "alerts" not in kinds(tab), "one widget less")
    tab.get("run-filter").fill("steady")
    tab.page.keyboard.press("ControlOrMeta+z")
    assert "alerts" not in kinds(tab)
    tab.frame.locator(".tab-name").first.focus()
    tab.page.keyboard.press("ControlOrMeta+z")
    until(lambda: kinds(tab) == before, "the widget again")
    until(lambda: tab.get("notice").inner_text() == "", "no notice of what is undone")


def test_a_widget_far_down_is_drawn_once_it_is_scrolled_to(tab: Tab) -> None:
    tall = {"type": "candles", "x": 0, "y": 0, "w": 12, "h": 40, "settings": {}}
    below = {"type": "line", "x": 0, "y": 40, "w": 12, "h": 8, "settings": {}}
    layout = {"version": 1, "active": 0, "tabs": [{"name": "t", "widgets": [tall, below]}]}
    file: FilePayload = {
        "name": "t.json",
        "mimeType": "application/json",
        "buffer": json.dumps(layout).encode(),
    }
    tab.get("import-file").set_input_files(file)
    tab.wait_for_candles()
    line = tab.widget("line")
    until(lambda: line.get_by_test_id("waiting-widget").count() == 1, "a widget that waits")
    tab.frame.locator(".grid-area").evaluate("(e) => e.scrollTo(0, 1e5)")
    line.get_by_test_id("line-chart").wait_for(timeout=WITHIN_SECS * 1000)
    tab.frame.locator(".grid-area").evaluate("(e) => e.scrollTo(0, 0)")
    assert line.get_by_test_id("line-chart").count() == 1


def test_a_narrow_window_stacks_widgets_and_keeps_their_places(comparing: Tab) -> None:
    tab = comparing
    before = saved_shape(tab)
    tab.page.set_viewport_size({"width": 480, "height": 800})
    until(lambda: box_of(tab.widget("candles"))["x"] == box_of(tab.widget("line"))["x"], "a stack")
    assert tab.frame.get_by_test_id("handle").count() == 0
    tab.page.reload()
    tab.wait_for_candles()
    assert saved_shape(tab) == before
    tab.page.set_viewport_size(WINDOW)
    until(lambda: box_of(tab.widget("candles"))["x"] > box_of(tab.widget("line"))["x"], "side by side")
    assert saved_shape(tab) == before


def test_a_widget_whose_code_can_not_be_fetched_says_so_and_comes_with_a_reload(
    trainings: Server, open_tab: OpenTab
) -> None:
    tab = open_tab(trainings.url, viewport=WINDOW)
    tab.trouble.allow(r".*(/static/view-|ERR_FAILED|Failed to fetch dynamically).*")
    tab.page.route("**/static/view-*.js", lambda route: route.abort())
    tab.page.reload()
    tab.wait_for_candles()
    comparison = tab.widget("comparison")
    comparison.get_by_role("alert").wait_for()
    assert "could not be fetched" in comparison.get_by_role("alert").inner_text()
    tab.page.unroute("**/static/view-*.js")
    comparison.get_by_role("button", name="Reload the tab").click()
    comparison.get_by_test_id("tag-picker").wait_for()
