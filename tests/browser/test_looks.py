"""Each widget and state looks as it did when somebody last looked at its picture, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import logs, pictures
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.tab import Tab, until
from tests.support.server import Server

pytestmark = pytest.mark.slow

Scene = Callable[[Tab], None]


def first_look(tab: Tab) -> None:
    tab.focus(logs.POISONED)
    tab.leave_chart()


def style(name: str) -> Scene:
    def scene(tab: Tab) -> None:
        tab.focus(logs.STEADY)
        tab.zoom(1500, notches=5)
        tab.pick("style", f"style-{name}")
        tab.leave_chart()

    return scene


def scale(name: str) -> Scene:
    def scene(tab: Tab) -> None:
        tab.focus(logs.POISONED)
        tab.pick("scale", f"scale-{name}")
        tab.leave_chart()

    return scene


def mode(name: str) -> Scene:
    def scene(tab: Tab) -> None:
        tab.focus(logs.STEADY)
        tab.pick("mode", f"mode-{name}")
        tab.leave_chart()

    return scene


def indicators(tab: Tab) -> None:
    tab.focus(logs.STEADY)
    tab.get("indicators").click()
    tab.wait_for("indicator-picker")
    for name in ("bollinger", "rsi", "macd"):
        tab.frame.locator(f'[data-testid="indicator-add"][data-indicator="{name}"]').click()
    tab.page.keyboard.press("Escape")
    until(lambda: tab.get("indicator-chip").count() == 3, "three indicators")
    tab.leave_chart()


def layout(name: str) -> Scene:
    def scene(tab: Tab) -> None:
        tab.get("layouts").click()
        tab.get(f"layout {name}").click()
        tab.get("notice").get_by_role("button").last.click()
        tab.leave_chart()

    return scene


def widget(kind: str) -> Scene:
    def scene(tab: Tab) -> None:
        tab.get("add-widget").click()
        tab.frame.get_by_test_id(f"add-{kind}").click()
        tab.widget(kind).last.scroll_into_view_if_needed()
        tab.leave_chart()

    return scene


def data_table(tab: Tab) -> None:
    tab.focus(logs.POISONED)
    tab.widget("candles").first.get_by_test_id("widget-menu").click()
    tab.frame.get_by_test_id("show-table").click()
    tab.leave_chart()


def palette(tab: Tab) -> None:
    tab.get("add-widget").click()


def glossary(tab: Tab) -> None:
    tab.get("glossary-open").click()


def spot(tab: Tab) -> None:
    tab.focus(logs.POISONED)
    tab.page.mouse.click(*tab.place(logs.SPIKE_STEP))
    tab.wait_for("spot-note")
    tab.leave_chart()


SCENES: dict[str, Scene] = {
    "one-run": first_look,
    **{f"style-{name}": style(name) for name in ("heikin-ashi", "bars", "line")},
    **{f"scale-{name}": scale(name) for name in ("log", "symlog")},
    **{f"mode-{name}": mode(name) for name in ("side", "each")},
    "indicators": indicators,
    "compare": layout("Compare"),
    "many-runs": layout("Many runs"),
    **{f"widget-{kind}": widget(kind) for kind in ("arguments", "indicator", "line")},
    "data-table": data_table,
    "palette": palette,
    "glossary": glossary,
    "down-to-the-step": spot,
}


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def looks_as_kept(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Tab, str], None]:
    update = bool(request.config.getoption("--update-pictures"))

    def check(tab: Tab, name: str) -> None:
        pictures.compare(tab.page.screenshot, name, update=update, found_at=tmp_path)

    return check


@pytest.mark.parametrize("name", SCENES)
def test_a_state_looks_as_it_did(
    reopen_tab: OpenTab,
    trainings: Server,
    looks_as_kept: Callable[[Tab, str], None],
    name: str,
    scheme: str,
) -> None:
    tab = reopen_tab(trainings.url, color_scheme=scheme, reduced_motion="reduce")
    tab.wait_for_candles()
    SCENES[name](tab)
    looks_as_kept(tab, f"{name}-{scheme}")


def test_the_first_visit_looks_as_it_did(
    open_tab: OpenTab, trainings: Server, looks_as_kept: Callable[[Tab, str], None], scheme: str
) -> None:
    tab = open_tab(trainings.url, color_scheme=scheme, first_visit=True)
    tab.wait_for_candles()
    looks_as_kept(tab, f"tour-{scheme}")


def test_a_phone_looks_as_it_did(
    open_tab: OpenTab, trainings: Server, looks_as_kept: Callable[[Tab, str], None], scheme: str
) -> None:
    tab = open_tab(trainings.url, color_scheme=scheme, viewport={"width": 360, "height": 740})
    tab.wait_for_candles()
    looks_as_kept(tab, f"phone-{scheme}")


def test_an_empty_log_directory_looks_as_it_did(
    open_tab: OpenTab,
    tensorboard_server: StartServer,
    tmp_path: Path,
    looks_as_kept: Callable[[Tab, str], None],
    scheme: str,
) -> None:
    tab = open_tab(tensorboard_server(tmp_path).url, color_scheme=scheme)
    tab.wait_for("state-empty").evaluate(
        "(e) => { for (const path of e.querySelectorAll('bdi, code')) path.textContent = 'runs' }"
    )
    looks_as_kept(tab, f"empty-{scheme}")


def test_what_looks_otherwise_is_noticed(open_tab: OpenTab, trainings: Server) -> None:
    tab = open_tab(trainings.url)
    tab.wait_for_candles()
    before = pictures.reduced(tab.page.screenshot())
    tab.frame.locator(".readout-bar").first.evaluate("(e) => e.remove()")
    assert not pictures.difference(pictures.reduced(tab.page.screenshot()), before).is_small
