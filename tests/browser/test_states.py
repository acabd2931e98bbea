"""What stands in the way of candles is said in the tab, and goes away by itself."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.tab import Tab, until
from tests.support import records
from tests.support.ports import free_ports
from tests.support.server import Server, rust_data_server


def test_an_empty_log_directory_says_what_to_do_until_a_run_appears(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    tab = open_tab(tensorboard_server(tmp_path).url)
    words = tab.wait_for("state-empty").inner_text()
    assert str(tmp_path) in words
    assert "from tensorboard_candles import Tracker" in words
    assert "SummaryWriter" in words
    logs.write_short_run(tmp_path, "first")
    tab.wait_for_candles()
    assert tab.get("state-empty").count() == 0
    assert tab.title() == "loss first"
    logs.write_short_run(tmp_path, "second")
    until(lambda: tab.runs() == ["first", "second"], "the second run")
    assert tab.focused_run() == "first"


def test_the_lines_that_an_empty_log_directory_suggests_make_candles_appear(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    logdir, elsewhere = tmp_path / "logs", tmp_path / "elsewhere"
    logdir.mkdir()
    elsewhere.mkdir()
    tab = open_tab(tensorboard_server(logdir).url)
    suggested = tab.wait_for("state-empty").locator("pre").inner_text()
    script = f"batches, loss = range(9), 0.5\n{suggested}\ntracker.close()\n"
    subprocess.run([sys.executable, "-c", script], cwd=elsewhere, check=True)
    tab.wait_for_candles()
    until(lambda: tab.view().candles == 9, "a candle for each batch")


class MortalServer:
    """TensorBoard on one port, which can be killed and started again there."""

    def __init__(self, logdir: Path, outputs: Path) -> None:
        [self.port] = free_ports(1)
        self.logdir = logdir
        self.outputs = outputs
        self.started: list[Server] = []

    def start(self) -> Server:
        output = self.outputs / f"output {len(self.started)}.txt"
        server = Server(["--logdir", str(self.logdir), f"--port={self.port}"], output)
        self.started.append(server)
        server.wait_until_serving()
        return server

    def kill(self) -> None:
        for server in self.started:
            if server.process.poll() is None:
                server.process.kill()
                server.process.wait()


@pytest.fixture
def mortal_server(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MortalServer]:
    server = MortalServer(tmp_path, tmp_path_factory.mktemp("mortal"))
    yield server
    server.kill()


def wait_answered(tab: Tab) -> None:
    """What is on its way when a server goes is asked of the next one, which may not know the run yet."""
    until(lambda: "found nothing" in tab.widget("alerts").inner_text(), "the last answer")


def allow_no_answer(tab: Tab) -> None:
    """What Chromium itself logs of requests that no one answers."""
    unanswered = r"net::ERR_(CONNECTION_\w+|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)"
    tab.trouble.allow(rf"failed: .*/data/plugin/candles/.* \({unanswered}\)")
    tab.trouble.allow(rf"console: Failed to load resource: {unanswered} .*")


def test_a_server_that_is_gone_is_waited_for(mortal_server: MortalServer, open_tab: OpenTab) -> None:
    logs.write_short_run(mortal_server.logdir, "run")
    tab = open_tab(mortal_server.start().url)
    before = tab.wait_for_candles()
    wait_answered(tab)
    allow_no_answer(tab)
    mortal_server.kill()
    error = tab.wait_for("state-error")
    assert "does not answer" in error.inner_text()
    until(lambda: "Next try in" in error.inner_text(), "the time of the next try")
    assert tab.view() == before, "what was on screen stays"
    logs.write_short_run(mortal_server.logdir, "another")
    mortal_server.start()
    tab.get("state-error").wait_for(state="detached")
    until(lambda: tab.runs() == ["another", "run"], "the run that came meanwhile")
    tab.focus("another")
    until(lambda: tab.title() == "loss another", "its candles")
    tab.page.close()


def test_a_damaged_file_is_reported_and_the_rest_is_drawn(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    path = logs.write_short_run(tmp_path, "hurt")
    content = bytearray(path.read_bytes())
    offset = len(content) - 20 * len(records.scalar_record("loss", step=199, value=0.5))
    content[offset + 20] ^= 0xFF
    path.write_bytes(bytes(content))
    logs.write_short_run(tmp_path, "sound")
    tab = open_tab(tensorboard_server(tmp_path).url)
    tab.wait_for_candles()
    problems = tab.wait_for("problems")
    assert problems.inner_text() == "1 problem in the event files"
    problems.get_by_role("button").click()
    until(lambda: "hurt" in problems.inner_text(), "the list of problems")
    words = problems.inner_text()
    assert "sound" not in words
    assert records.FILE_NAME in words
    assert f"byte {offset:,}" in words
    tab.page.keyboard.press("Escape")
    until(lambda: problems.inner_text() == "1 problem in the event files", "the list to close")
    assert tab.title() == "loss hurt"
    tab.enter("width", "1")
    until(lambda: tab.view().candles == 199, "a candle for each point that is left")


@pytest.fixture
def data_server(tmp_path: Path) -> Iterator[str]:
    """TensorBoard's Rust server by itself: TensorBoard gets a sample from there and sees no files."""
    logs.write_short_run(tmp_path / "logs", "run", steps=1000)
    with rust_data_server(tmp_path / "logs", tmp_path / "port") as address:
        yield address


def test_a_sample_is_called_a_sample(
    data_server: str, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    tab = open_tab(tensorboard_server(None, f"--grpc_data_provider={data_server}").url)
    tab.wait_for_candles()
    badge = tab.wait_for("sampled-badge")
    assert badge.inner_text().startswith("sampled")
    assert "--logdir" in badge.inner_text()
    assert tab.title() == "loss run"


def test_the_wait_for_a_server_counts_down_and_moves_nothing(
    mortal_server: MortalServer, open_tab: OpenTab
) -> None:
    logs.write_short_run(mortal_server.logdir, "run")
    tab = open_tab(mortal_server.start().url)
    tab.wait_for_candles()
    wait_answered(tab)
    before = tab.chart.bounding_box()
    allow_no_answer(tab)
    mortal_server.kill()
    error = tab.wait_for("state-error")
    assert tab.chart.bounding_box() == before

    seen: list[int] = []

    def has_counted() -> bool:
        seen.extend(map(int, re.findall(r"Next try in (\d+) s", error.inner_text())))
        return len(set(seen)) > 2

    until(has_counted, "the count goes down")
    tab.page.close()
