"""Fixtures that start a real TensorBoard."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from platformdirs import user_cache_path

from tensorboard_candles.events import storage_remote
from tests.support.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from tests.support.s3 import ObjectStore, S3Server

StartServer = Callable[..., Server]

# A busy machine is no failure, and `make nightly` goes deeper. Chosen in pyproject.toml, so that the command
# line may choose another.
settings.register_profile("unhurried", deadline=None, max_examples=30)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-pictures", action="store_true", help="keep how the tab looks now as right")
    parser.addoption("--all-frameworks", action="store_true", help="a framework that is missing is a failure")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the lean environment skips for want of a framework must not be skipped where all of them are."""
    report = yield
    if item.config.getoption("--all-frameworks") and "could not import" in str(report.longrepr):
        report.outcome = "failed"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Processes that share the tests report in UTF-8, and some tests log what UTF-8 can not say."""
    return _encodable((yield))


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_encodable, value))
    return value


@pytest.fixture(scope="session", autouse=True)
def _cache_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and no TensorBoard that a test starts, reads or writes what is of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_CACHE_DIR", os.environ.get("PIP_CACHE_DIR", str(user_cache_path("pip"))))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def tensorboard_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """Starts TensorBoard on a log directory: `tensorboard_server(logdir, "--path_prefix=/x")`."""
    yield from _servers(tmp_path_factory)


@pytest.fixture(scope="session")
def shared_tensorboard_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """The same, one process for each log directory and set of arguments, kept until the session ends."""
    running: dict[tuple[str, ...], Server] = {}
    for start in _servers(tmp_path_factory):

        def start_once(logdir: Path | None, *arguments: str, start: StartServer = start) -> Server:
            key = (str(logdir), *arguments)
            if key not in running:
                running[key] = start(logdir, *arguments)
            return running[key]

        yield start_once


def _servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    with ExitStack() as started:

        def start(logdir: Path | None, *arguments: str) -> Server:
            log = tmp_path_factory.mktemp("tensorboard") / "output.txt"
            where = [] if logdir is None else ["--logdir", str(logdir)]
            server = Server([*where, *arguments], log)
            started.callback(server.stop)
            server.wait_until_serving()
            return server

        yield start


@pytest.fixture(scope="session")
def recorded_logs() -> Path:
    """Log directory written by torch, tensorboardX, TensorFlow, Keras and our Tracker."""
    return Path(__file__).parent / "recorded" / "logs"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    from tests.support.s3 import S3Server

    server = S3Server()
    yield server
    server.end()


@pytest.fixture
def s3(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """An empty bucket on an S3 server, which clients in this process and in those it starts talk to."""
    from tests.support.s3 import ObjectStore

    store = ObjectStore(s3_server)
    for name, value in store.environment().items():
        monkeypatch.setenv(name, value)
    # The first request may take long where the machine is busy: clients are imported then.
    monkeypatch.setattr(storage_remote, "_WAIT_SECS", 60.0)
    yield store
    store.recover()


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests of a process: Playwright can't be started a second time beside it."""
    from tests.browser import chromium

    started = chromium.launch(_playwright)
    yield started
    started.close()
