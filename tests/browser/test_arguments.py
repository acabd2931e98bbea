"""What runs were started with, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tensorboard_candles import Tracker
from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.lines import open_widgets
from tests.browser.tab import WITHIN_SECS, Tab, until
from tests.support.server import Server

# So that a widget half as wide has its controls in sight.
WIDE = {"width": 1700, "height": 900}
LONG = "<b>every</b> word of it, " * 12
CONFIGS: dict[str, dict[str, object]] = {
    "first": {"lr": 0.1, "seed": 1, "data": "cifar10", "optimizer": {"name": "adamw"}, "notes": LONG},
    "second": {"lr": 0.3, "seed": 2, "data": "cifar10", "optimizer": {"name": "adamw"}},
}


@pytest.fixture(scope="module")
def configured(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Two runs with arguments and one without."""
    logdir = tmp_path_factory.mktemp("configured")
    for run, config in CONFIGS.items():
        with Tracker(project="p", logdir=logdir, run=run, config=config) as tracker:
            for step in range(20):
                tracker.log({"loss": 1 / (1 + step)}, step=step)
    logs.write_short_run(logdir, "p/without")
    server = shared_tensorboard_server(logdir)
    server.wait_loaded(run="p/second", points=20)
    return server


def open_arguments(tab: Tab) -> Tab:
    tab.wait_for("add-widget").click()
    tab.get("add-arguments").click()
    widget(tab).wait_for(timeout=WITHIN_SECS * 1000)
    return tab


def widget(tab: Tab) -> Locator:
    return tab.widget("arguments")


@pytest.fixture
def tab(configured: Server, reopen_tab: OpenTab) -> Tab:
    context = {"permissions": ["clipboard-read", "clipboard-write"], "viewport": WIDE}
    opened = open_arguments(reopen_tab(configured.url, **context))
    until(lambda: len(names(opened)) == 5, "a row for each argument")
    return opened


def names(tab: Tab) -> list[str]:
    found: list[str] = (
        widget(tab).get_by_test_id("argument-row").evaluate_all("(all) => all.map((e) => e.dataset.name)")
    )
    return found


def values(tab: Tab, name: str) -> list[str]:
    row = widget(tab).locator(f'[data-testid="argument-row"][data-name="{name}"]')
    return [" ".join(text.split()) for text in row.locator("td").all_inner_texts()[:2]]


def test_on_a_wide_screen_runs_share_the_room_and_on_a_narrow_one_they_are_scrolled_to(
    configured: Server, open_tab: OpenTab
) -> None:
    def widths(tab: Tab) -> tuple[float, bool]:
        head = tab.widget("arguments").locator("thead th").nth(1).bounding_box()
        assert head is not None
        scrolls = "(e) => e.scrollWidth > e.clientWidth"
        return head["width"], tab.widget("arguments").locator(".table-scroller").evaluate(scrolls)

    def at(width: int) -> Tab:
        viewport = {"width": width, "height": 800}
        tab = open_widgets(open_tab, configured.url, ["arguments"], viewport=viewport)
        tab.frame.get_by_test_id("argument-row").first.wait_for()
        return tab

    wide, narrow = at(2560), at(460)
    until(lambda: widths(wide) == (420, False), "shared room")
    until(lambda: widths(narrow) == (170, True), "columns to be scrolled to")


def test_each_argument_has_a_row_and_what_differs_is_marked(tab: Tab) -> None:
    assert names(tab) == ["data", "lr", "notes", "optimizer.name", "seed"]
    assert values(tab, "data") == ["cifar10", "cifar10"]
    tab.focus("p/first")
    until(lambda: values(tab, "lr") == ["0.1", "≠ 0.3"], "the run in focus first")
    assert values(tab, "notes")[1] == "≠ –"
    tab.focus("p/second")
    until(lambda: values(tab, "lr") == ["0.3", "≠ 0.1"], "the other run first")
    assert "from hparams" in widget(tab).locator("thead").inner_text()
    assert "1 checked run logged no arguments." in widget(tab).inner_text()


def test_rows_are_searched_and_those_that_are_the_same_hidden(tab: Tab) -> None:
    widget(tab).get_by_test_id("only-differences").click()
    until(lambda: names(tab) == ["lr", "notes", "seed"], "the differences")
    assert "3 of 5" in widget(tab).get_by_test_id("argument-count").inner_text()
    widget(tab).get_by_test_id("argument-search").fill("^se|0\\.3")
    until(lambda: names(tab) == ["lr", "seed"], "what was searched for")
    widget(tab).get_by_test_id("argument-search").fill("nowhere")
    until(lambda: "Nothing matches" in widget(tab).inner_text(), "nothing")


def test_a_long_value_opens_as_text_and_all_are_copied_as_json(tab: Tab) -> None:
    tab.focus("p/first")
    opener = widget(tab).get_by_test_id("long-value")
    opener.click()
    whole = widget(tab).get_by_test_id("whole-value")
    assert LONG.strip() in " ".join(whole.inner_text().split())
    assert whole.locator("pre").evaluate("(e) => e.scrollWidth <= e.clientWidth"), "nothing of it is cut off"
    assert whole.locator("pre").evaluate("(e) => e.clientHeight") > 40, "it takes several lines"
    assert whole.locator("b").count() == 1, "the name alone is bold: markup in a value is text"
    tab.page.keyboard.press("Escape")
    widget(tab).get_by_test_id("copy-arguments").click()
    until(lambda: widget(tab).get_by_test_id("copy-arguments").inner_text() == "Copied", "the copy")
    copied = json.loads(tab.frame.evaluate("navigator.clipboard.readText()"))
    assert copied["p/second"] == {"lr": 0.3, "seed": 2, "data": "cifar10", "optimizer.name": "adamw"}


def test_without_arguments_it_says_how_to_log_them_until_there_are_some(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    logs.write_short_run(tmp_path, "p/run")
    tab = open_arguments(open_tab(tensorboard_server(tmp_path).url))
    empty = widget(tab).get_by_test_id("arguments-empty")
    empty.wait_for(timeout=WITHIN_SECS * 1000)
    assert "config=" in empty.inner_text()
    assert "log_config" in empty.inner_text()
    with Tracker(project="p", logdir=tmp_path, run="run", config={"lr": 0.5}) as tracker:
        tracker.log({"loss": 1.0}, step=500)
    until(lambda: names(tab) == ["lr"], "the arguments")
