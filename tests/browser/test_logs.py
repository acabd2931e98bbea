"""The widget that shows what runs say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tensorboard_candles import Tracker
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of
from tests.browser.tab import Tab, until
from tests.browser.test_accessibility import grave_violations
from tests.support.server import Server

LINES = 900
# The run, the level as it is seen, and the words of each line in view.
READ_LINES = """
(all) => all.map((line) => [
  line.dataset.run,
  line.querySelector(".log-level .long").innerText,
  line.querySelector(".log-message").innerText,
])
"""
NEEDLE = "learning rate <b>halved</b>"


@contextmanager
def talking(logdir: Path, run: str) -> Iterator[tuple[Tracker, logging.Logger]]:
    """A run, and a logger of Python whose lines it writes."""
    with Tracker(project="talk", logdir=logdir, run=run) as tracker:
        logger = logging.getLogger(f"talk.{logdir.name}.{run}")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(tracker.logger)
        yield tracker, logger


FROM_END = "(list) => list.scrollHeight - list.scrollTop - list.clientHeight"


def write_logs(logdir: Path) -> Path:
    """One run that says much, with a needle at its begin, and one that says little."""
    with talking(logdir, "much") as (tracker, logger):
        for step in range(LINES):
            tracker.log(loss=1 / (1 + step), step=step)
            logger.debug("batch %d", step)
            if step == 3:
                logger.warning(NEEDLE)
        logger.error("worker died\nTraceback (most recent call last):\n  File 'train.py', line 12")
    with talking(logdir, "little") as (tracker, logger):
        tracker.log(loss=1.0, step=0)
        logger.info("only this")
    return logdir


@pytest.fixture(scope="session")
def talk(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    server = shared_tensorboard_server(write_logs(tmp_path_factory.mktemp("talk")))
    server.wait_loaded(run="talk/much", points=LINES)
    return server


@pytest.fixture
def tab(talk: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(talk.url, stored=dashboard_of("logs"))
    until(lambda: "only this" in last_line(opened), "the newest line")
    return opened


def lines(tab: Tab) -> Locator:
    return tab.widget("logs").get_by_test_id("log-line")


def last_line(tab: Tab) -> str:
    """Of those in view; nothing while there is none."""
    found: list[str] = lines(tab).all_inner_texts()
    return " ".join(found[-1].split()) if found else ""


def count(tab: Tab) -> str:
    said = tab.widget("logs").get_by_test_id("log-count")
    return said.inner_text() if said.count() else ""


def test_the_newest_lines_of_all_runs_are_shown_with_their_level_in_words(tab: Tab) -> None:
    assert count(tab) == "the last 501 of 903 lines"
    assert lines(tab).evaluate_all(READ_LINES)[-3:] == [
        ["talk/much", "DEBUG", "batch 899"],
        ["talk/much", "ERROR", "worker died\nTraceback (most recent call last):\n  File 'train.py', line 12"],
        ["talk/little", "INFO", "only this"],
    ]
    assert lines(tab).count() < 100, "only those in view are in the page"


def test_the_whole_log_is_searched_and_what_was_found_is_marked(tab: Tab) -> None:
    tab.widget("logs").get_by_test_id("log-search").fill("<B>halved")
    until(lambda: count(tab) == "1 line", "one line of all")
    until(lambda: NEEDLE in last_line(tab), "markup that is text")
    assert lines(tab).locator("mark").all_inner_texts() == ["<b>halved"]
    tab.widget("logs").get_by_test_id("log-search").fill("nowhere")
    until(lambda: "No line matches." in tab.widget("logs").inner_text(), "nothing")


def test_levels_are_hidden_and_counted(tab: Tab) -> None:
    widget = tab.widget("logs")
    assert widget.get_by_test_id("level-debug").inner_text() == "Debug 900"
    widget.get_by_test_id("level-debug").click()
    until(lambda: count(tab) == "3 lines", "all but debug")
    widget.get_by_test_id("level-info").click()
    until(lambda: count(tab) == "2 lines", "warnings and errors")
    levels = "(all) => all.map((e) => e.dataset.level)"
    until(lambda: lines(tab).evaluate_all(levels) == ["warning", "error"], "their lines")
    widget.get_by_test_id("log-last").fill("1")
    widget.get_by_test_id("log-last").press("Enter")
    until(lambda: count(tab) == "the last 1 of 2 lines", "the last one")


def test_the_whole_log_is_downloaded(tab: Tab, tmp_path: Path) -> None:
    tab.widget("logs").get_by_test_id("log-downloads").click()
    with tab.page.expect_download() as download:
        tab.frame.get_by_test_id("log-download").filter(has_text="much").click()
    text = Path(download.value.path()).read_text()
    assert download.value.suggested_filename.endswith(".txt")
    assert text.count("batch ") == LINES
    assert NEEDLE in text
    with tab.page.expect_download() as shown:
        choose(tab, "logs", "export-csv")
    assert "only this" in Path(shown.value.path()).read_text()


def test_lines_come_as_they_are_said_and_wait_for_who_reads(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    with talking(tmp_path, "live") as (tracker, logger):
        tracker.log(loss=1.0, step=0)
        for number in range(100):
            logger.info("line %d", number)
        tracker.flush()
        server = tensorboard_server(tmp_path)
        server.wait_loaded(run="talk/live")
        tab = open_tab(server.url, stored=dashboard_of("logs"))
        until(lambda: "line 99" in last_line(tab), "the newest line")
        logger.info("line 100")
        tracker.flush()
        until(lambda: "line 100" in last_line(tab), "a new line at the end")
        scroller = tab.widget("logs").get_by_test_id("log-list")
        scroller.evaluate("(list) => { list.scrollTop -= 60; }")  # as of lines lower than guessed
        until(lambda: scroller.evaluate(FROM_END) <= 2, "the end, which nobody left")
        scroller.focus()
        tab.page.keyboard.press("Home")
        end = tab.widget("logs").get_by_test_id("log-end")
        until(lambda: "line 0" in lines(tab).first.inner_text(), "the first line")
        logger.info("line 101")
        logger.info("line 102")
        tracker.flush()
        until(lambda: end.inner_text() == "2 new lines ↓", "what came since")
        assert "line 0" in lines(tab).first.inner_text(), "nothing moves"
        end.click()
        until(lambda: "line 102" in last_line(tab), "the newest line again")
        until(lambda: end.count() == 0, "no way to where one is")


def test_where_nothing_was_said_it_tells_how_it_is(trainings: Server, reopen_tab: OpenTab) -> None:
    tab = reopen_tab(trainings.url, stored=dashboard_of("logs"))
    empty = tab.widget("logs").get_by_test_id("logs-empty")
    until(lambda: "addHandler(tracker.logger)" in empty.inner_text(), "a way to log lines")


def test_in_a_narrow_place_a_line_has_its_letter(talk: Server, open_tab: OpenTab) -> None:
    tab = open_tab(talk.url, stored=dashboard_of("logs"), viewport={"width": 300, "height": 800})
    until(lambda: "only this" in last_line(tab), "the newest line")
    assert lines(tab).last.locator(".log-level b").inner_text() == "I"
    log = tab.widget("logs").get_by_test_id("log-list")
    until(lambda: log.evaluate("(e) => e.scrollWidth - e.clientWidth") == 0, "lines that fit")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_logs(talk: Server, reopen_tab: OpenTab, scheme: str) -> None:
    tab = reopen_tab(talk.url, stored=dashboard_of("logs", {"search": "a"}), color_scheme=scheme)
    until(lambda: "worker died" in last_line(tab), "lines")
    assert grave_violations(tab) == []
