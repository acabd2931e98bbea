"""The grid of widgets: moved, resized, saved, shared, exported."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, ViewportSize

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.tab import WITHIN_SECS, Tab, until
from tests.support.server import Server

Place = tuple[int, int, int, int]

WINDOW: ViewportSize = {"width": 1280, "height": 800}
CLIPBOARD = ["clipboard-read", "clipboard-write"]
# In cells, as the grid itself says them: x, y, w, h.
READ_PLACES = """
(all) => all.map((e) => {
  const cell = (name) => Number(e.getAttribute(`gs-${name}`) ?? 1);
  return [e.dataset.type, [cell("x"), cell("y"), cell("w"), cell("h")]];
})
"""
READ_KINDS = "(all) => all.map((e) => e.dataset.type)"
STORED = "Object.entries(localStorage).find(([key]) => key.endsWith(' dashboard'))"


HAS_FOCUS = "(element) => element === document.activeElement"


def places(tab: Tab) -> dict[str, Place]:
    """Where the widgets are, by their kinds."""
    found: list[tuple[str, list[int]]] = tab.frame.get_by_test_id("widget").evaluate_all(READ_PLACES)
    return {kind: (x, y, w, h) for kind, (x, y, w, h) in found}


def kinds(tab: Tab) -> list[str]:
    """Of all widgets, in the order in which they are read."""
    found: list[str] = tab.frame.get_by_test_id("widget").evaluate_all(
        "(all) => all.map((e) => e.dataset.type)"
    )
    return found


def tab_names(tab: Tab) -> list[str]:
    return [name.strip() for name in tab.frame.locator(".tab-name").all_inner_texts()]


def box_of(found: Locator) -> dict[str, float]:
    box = found.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def handle(tab: Tab, kind: str) -> Locator:
    return tab.widget(kind).get_by_test_id("handle")


def drag(tab: Tab, start: Locator, *, right: float, down: float) -> None:
    box = box_of(start)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = tab.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + right, y + down, steps=12)
    mouse.up()


def choose(tab: Tab, kind: str, entry: str) -> None:
    """Takes an entry of a widget's menu."""
    tab.widget(kind).first.get_by_test_id("widget-menu").click()
    tab.frame.get_by_test_id(entry).click()


def apply_layout(tab: Tab, name: str) -> None:
    tab.get("layouts").click()
    tab.get(f"layout {name}").click()
    tab.wait_for_candles()


def notice(tab: Tab) -> str:
    return tab.get("notice").inner_text()


def press_undo(tab: Tab) -> None:
    tab.get("notice").get_by_role("button", name="Undo").click()


def saved_shape(tab: Tab) -> Any:
    stored = tab.frame.evaluate(f"{STORED}?.[1]")
    return json.loads(stored)["tabs"] if stored else None


def download(tab: Tab, act: Any) -> tuple[str, str]:
    """The name and the text of the file that is saved."""
    with tab.page.expect_download() as started:
        act()
    return started.value.suggested_filename, Path(started.value.path()).read_text()


@pytest.fixture
def tab(trainings: Server, open_tab: OpenTab) -> Tab:
    opened = open_tab(trainings.url, viewport=WINDOW)
    opened.wait_for_candles()
    return opened


@pytest.fixture
def comparing(tab: Tab) -> Tab:
    """Three widgets in sight: a comparison over a line and candles side by side."""
    apply_layout(tab, "Compare")
    tab.widget("line").get_by_test_id("line-chart").wait_for(timeout=WITHIN_SECS * 1000)
    return tab


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
    assert grip.evaluate("(e) => e === document.activeElement")


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
    assert table.locator("tbody tr").count() == 3
    assert table.locator("th").first.inner_text() == "run"


def test_a_picture_of_a_chart_is_exported(tab: Tab) -> None:
    for format_, begin in (("png", b"\x89PNG"), ("svg", b"<")):
        with tab.page.expect_download() as started:
            choose(tab, "candles", f"export-{format_}")
        assert started.value.suggested_filename.endswith(f".{format_}")
        assert Path(started.value.path()).read_bytes().startswith(begin)


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
    tab.get("save-dialog").get_by_role("textbox").fill("mine")
    tab.page.keyboard.press("Enter")
    apply_layout(tab, "Many runs")
    tab.page.reload()
    tab.wait_for_candles()
    assert saved_shape(tab) != before
    tab.get("layouts").click()
    tab.get("own mine").click()
    until(lambda: saved_shape(tab) == before, "my layout")


def copied_link(tab: Tab) -> str:
    tab.get("copy-link").click()
    until(lambda: "Link copied" in notice(tab), "the link")
    return str(tab.frame.evaluate("navigator.clipboard.readText()"))


