"""The dashboard as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, ViewportSize

from tests.browser.tab import Tab, until

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
    found: list[str] = tab.frame.get_by_test_id("widget").evaluate_all(READ_KINDS)
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


def copied_link(tab: Tab) -> str:
    tab.get("copy-link").click()
    until(lambda: "Link copied" in notice(tab), "the link")
    return str(tab.frame.evaluate("navigator.clipboard.readText()"))
