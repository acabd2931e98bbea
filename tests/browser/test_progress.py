"""How far trainings are, and whether they are alive: with real ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.lines import open_widgets
from tests.browser.steered import KILLED, PLAIN, Trainings, row, state
from tests.browser.tab import Tab, until
from tests.browser.test_accessibility import grave_violations

SILENT = "silent"
# At one instant: it goes on.
READ_WHOLE = """
(row) => [
  row.querySelector('[data-testid="whole-percent"]').innerText,
  row.querySelector('[role="progressbar"]').getAttribute("aria-valuenow"),
]
"""


@pytest.fixture
def trainings(tmp_path: Path) -> Iterator[Trainings]:
    started = Trainings(tmp_path)
    for run in (PLAIN, KILLED):
        started.start(run)
    logs.write_short_run(tmp_path, SILENT)
    yield started
    started.end()


def percent(words: str) -> int:
    return int(words.removesuffix(" %"))


def test_trainings_tell_how_far_they_are_and_who_was_killed_is_dead(
    trainings: Trainings, open_tab: OpenTab, tensorboard_server: StartServer
) -> None:
    server = tensorboard_server(trainings.logdir)
    tab = open_widgets(open_tab, server.url, ["progress"], viewport={"width": 1280, "height": 700})
    until(lambda: (state(tab, PLAIN), state(tab, KILLED)) == ("running", "running"), "both to run")

    going = row(tab, PLAIN)
    # A training that runs has told how far it is only once its loop has begun.
    expect(going.get_by_test_id("epochs-done")).to_contain_text("of 1000 epochs")
    expect(going.get_by_test_id("in-epoch")).to_contain_text("of 50")
    expect(going.get_by_test_id("speed")).to_contain_text("batches/s")
    before = going.get_by_test_id("epochs-done").inner_text()
    until(lambda: going.get_by_test_id("epochs-done").inner_text() != before, "more to be done")
    said, drawn = going.evaluate(READ_WHOLE)
    assert percent(said) == int(drawn)
    expect(tab.widget("progress")).to_contain_text("1 checked run tells nothing of itself.")
    assert grave_violations(tab) == []

    trainings.kill(KILLED)
    until(lambda: state(tab, KILLED) == "dead", "the killed one to be dead")
    expect(row(tab, KILLED).get_by_test_id("heard")).to_contain_text("told something")
    expect(row(tab, KILLED).get_by_test_id("speed")).to_have_count(0)
    assert state(tab, PLAIN) == "running"

    row(tab, KILLED).get_by_role("button").click()
    until(lambda: tab.focused_run() == KILLED, "the focus on it")


def test_widgets_out_of_sight_ask_for_nothing_and_are_up_to_date_once_they_are_seen(
    trainings: Trainings, open_tab: OpenTab, tensorboard_server: StartServer
) -> None:
    server = tensorboard_server(trainings.logdir)
    kinds, window = ["progress", "candles", "line"], {"width": 1280, "height": 500}
    tab = open_widgets(open_tab, server.url, kinds, height=30, viewport=window)
    until(lambda: state(tab, PLAIN) == "running", "a training")
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(urlsplit(request.url).path.rpartition("/")[2]))

    scroll(tab, to_px=1e5)
    wait_at_rest(tab, asked, {"control", "candles"}, "points")
    before = row(tab, PLAIN).get_by_test_id("epochs-done").inner_text()

    scroll(tab, to_px=0)
    until(lambda: row(tab, PLAIN).get_by_test_id("epochs-done").inner_text() != before, "news")
    wait_at_rest(tab, asked, {"points", "candles"}, "control")


def wait_at_rest(tab: Tab, asked: list[str], routes: set[str], goes_on: str) -> None:
    """What was begun in sight is ended out of it; then nothing is asked of these, while another one is."""

    def others() -> set[str]:
        asked.clear()
        for _ in range(3):
            with tab.page.expect_request(f"**/{goes_on}?*"):
                pass
        return set(asked)

    until(lambda: not routes & others(), f"rest of {routes}")
    assert not routes & others()


def scroll(tab: Tab, *, to_px: float) -> None:
    tab.frame.locator(".grid-area").evaluate("(e, px) => e.scrollTo(0, px)", to_px)


def test_where_nothing_tells_how_far_it_is_the_lines_of_code_are_shown_that_do(
    tmp_path: Path, open_tab: OpenTab, tensorboard_server: StartServer
) -> None:
    logs.write_short_run(tmp_path, SILENT)
    tab = open_widgets(
        open_tab, tensorboard_server(tmp_path).url, ["progress"], viewport={"width": 320, "height": 640}
    )
    tab.frame.get_by_test_id("progress-empty").wait_for()
    words = tab.frame.get_by_test_id("progress-empty").inner_text()
    assert "for batch in tracker.batches(loader):" in words
    assert grave_violations(tab) == []
