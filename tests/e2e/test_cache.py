"""A TensorBoard that is started again serves what the one before it has read."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.conftest import StartServer
from tests.support.records import many_scalars, scalar_record, write_run
from tests.support.server import Server, eventually

POINTS = 20_000
OLD, NEW = 1.0, 2.0


def log_of(value: float) -> bytes:
    """Alike in its first records, whatever the value."""
    return many_scalars("loss", [0.5] * 1000 + [value] * (POINTS - 1000))


def stored_in(directory: Path) -> list[Path]:
    return list(directory.glob("v*/*.candles"))


def last_value(server: Server) -> float:
    server.wait_loaded(run="a", points=POINTS)
    (tag,) = server.runs()["a"]["tags"]
    return float(tag["last_value"])


def put(path: Path, content: bytes) -> None:
    """Into the very file, so that neither its size nor the time of its last change tells of it."""
    status = path.stat()
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Quiet for long enough to be kept at once, and not so long that it is hardly looked at any more."""
    path = write_run(tmp_path / "logs", "a", log_of(OLD))
    os.utime(path, (time.time() - 30,) * 2)
    return path


@pytest.fixture
def start(log: Path, tensorboard_server: StartServer) -> StartServer:
    def started(*arguments: str) -> Server:
        return tensorboard_server(log.parent.parent, *arguments)

    return started


def served_once(server: Server, cache: Path) -> None:
    assert last_value(server) == OLD
    eventually(lambda: stored_in(cache), within_secs=60, what="a cache file")


def test_the_second_start_serves_what_the_first_has_read(
    log: Path, start: StartServer, tmp_path: Path
) -> None:
    flag = f"--candles_cache={tmp_path / 'cache'}"
    served_once(start(flag), tmp_path / "cache")
    # What the file holds now can only be known by reading it.
    put(log, log_of(NEW))
    assert last_value(start("--candles_cache=off")) == NEW
    second = start(flag)
    assert last_value(second) == OLD
    with log.open("ab") as file:
        file.write(scalar_record("loss", step=POINTS, value=3.0))
    second.wait_for_points("a", POINTS + 1)
    assert last_value(second) == 3.0


def test_a_damaged_cache_is_not_served(log: Path, start: StartServer, tmp_path: Path) -> None:
    flag = f"--candles_cache={tmp_path / 'cache'}"
    served_once(start(flag), tmp_path / "cache")
    (stored,) = stored_in(tmp_path / "cache")
    content = bytearray(stored.read_bytes())
    content[len(content) // 2] ^= 1
    stored.write_bytes(content)
    put(log, log_of(NEW))
    assert last_value(start(flag)) == NEW


def test_the_cache_lies_in_the_users_cache_directory(
    log: Path, start: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "of the user"))
    served_once(start(), tmp_path / "of the user" / "tensorboard_candles")


def test_a_cache_directory_that_cannot_be_made_keeps_nothing_from_being_served(
    log: Path, start: StartServer, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("by a file")
    server = start(f"--candles_cache={tmp_path / 'taken' / 'cache'}")
    assert last_value(server) == OLD
    eventually(lambda: "Nothing more is kept in" in server.output(), what="a word about the cache")
    assert server.output().count("Nothing more is kept in") == 1