def test_a_link_opens_this_very_view_and_leaves_the_own_dashboard_alone(
    trainings: Server, open_tab: OpenTab
) -> None:
    tab = open_tab(trainings.url, permissions=CLIPBOARD)
    tab.wait_for_candles()
    apply_layout(tab, "Compare")
    tab.focus(logs.STEADY)
    tab.check(logs.TOO_HOT, False)
    tab.choose_tag(logs.ACCURACY)
    shape, shared = saved_shape(tab), places(tab)
    link = copied_link(tab)

    other = open_tab(trainings.url)
    other.wait_for_candles()
    own = saved_shape(other)
    other.page.goto("about:blank")
    other.page.goto(link)
    other.wait_for("opened-from-link")
    other.wait_for_candles()
    assert places(other) == shared
    assert other.focused_run() == logs.STEADY
    assert other.checked_runs() == [logs.POISONED, logs.STEADY]
    assert other.chosen_tag() == logs.ACCURACY
    assert saved_shape(other) == own
    other.get("opened-from-link").get_by_role("button", name="Back to mine").click()
    until(lambda: places(other).keys() != shared.keys() or places(other) != shared, "my own")
    other.wait_for_candles()
    assert other.chosen_tag() == logs.LOSS
    assert "p.candles.view" not in other.page.url

    other.page.goto(link)
    other.wait_for("opened-from-link")
    other.get("opened-from-link").get_by_role("button", name="Keep this one").click()
    until(lambda: saved_shape(other) == shape, "the shared one, saved")
    other.page.reload()
    other.wait_for_candles()
    assert other.get("opened-from-link").count() == 0
    assert places(other) == shared


def zoomed(tab: Tab) -> tuple[float, float]:
    """The view after it was moved and left there."""
    view = tab.zoom(logs.SPIKE_STEP, notches=4)

    def is_kept() -> bool:
        kept = [
            one["settings"].get("view") for one in saved_shape(tab)[0]["widgets"] if one["type"] == "candles"
        ]
        return bool(kept[0]) and kept[0]["from"] == tab.view().start

    until(is_kept, "the view, saved")
    return view.start, view.end


def test_a_reload_and_a_link_keep_the_zoom(trainings: Server, open_tab: OpenTab) -> None:
    tab = open_tab(trainings.url, permissions=CLIPBOARD)
    tab.wait_for_candles()
    start, end = zoomed(tab)
    tab.page.reload()
    tab.wait_for_candles()
    assert (tab.view().start, tab.view().end) == (start, end)
    link = copied_link(tab)
    other = open_tab(trainings.url)
    other.page.goto("about:blank")
    other.page.goto(link)
    other.wait_for("opened-from-link")
    other.wait_for_candles()
    assert (other.view().start, other.view().end) == (start, end)


def test_a_link_opens_under_a_path_prefix(
    open_tab: OpenTab, tmp_path: Path, tensorboard_server: StartServer
) -> None:
    logs.write_short_run(tmp_path, "short")
    server = tensorboard_server(tmp_path, "--path_prefix=/some/prefix")
    server.wait_loaded(run="short", points=200)
    tab = open_tab(server.url, permissions=CLIPBOARD)
    tab.wait_for_candles()
    apply_layout(tab, "Compare")
    link = copied_link(tab)
    assert link.startswith(f"{server.url}#candles&p.candles.view=")
    other = open_tab(server.url)
    other.page.goto("about:blank")
    other.page.goto(link)
    other.wait_for("opened-from-link")
    assert places(other) == places(tab)


def test_a_damaged_link_says_so_and_shows_the_own_dashboard(tab: Tab) -> None:
    tab.page.goto("about:blank")
    tab.page.goto(f"{tab.url}#candles&p.candles.view=abc")
    tab.wait_for_candles()
    assert "can't be opened" in notice(tab)
    assert "candles" in kinds(tab)


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


def test_a_widget_of_an_unknown_kind_says_so_and_is_kept(tab: Tab) -> None:
    kind = "from <b>the</b> future"
    unknown = {"type": kind, "x": 0, "y": 0, "w": 6, "h": 4, "settings": {"deep": [1]}}
    layout = {"version": 1, "active": 0, "tabs": [{"name": "t", "widgets": [unknown]}]}
    file: FilePayload = {
        "name": "t.json",
        "mimeType": "application/json",
        "buffer": json.dumps(layout).encode(),
    }
    tab.get("import-file").set_input_files(file)
    box = tab.frame.get_by_test_id("unknown-widget")
    box.wait_for(timeout=WITHIN_SECS * 1000)
    assert kind in box.inner_text()
    tab.page.reload()
    box = tab.frame.get_by_test_id("unknown-widget")
    box.wait_for(timeout=WITHIN_SECS * 1000)
    assert saved_shape(tab) == layout["tabs"]


def test_a_stored_dashboard_that_cannot_be_read_is_set_aside(tab: Tab) -> None:
    tab.frame.evaluate(f"localStorage.setItem({STORED}[0], 'not <JSON>')")
    tab.page.reload()
    tab.wait_for_candles()
    assert "set aside" in notice(tab)
    assert "not <JSON>" in tab.frame.evaluate("Object.values(localStorage)")


def test_without_storage_the_dashboard_works(trainings: Server, open_tab: OpenTab) -> None:
    forbid = """
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
      }
    """
    tab = open_tab(trainings.url, viewport=WINDOW)
    tab.page.goto("about:blank")
    tab.page.route("**/plugin_entry.html*", lambda route: route.continue_())
    tab.page.context.add_init_script(f"if (location.pathname.endsWith('plugin_entry.html')) {{ {forbid} }}")
    tab.page.goto(f"{trainings.url}#candles")
    tab.wait_for_candles()
    choose(tab, "candles", "duplicate")
    until(lambda: tab.widget("candles").count() == 2, "two of them")


def test_another_windows_dashboard_is_not_overwritten_unseen(tab: Tab) -> None:
    other = tab.page.context.new_page()
    second = Tab(other, tab.trouble, tab.url)
    second.wait_for_candles()
    choose(second, "candles", "remove")
    until(lambda: "Another window" in notice(tab), "word of it")
    tab.get("notice").get_by_role("button", name="Load it").click()
    until(lambda: "candles" not in kinds(tab), "the other's dashboard")


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
