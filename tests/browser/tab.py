"""The Candles tab as a person uses it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Frame, Locator, Page, Response

from tests.browser.chromium import OUR_ROUTES, Trouble
from tests.support.server import eventually

# Long, for a machine that has much else to do: what is there sooner is not waited for.
WITHIN_SECS = 120.0

Colour = tuple[int, int, int]

# Numbers as the browser holds them, and when it got them: the time of each new last candle.
NOTE_LAST_CANDLES = """
(chart) => {
  window.lastCandles = {};
  new MutationObserver(() => {
    window.lastCandles[chart.dataset.lastX] ??= Date.now() / 1000;
  }).observe(chart, { attributes: true, attributeFilter: ["data-last-x"] });
}
"""


# Until what was changed is drawn.
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

OTHER_KINDS = '[data-testid="widget"]:not([data-type="candles"])'


def until(check: Callable[[], Any], what: str) -> Any:
    return eventually(check, within_secs=WITHIN_SECS, what=what)


@dataclass(frozen=True)
class View:
    """What the chart shows of its axis."""

    start: float
    end: float
    width: float
    candles: int

    @property
    def span(self) -> float:
        return self.end - self.start


class Tab:
    """
    >>> tab = Tab(page, trouble, server.url)
    >>> tab.wait_for_candles()
    >>> tab.hover(1234)
    >>> tab.value("high")
    41.70000076293945
    """

    def __init__(self, page: Page, trouble: Trouble, url: str) -> None:
        self.page = page
        self.url = url
        self.trouble = trouble
        page.goto(f"{url}#candles")

    @property
    def frame(self) -> Frame:
        found = self.page.wait_for_selector("iframe", timeout=WITHIN_SECS * 1000)
        frame = found.content_frame() if found else None
        assert frame is not None
        return frame

    def get(self, test_id: str) -> Locator:
        """Of the page, or of its candle widget; what widgets of other kinds hold is asked for by `widget`."""
        return self.frame.locator(f'[data-testid="{test_id}"]:not({OTHER_KINDS} *)')

    def widget(self, kind: str) -> Locator:
        return self.frame.locator(f'[data-testid="widget"][data-type="{kind}"]')

    def wait_for(self, test_id: str) -> Locator:
        found = self.get(test_id)
        found.wait_for(timeout=WITHIN_SECS * 1000)
        return found

    # What is there

    @property
    def chart(self) -> Locator:
        return self.get("chart")

    def wait_for_candles(self) -> View:
        """Until candles are drawn and no more are on their way."""
        self.wait_for("chart")
        until(self._settled, "candles")
        return self.view()

    def _settled(self) -> bool:
        chart = self.attributes()
        ready = chart.get("aria-busy") == "false" and "data-from" in chart
        return ready and int(chart.get("data-candles", 0)) > 0

    def attributes(self) -> dict[str, str]:
        """All of the chart's attributes at one instant."""
        read = "(e) => Object.fromEntries([...e.attributes].map((a) => [a.name, a.value]))"
        found: dict[str, str] = self.chart.evaluate(read)
        return found

    def view(self) -> View:
        chart = self.attributes()
        return View(
            start=float(chart["data-from"]),
            end=float(chart["data-to"]),
            width=float(chart["data-width"]),
            candles=int(chart["data-candles"]),
        )

    def last_candle(self) -> float:
        return float(self.attributes().get("data-last-x", "nan"))

    def title(self) -> str:
        # Not its inner text, which breaks between the parts of a name that is cut where there is no room.
        return " ".join((self.widget("candles").locator(".title h1").text_content() or "").split())

    def polarity(self) -> str:
        return self.get("polarity").get_attribute("data-polarity") or ""

    def value(self, name: str) -> float:
        """A number of the read-out as a double; NaN where it says nothing."""
        return float(self.get(f"readout-{name}").get_attribute("data-value") or "nan")

    def wait_for_value(self, name: str, value: float) -> None:
        """Until the read-out has exactly this double."""
        until(lambda: self.value(name) == value, f"{name} {value} in the read-out")

    def readout(self) -> str:
        return " ".join(self.get("readout").inner_text().split())

    def runs(self) -> list[str]:
        return self._data("run-item", "run")

    def tags(self) -> list[str]:
        return self._data("tag-item", "tag")

    def _data(self, test_id: str, name: str) -> list[str]:
        found: list[str] = self.get(test_id).evaluate_all(f"(all) => all.map((e) => e.dataset.{name})")
        return found

    def run_item(self, run: str) -> Locator:
        return self._item("run-item", "run", run)

    def tag_item(self, tag: str) -> Locator:
        return self._item("tag-item", "tag", tag)

    def _item(self, test_id: str, name: str, value: str) -> Locator:
        until(lambda: value in self._data(test_id, name), f"{value} in the list")
        return self.get(test_id).nth(self._data(test_id, name).index(value))

    def checked_runs(self) -> list[str]:
        return [run for run in self.runs() if self.is_checked(run)]

    def is_checked(self, run: str) -> bool:
        return self.run_item(run).get_attribute("aria-checked") == "true"

    def focused_run(self) -> str:
        return self._data_of_selected("run-item", "run")

    def chosen_tag(self) -> str:
        return self._data_of_selected("tag-item", "tag")

    def _data_of_selected(self, test_id: str, name: str) -> str:
        selected = self.get(test_id).and_(self.frame.locator("[aria-selected=true]"))
        return selected.get_attribute(f"data-{name}") or ""

    # What a person does

    def focus(self, run: str) -> None:
        self.run_item(run).locator(".name").click()
        until(lambda: self.focused_run() == run and self._settled(), f"focus on {run}")

    def check(self, run: str, on: bool) -> None:
        if self.is_checked(run) != on:
            self.run_item(run).get_by_test_id("check").click()
            until(lambda: self.is_checked(run) == on, f"{run} checked: {on}")

    def choose_tag(self, tag: str) -> None:
        self.tag_item(tag).locator(".name").click()
        until(lambda: self.chosen_tag() == tag and self._settled(), f"choice of {tag}")

    def open_menu(self, name: str) -> None:
        """The toolbar's menu of that name; where there is little room the toolbar is behind a button."""
        menu = self.get(f"{name}-menu")
        if not menu.is_visible():
            self.get("controls-toggle").first.click()
        menu.click()
        self.frame.locator(".sections").wait_for()

    def close_menu(self) -> None:
        self.page.keyboard.press("Escape")
        self.frame.locator(".sections").wait_for(state="detached")

    def pick(self, menu: str, test_id: str) -> None:
        """One of the choices in a menu of the toolbar."""
        self.open_menu(menu)
        button = self.get(test_id)
        button.click()
        until(lambda: button.get_attribute("aria-pressed") == "true", f"{test_id} to be picked")
        self.close_menu()

    def is_picked(self, menu: str, test_id: str) -> bool:
        self.open_menu(menu)
        picked = self.get(test_id).get_attribute("aria-pressed") == "true"
        self.close_menu()
        return picked

    def pick_axis(self, axis: str) -> None:
        self.pick("axis", f"axis-{axis}")

    def enter(self, test_id: str, text: str) -> None:
        """Into a field of the menu of the axis."""
        self.open_menu("axis")
        self.get(test_id).fill(text)
        self.get(test_id).press("Enter")
        self.close_menu()

    def type_over(self, field: Locator, text: str) -> None:
        """As a person does: all is selected, and each key has had its effect before the next is pressed."""
        field.press("ControlOrMeta+a")
        for key in text:
            field.press(key)
            field.evaluate(TWO_FRAMES)

    def fit(self) -> None:
        self.get("fit").click()

    def place(self, x: float) -> tuple[float, float]:
        """Where the middle of the candle that holds `x` is on the page, in the upper part of the chart."""
        chart = self.attributes()
        start, end, width = (float(chart[f"data-{name}"]) for name in ("from", "to", "width"))
        middle = (math.floor(x / width) + 0.5) * width
        box = self.chart.bounding_box()
        assert box is not None
        across = (middle - start) / (end - start) * float(chart["data-plot-px"])
        return box["x"] + across, box["y"] + 0.35 * box["height"]

    def step_at(self, x: float) -> float:
        """What lies at a horizontal position on the page."""
        box = self.chart.bounding_box()
        assert box is not None
        view, plot_px = self.view(), float(self.attributes()["data-plot-px"])
        return view.start + (x - box["x"]) / plot_px * view.span

    def hover(self, x: float) -> None:
        """Crosshair on the candle that holds `x`."""
        self.page.mouse.move(*self.place(x))

    def leave_chart(self) -> None:
        self.page.mouse.move(2, 2)

    def move(self, act: Callable[[], object]) -> View:
        """The view after something that moves it."""
        before = self.view()
        act()
        until(lambda: self.view() != before, "another view")
        return self.view()

    def turn_wheel(self, notches: float) -> View:
        return self.move(lambda: self.page.mouse.wheel(0, -100 * notches))

    def press(self, key: str) -> View:
        return self.move(lambda: self.page.keyboard.press(key))

    def zoom(self, at: float, *, notches: float) -> View:
        """Turn the wheel at `at`: forwards (closer) for notches > 0; returns the view after it."""
        self.hover(at)
        return self.turn_wheel(notches)

    def zoom_until(self, at: float, *, width: float) -> list[float]:
        """Closer until candles are that wide; returns the widths on the way."""
        widths = [self.view().width]
        while widths[-1] > width:
            before = self.view()
            after = self.zoom(at, notches=1.6)
            if after.span >= before.span:  # the closest there is: the last candles are on their way
                until(lambda: self.view().width <= width, f"candles of {width:g}")
            widths.append(self.view().width)
        self.wait_for_candles()
        return widths

    def drag(self, screens: float) -> View:
        """Pull the chart sideways by parts of a screen, towards later candles for screens > 0."""
        chart = self.attributes()
        box = self.chart.bounding_box()
        assert box is not None
        distance = float(chart["data-plot-px"]) * screens
        x, y = box["x"] + (0.9 if screens > 0 else 0.1) * float(chart["data-plot-px"]), box["y"] + 60
        before = self.view()
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x - distance, y, steps=8)
        self.page.mouse.up()
        until(lambda: self.view().start != before.start, "a move")
        return self.view()

    # How it looks

    def picture(self) -> Image.Image:
        return Image.open(BytesIO(self.chart.screenshot())).convert("RGB")

    def swatch(self, run: str) -> Colour:
        """The run's own colour."""
        colour = self.run_item(run).locator(".swatch").evaluate("(e) => getComputedStyle(e).backgroundColor")
        red, green, blue = (int(part) for part in colour.strip("rgb()").split(","))
        return red, green, blue

    def painted(self, colour: Colour) -> int:
        """How many pixels of the chart have just about this colour."""
        pixels = np.asarray(self.picture(), dtype=np.int16)
        return int((np.abs(pixels - np.array(colour)).max(axis=2) < 24).sum())

    def wait_for_paint(self, colour: Colour, *, least: int = 200) -> None:
        until(lambda: self.painted(colour) >= least, f"paint of {colour}")

    # What went over the wire

    def is_candles(self, response: Response) -> bool:
        return f"{OUR_ROUTES}candles?" in response.url and response.status == 200

    def note_last_candles(self) -> None:
        self.chart.evaluate(NOTE_LAST_CANDLES)

    def time_of_last_candle(self, x: int) -> float:
        """When the DOM first said that the last candle is at `x`, in seconds since the Unix epoch."""

        def noted() -> float | None:
            found: float | None = self.frame.evaluate("(x) => window.lastCandles[x] ?? null", x)
            return found

        return float(until(noted, f"a candle at {x}"))
