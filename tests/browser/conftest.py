"""One Chromium for the session, a fresh profile for each page, and no trouble on any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chromium, logs
from tests.browser.chromium import Trouble
from tests.browser.tab import Tab
from tests.support.server import Server

OpenTab = Callable[..., Tab]
StartServer = Callable[..., Server]

HERE = Path(__file__).parent
DESKTOP = {"width": 1280, "height": 800}
# Some frames are denied storage while they are still empty.
SEEN_BEFORE = 'try { localStorage.setItem("tensorboard-candles-tour-seen", "1") } catch {}'


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = chromium.launch(playwright)
        yield started
        started.close()


@pytest.fixture
def open_tab(browser: Browser, tensorboard_server: StartServer) -> Iterator[OpenTab]:
    """Opens the Candles tab: `open_tab(server.url)`. Afterwards nothing may have gone wrong on it.

    The first visit's tour is over, unless `first_visit=True`. Other keywords go to the browser's context,
    as `color_scheme="dark"`. It asks for `tensorboard_server`
    so that pages are closed before the servers behind them.
    """
    troubles: list[Trouble] = []
    with ExitStack() as opened:

        def open_(url: str, *, first_visit: bool = False, **options: Any) -> Tab:
            context = browser.new_context(**{"viewport": DESKTOP, **options})
            if not first_visit:
                context.add_init_script(SEEN_BEFORE)
            opened.callback(context.close)
            trouble = Trouble()
            troubles.append(trouble)
            trouble.watch(context)
            return Tab(context.new_page(), trouble, url)

        yield open_
    assert [line for trouble in troubles for line in trouble.unexpected()] == []


@pytest.fixture(scope="session")
def trainings(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """TensorBoard on the three runs of `logs.write_trainings`."""
    server = shared_tensorboard_server(logs.write_trainings(tmp_path_factory.mktemp("trainings")))
    server.wait_loaded(run=logs.TOO_HOT, tag=logs.LOSS, points=logs.STEPS)
    return server


@pytest.fixture(scope="session")
def long_run(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """TensorBoard on a million points."""
    server = shared_tensorboard_server(logs.write_long_run(tmp_path_factory.mktemp("long")))
    server.wait_loaded(run="long", points=logs.LONG_STEPS)
    return server
