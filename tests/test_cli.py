"""`tensorboard-candles` opens a real TensorBoard and says where."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tensorboard_candles import Tracker, __version__, cli
from tests.support.server import eventually


@contextmanager
def started(log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard_candles.cli", *arguments], stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def address(log: Path) -> str:
    found = eventually(
        lambda: re.search(r"Candles: (\S+)", log.read_text()), within_secs=60, what="the address"
    )
    return str(found[1])


def test_prints_an_address_that_opens_on_the_candles_tab(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path / "logs", run="r") as tracker:
        tracker.log(loss=1)
    log = tmp_path / "log"
    with started(
        log, str(tmp_path / "logs"), "--port", "0", "--path_prefix", "/x", "--load_fast=false"
    ) as process:
        url, _, tab = address(log).partition("#")
        assert re.fullmatch(r"http://localhost:\d+/x/", url)
        assert tab == "candles"
        with urllib.request.urlopen(url + "data/plugins_listing", timeout=30) as answer:
            assert b'"candles"' in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert "Traceback" not in log.read_text()
    assert "no directory" not in log.read_text()


def test_directory_that_is_not_there_yet_is_said_and_served(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started(log, str(tmp_path / "nope"), "--port", "0", "--load_fast=false"):
        address(log)
    assert f"there is no directory {tmp_path}/nope yet" in log.read_text()


def test_taken_port_is_passed_by_and_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", cli.FIRST_PORT))
            other.listen()
        except OSError:
            pass  # somebody else has it: as good
        log = tmp_path / "log"
        with started(log, str(tmp_path)):
            port = int(re.findall(r":(\d+)/", address(log))[0])
            assert cli.FIRST_PORT < port < cli.FIRST_PORT + cli.PORTS_TO_TRY
            assert f"Port {cli.FIRST_PORT} is taken, so this is port {port}." in log.read_text()


def test_port_that_was_asked_for_and_is_taken_is_an_error(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        log = tmp_path / "log"
        with started(log, str(tmp_path), "--port", str(other.getsockname()[1])) as process:
            assert process.wait(60) == 1
        assert "already in use" in log.read_text()


def test_bad_flag_of_the_plugin_is_said_without_a_stack_trace(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started(log, str(tmp_path), "--candles_poll_secs=-1") as process:
        assert process.wait(60) == 2
    assert "tensorboard-candles: --candles_poll_secs must be > 0" in log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ([], ["--logdir", "runs"]),
        (["logs"], ["--logdir", "logs"]),
        (["logs", "--port", "1"], ["--logdir", "logs", "--port", "1"]),
        (["--port", "1"], ["--logdir", "runs", "--port", "1"]),
        (["--port", "1", "--logdir=a"], ["--port", "1", "--logdir=a"]),
        (["--logdir_spec", "a:b"], ["--logdir_spec", "a:b"]),
    ],
)
def test_flags_go_on_to_tensorboard(given: list[str], passed: list[str]) -> None:
    assert cli.tensorboard_flags(given) == passed


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    assert "usage: tensorboard-candles [LOGDIR]" in capsys.readouterr().out
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"tensorboard-candles {__version__}\n"
