"""The tab within TensorBoard: its prefix, its theme, its other tabs, and what its pages log."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from tests.browser import logs
from tests.browser.chromium import is_ours
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.tab import WITHIN_SECS, Tab, until
from tests.support.server import Server

DARK, LIGHT = (20, 23, 31), (255, 255, 255)


def test_the_tab_works_under_a_path_prefix(
    trainings: Server, tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    server = tensorboard_server(logs.write_trainings(tmp_path), "--path_prefix=/some/prefix")
    server.wait_loaded(run=logs.POISONED, tag=logs.LOSS, points=logs.STEPS)
    assert server.url.endswith("/some/prefix/")
    tab = open_tab(server.url)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.wait_for_candles()
    tab.zoom_until(logs.SPIKE_STEP, width=1)
    tab.hover(logs.SPIKE_STEP)
    tab.wait_for_value("high", logs.SPIKE)
    assert tab.value("count") == 1
    ours = [urlsplit(url).path for url in asked if is_ours(url)]
    assert ours
    assert all(path.startswith("/some/prefix/data/plugin") for path in ours)


def assert_theme(tab: Tab, name: str, colour: tuple[int, int, int]) -> None:
    def shown() -> bool:
        theme = tab.frame.evaluate("document.documentElement.dataset.theme")
        body = tab.frame.evaluate("getComputedStyle(document.body).backgroundColor")
        picture = tab.picture()
        return (
            theme == name and body == f"rgb{colour}" and picture.getpixel((picture.width // 2, 2)) == colour
        )

    until(shown, f"the {name} theme")


def pick_theme_of_tensorboard(tab: Tab, name: str) -> None:
    tab.page.locator("app-header-dark-mode-toggle button").click()
    tab.page.get_by_role("menuitem", name=name).click()


def test_the_tab_follows_tensorboards_own_theme(trainings: Server, open_tab: OpenTab) -> None:
    tab = open_tab(trainings.url)
    tab.wait_for_candles()
    assert_theme(tab, "light", LIGHT)
    pick_theme_of_tensorboard(tab, "Dark")
    assert_theme(tab, "dark", DARK)
    pick_theme_of_tensorboard(tab, "Light")
    assert_theme(tab, "light", LIGHT)


def test_the_tab_follows_the_systems_theme(trainings: Server, open_tab: OpenTab) -> None:
    tab = open_tab(trainings.url, color_scheme="dark")
    tab.wait_for_candles()
    assert_theme(tab, "dark", DARK)


def test_other_tabs_still_open_and_ours_opens_again(trainings: Server, open_tab: OpenTab) -> None:
    tab = open_tab(trainings.url)
    tab.wait_for_candles()
    for other, chart in (("Scalars", "tf-scalar-card"), ("Time Series", "card-view")):
        tab.page.get_by_role("tab", name=other).click()
        tab.page.locator(chart).first.wait_for(timeout=WITHIN_SECS * 1000)
        tab.page.get_by_role("tab", name="Candles").click()
        tab.wait_for_candles()


def wait_for_trouble(tab: Tab, pattern: str) -> None:
    # Any call lets what has happened meanwhile be noted.
    until(lambda: tab.page.title() and tab.trouble.has(pattern), pattern)


def test_trouble_on_a_page_does_not_go_unnoticed(trainings: Server, open_tab: OpenTab) -> None:
    tab = open_tab(trainings.url)
    tab.wait_for_candles()
    tab.frame.evaluate(
        """() => {
          console.error("told");
          setTimeout(() => { throw new Error("thrown"); });
          setTimeout(() => alert("asked"));
          const script = document.createElement("script");
          script.textContent = "window.injected = true";
          document.body.append(script);
          fetch("data/plugin/candles/candles?run=none&tag=none");
        }"""
    )
    for pattern in (
        r"console: told .*",
        r"uncaught: .*thrown.*",
        r"dialog: asked",
        r"console: CSP violation: script-src.*",
        r"console: .*Content Security Policy.*",
        r"status 404: .*run=none.*",
        r"console: Failed to load resource: .* 404 .*run=none.*",
    ):
        tab.trouble.allow(pattern)
        wait_for_trouble(tab, pattern)
    assert tab.frame.evaluate("window.injected") is None
