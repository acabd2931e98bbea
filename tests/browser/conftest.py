"""Nothing left in a tab of the one before, and no trouble on any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser import chromium, logs
from tests.browser.opening import KeptPages, open_page
from tests.browser.tab import WITHIN_SECS, Tab
from tests.support.server import Server

OpenTab = Callable[..., Tab]
StartServer = Callable[..., Server]

HERE = Path(__file__).parent

expect.set_options(timeout=WITHIN_SECS * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def open_flat_tab(_playwright: Playwright) -> Iterator[OpenTab]:
    """`open_tab` in a browser without WebGL: `open_flat_tab(server.url, stored=…)`."""
    flat = chromium.launch(_playwright, "--disable-3d-apis")
    opened: list[Tab] = []

    def open_(url: str, **options: Any) -> Tab:
        opened.append(open_page(flat, url, **options))
        return opened[-1]

    yield open_
    flat.close()
    assert [line for tab in opened for line in tab.trouble.unexpected()] == []


@pytest.fixture
def open_tab(browser: Browser, tensorboard_server: StartServer) -> Iterator[OpenTab]:
    """Opens the Candles tab: `open_tab(server.url)`. Afterwards nothing may have gone wrong on it.

    The first visit's tour is over, unless `first_visit=True`; `stored` is what the browser has kept for it.
    Other keywords go to the browser's context, as `color_scheme="dark"`. It asks for `tensorboard_server`
    so that pages are closed before the servers behind them.
    """
    opened: list[Tab] = []

    def open_(url: str, **options: Any) -> Tab:
        opened.append(open_page(browser, url, **options))
        return opened[-1]

    yield open_
    for tab in reversed(opened):
        tab.page.context.close()
    assert [line for tab in opened for line in tab.trouble.unexpected()] == []


@pytest.fixture(scope="session")
def kept_pages(browser: Browser, shared_tensorboard_server: StartServer) -> Iterator[KeptPages]:
    """Of servers that last as long: closed before them."""
    pages = KeptPages(browser)
    yield pages
    pages.close()


@pytest.fixture
def reopen_tab(kept_pages: KeptPages) -> Iterator[OpenTab]:
    """`open_tab` at a fraction of its cost, where the server outlives the test: see `KeptPages`.

    Tests that are about TensorBoard's page, the visit's beginning or the context take `open_tab`.
    """
    opened: list[Tab] = []

    def open_(url: str, **options: Any) -> Tab:
        opened.append(kept_pages.open(url, **options))
        return opened[-1]

    yield open_
    assert [line for tab in opened for line in kept_pages.leave(tab)] == []


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
