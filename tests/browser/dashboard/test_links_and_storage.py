"""A dashboard shared by a link, and one kept in the browser."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import FilePayload, expect

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import (
    CLIPBOARD,
    STORED,
    WINDOW,
    apply_layout,
    choose,
    copied_link,
    kinds,
    notice,
    places,
    saved_shape,
)
from tests.browser.tab import WITHIN_SECS, Tab, until
from tests.support.server import Server


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


def test_a_first_visit_by_a_link_is_shown_around_in_its_own_dashboard_only(
    trainings: Server, open_tab: OpenTab
) -> None:
    tab = open_tab(trainings.url, permissions=CLIPBOARD)
    tab.wait_for_candles()
    link = copied_link(tab)
    visit = open_tab(trainings.url, first_visit=True)
    visit.page.goto("about:blank")
    visit.page.goto(link)
    visit.wait_for("opened-from-link")
    visit.wait_for_candles()
    expect(visit.get("tour")).to_have_count(0)
    visit.get("opened-from-link").get_by_role("button", name="Keep this one").click()
    visit.wait_for("tour")


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
