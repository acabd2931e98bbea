"""Tabs, own layouts, and what goes to files and comes from them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.browser import logs
from tests.browser.dashboard.board import (
    HAS_FOCUS,
    apply_layout,
    choose,
    download,
    drag,
    handle,
    kinds,
    notice,
    press_undo,
    saved_shape,
    tab_names,
)
from tests.browser.tab import WITHIN_SECS, Tab, until


def test_a_new_tab_offers_a_widget_whose_handle_then_has_the_focus(tab: Tab) -> None:
    tab.get("add-tab").click()
    tab.page.keyboard.press("Escape")
    assert "Nothing here yet." in tab.frame.locator(".grid-area").inner_text()
    tab.get("add-first-widget").click()
    tab.get("add-comparison").click()
    tab.widget("comparison").get_by_test_id("comparison-row").first.wait_for()
    until(lambda: handle(tab, "comparison").evaluate(HAS_FOCUS), "the focus on its handle")
    tab.page.keyboard.press("Enter")
    until(lambda: handle(tab, "comparison").get_attribute("aria-pressed") == "true", "a grabbed widget")


def test_tabs_are_added_renamed_moved_and_closed(tab: Tab) -> None:
    tab.get("add-tab").click()
    tab.get("tab-field").fill("Second")
    tab.page.keyboard.press("Enter")
    until(lambda: tab_names(tab) == ["One run", "Second"], "a second tab")
    assert kinds(tab) == []
    second = tab.frame.locator(".tab-name").nth(1)
    second.press("Shift+ArrowLeft")
    until(lambda: tab_names(tab) == ["Second", "One run"], "another order")
    drag(tab, tab.frame.locator(".tab-name").nth(1), right=-120, down=0)
    until(lambda: tab_names(tab) == ["One run", "Second"], "the first order")
    tab.frame.locator(".tab-name").nth(0).dblclick()
    tab.get("tab-field").fill("First")
    tab.page.keyboard.press("Enter")
    until(lambda: tab_names(tab) == ["First", "Second"], "another name")
    tab.page.reload()
    tab.get("tab").first.wait_for(timeout=WITHIN_SECS * 1000)
    assert tab_names(tab) == ["First", "Second"]
    tab.get("close-tab").first.click()
    until(lambda: tab_names(tab) == ["Second"], "one tab")
    press_undo(tab)
    until(lambda: tab_names(tab) == ["First", "Second"], "the tab again")
    tab.wait_for_candles()


def test_a_tab_that_is_named_or_closed_by_keyboard_leaves_the_focus_on_a_tab(tab: Tab) -> None:
    focused = tab.frame.locator(".tab-name:focus")
    keys = tab.page.keyboard
    tab.get("add-tab").click()
    keys.type("Second")
    keys.press("Enter")
    until(lambda: focused.all_inner_texts() == ["Second"], "the focus on the new tab")
    keys.press("F2")
    tab.get("tab-field").wait_for()
    keys.press("Escape")
    until(lambda: focused.all_inner_texts() == ["Second"], "the focus on the tab that keeps its name")
    keys.press("Delete")
    until(lambda: focused.all_inner_texts() == ["One run"], "the focus on the tab that is left")


def test_what_a_widget_holds_is_exported(tab: Tab) -> None:
    tab.frame.locator(".grid-area").evaluate("(e) => e.scrollTo(0, 1e5)")
    widget = tab.widget("comparison")
    widget.get_by_test_id("comparison-row").first.wait_for(timeout=WITHIN_SECS * 1000)
    name, text = download(tab, lambda: choose(tab, "comparison", "export-csv"))
    assert name.endswith(".csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted(row["run"] for row in rows) == [logs.POISONED, logs.STEADY, logs.TOO_HOT]
    name, text = download(tab, lambda: choose(tab, "comparison", "export-json"))
    assert name.endswith(".json")
    assert sorted(json.loads(text)["columns"]["run"]) == [logs.POISONED, logs.STEADY, logs.TOO_HOT]
    choose(tab, "comparison", "show-table")
    table = widget.get_by_test_id("data-table").locator("table")
    until(lambda: table.locator("tbody tr").count() == 3, "a row for each run")
    assert table.locator("th").first.inner_text() == "run"


def test_a_picture_of_a_chart_is_exported(tab: Tab) -> None:
    for format_, begin in (("png", b"\x89PNG"), ("svg", b"<")):
        with tab.page.expect_download() as started:
            choose(tab, "candles", f"export-{format_}")
        assert started.value.suggested_filename.endswith(f".{format_}")
        assert Path(started.value.path()).read_bytes().startswith(begin)


def test_a_dashboard_goes_to_a_file_and_comes_back(comparing: Tab, tmp_path: Path) -> None:
    tab = comparing
    before = saved_shape(tab)

    def export() -> None:
        tab.get("layouts").click()
        tab.get("export-layout").click()

    name, text = download(tab, export)
    assert name == "dashboard-Compare.json"
    tab.get("layouts").click()
    tab.get("reset").click()
    until(lambda: saved_shape(tab) != before, "the first layout")
    tab.wait_for_candles()
    broken = tmp_path / "broken.json"
    broken.write_text(text.replace('"w": 12', '"w": 13'))
    tab.get("import-file").set_input_files(broken)
    until(lambda: "w must be a whole number from 1 to 12, got 13" in notice(tab), "a reason")
    assert saved_shape(tab) != before
    whole = tmp_path / "whole.json"
    whole.write_text(text)
    tab.get("import-file").set_input_files(whole)
    until(lambda: saved_shape(tab) == before, "the layout of the file")
    tab.wait_for_candles()


def test_own_layouts_are_kept_under_their_names(comparing: Tab) -> None:
    tab = comparing
    before = saved_shape(tab)
    tab.get("layouts").click()
    tab.get("save-as").click()
    tab.wait_for("save-dialog")
    tab.page.keyboard.type("mine")
    tab.page.keyboard.press("Enter")
    apply_layout(tab, "Many runs")
    tab.page.reload()
    tab.wait_for_candles()
    assert saved_shape(tab) != before
    tab.get("layouts").click()
    tab.get("own mine").click()
    until(lambda: saved_shape(tab) == before, "my layout")
