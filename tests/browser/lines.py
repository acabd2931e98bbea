"""The line widget as a person uses it."""

from __future__ import annotations

import base64
import json
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Locator

from tests.browser.conftest import OpenTab
from tests.browser.tab import Tab, until

Pixels = npt.NDArray[np.uint8]

ROUTES = "/data/plugin/candles/"
PLACE_AXIS_PX = 26

READ_CANVAS = """
(chart) => {
  const canvas = chart.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
  return [canvas.height, canvas.width, btoa(text)];
}
"""


def open_widgets(open_tab: OpenTab, url: str, kinds: list[str], **options: Any) -> Tab:
    """The tab with these widgets below each other; `settings` are those of all of them, `height` of each."""
    settings = options.pop("settings", {})
    height = options.pop("height", 12 // len(kinds))
    widgets = [
        {"type": kind, "x": 0, "y": i * height, "w": 12, "h": height, "settings": settings}
        for i, kind in enumerate(kinds)
    ]
    layout = {"version": 1, "active": 0, "tabs": [{"name": "all", "widgets": widgets}]}
    stored = {f"tensorboard-candles {ROUTES} dashboard": json.dumps(layout)}
    return open_tab(url, stored=stored, **options)


class Lines:
    """One line widget of a tab.

    >>> lines = Lines(tab)
    >>> lines.hover(1234, 41.7)
    >>> lines.value("digits/poisoned")
    41.70000076293945
    """

    def __init__(self, tab: Tab, index: int = 0) -> None:
        self.tab = tab
        self.widget = tab.widget("line").nth(index)
        self.chart = self.widget.get_by_test_id("line-chart")
        self.wait()

    def get(self, test_id: str) -> Locator:
        return self.widget.get_by_test_id(test_id)

    def attributes(self) -> dict[str, str]:
        read = "(e) => Object.fromEntries([...e.attributes].map((a) => [a.name, a.value]))"
        return cast(dict[str, str], self.chart.evaluate(read))

    def wait(self) -> None:
        """Until lines are drawn and no more are on their way."""
        self.chart.wait_for()

        def is_settled() -> bool:
            chart = self.attributes()
            return chart.get("aria-busy") == "false" and int(chart.get("data-lines", 0)) > 0

        until(is_settled, "lines")

    def is_busy(self) -> bool:
        return self.attributes().get("aria-busy") != "false"

    def number(self, name: str) -> float:
        return float(self.attributes()[f"data-{name}"])

    def view(self) -> tuple[float, float]:
        chart = self.attributes()
        return float(chart["data-from"]), float(chart["data-to"])

    def runs(self) -> list[str]:
        found: list[str] = self.get("line-chip").evaluate_all("(all) => all.map((e) => e.dataset.run)")
        return found

    def chip(self, run: str) -> Locator:
        return self.get("line-chip").nth(self.runs().index(run))

    def value(self, run: str, name: str = "value") -> float:
        """A number of a run's read-out as a double."""
        return float(self.chip(run).get_attribute(f"data-{name}") or "nan")

    def point_on_page(self, place: float, value: float) -> tuple[float, float]:
        box = self.chart.bounding_box()
        assert box is not None
        chart = {name: self.number(name) for name in ("from", "to", "low", "high", "plot-px")}
        across = (place - chart["from"]) / (chart["to"] - chart["from"]) * chart["plot-px"]
        height = box["height"] - PLACE_AXIS_PX
        down = (chart["high"] - value) / (chart["high"] - chart["low"]) * height
        return box["x"] + across, box["y"] + down

    def hover(self, place: float, value: float) -> None:
        self.tab.page.mouse.move(*self.point_on_page(place, value))

    def pick(self, control: str) -> None:
        button = self.get(control)
        button.click()
        until(lambda: button.get_attribute("aria-pressed") == "true", control)
        self.wait()

    def smooth(self, position: int) -> None:
        """Moves the slider."""
        self.get("smoothing").fill(str(position))

    def press(self, key: str) -> tuple[float, float]:
        """The view after a key that moves it, with the points that belong to it."""
        before = self.view()
        self.chart.press(key)
        until(lambda: self.view() != before, "another view")
        self.wait()
        return self.view()

    def canvas(self) -> Pixels:
        """What is painted, but for the crosshair: rows of pixels of red, green, blue and alpha."""
        height, width, text = self.chart.evaluate(READ_CANVAS)
        return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)

    def plot(self) -> Pixels:
        """The same without the axes."""
        return self.canvas()[:-PLACE_AXIS_PX, : int(self.number("plot-px"))]
