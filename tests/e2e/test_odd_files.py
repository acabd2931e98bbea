"""Things in a log directory that are no event files, and files that change under the server's hands."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import records
from tests.support.server import Server, eventually

OLD = [5.0, 4.0, 3.0, 2.0, 1.0, 0.5, 0.25, 0.125]
NEW = [50.0, 40.0, 30.0]


def expected(values: list[float]) -> dict[int, float]:
    return dict(enumerate(values))


class ServedRun:
    """One run of the log directory that a server has read, and its file."""

    def __init__(self, server: Server, logdir: Path, name: str) -> None:
        self.server, self.logdir, self.name = server, logdir, name
        self.file = records.write_run(logdir, name, records.scalar_file("loss", OLD))
        server.wait_for_points(name, len(OLD))

    def wait_for(self, values: list[float]) -> None:
        def served() -> bool:
            answer = self.server.get("candles", run=self.name, tag="loss", width=1, limit=10000)
            if answer.status == 404:  # away for a moment
                return False
            (series,) = answer.json()["candles"]
            columns = series["columns"]
            return dict(zip(columns["first_step"], columns["close"], strict=True)) == expected(values)

        eventually(served, what=f"{values} of the changed file")

    def wait_for_next_refresh(self) -> None:
        """A new run of the same directory has been read, so the change to this one has been seen too."""
        for number in range(2):
            later = f"after {self.name} {number}"
            records.write_run(self.logdir, later, records.scalar_file("loss", NEW))
            self.server.wait_for_points(later, len(NEW))


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("changing")


@pytest.fixture
def served_run(
    request: pytest.FixtureRequest, shared_tensorboard_server: Callable[..., Server], logdir: Path
) -> ServedRun:
    return ServedRun(shared_tensorboard_server(logdir), logdir, request.node.name)


def test_a_log_directory_full_of_odd_things_serves_its_sound_run(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    name = records.FILE_NAME
    records.write_run(tmp_path, "sound", records.scalar_file("loss", OLD))
    records.write_run(tmp_path, "empty file", b"")
    records.write_run(tmp_path, "zeros", bytes(4096))
    records.write_run(tmp_path, "garbage", random.Random(0).randbytes(4096))
    records.write_run(
        tmp_path, "huge length", (2**63).to_bytes(8, "little") + random.Random(1).randbytes(100)
    )
    records.write_run(tmp_path, "beside a fifo", records.scalar_file("loss", OLD))
    records.write_run(tmp_path, "beside a directory", records.scalar_file("loss", OLD))
    (tmp_path / "directory" / name).mkdir(parents=True)
    (tmp_path / "beside a directory" / (name + ".1")).mkdir()
    (tmp_path / "fifo").mkdir()
    os.mkfifo(tmp_path / "fifo" / name)
    os.mkfifo(tmp_path / "beside a fifo" / (name + ".1"))
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / name).symlink_to("/etc/passwd")
    (tmp_path / "links" / (name + ".broken")).symlink_to("/nowhere/at/all")
    (tmp_path / "links" / (name + ".self")).symlink_to(name + ".self")
    (tmp_path / "device").mkdir()
    (tmp_path / "device" / name).symlink_to("/dev/zero")

    server = tensorboard_server(tmp_path)
    for run in ("sound", "beside a fifo", "beside a directory"):
        server.wait_for_points(run, len(OLD))
        assert server.values(run) == expected(OLD)
    listed = server.get_json("runs")
    reported = {problem["run"] for problem in listed["problems"]}
    assert "garbage" in reported
    assert {"sound", "empty file"}.isdisjoint(reported)
    assert "root:" not in server.get("runs").body.decode()
    server.wait_loaded()


def test_points_of_a_deleted_file_are_never_replaced_by_wrong_ones(served_run: ServedRun) -> None:
    served_run.file.unlink()
    served_run.wait_for_next_refresh()
    answer = served_run.server.get("candles", run=served_run.name, tag="loss", width=1)
    if answer.status == 404:
        assert answer.error()
    else:
        assert answer.status == 200
        assert answer.json()["candles"][0]["columns"]["close"] == OLD


def test_a_deleted_run_can_come_back_with_other_points(served_run: ServedRun) -> None:
    shutil.rmtree(served_run.file.parent)
    served_run.wait_for_next_refresh()
    records.write_run(served_run.logdir, served_run.name, records.scalar_file("loss", NEW))
    served_run.wait_for(NEW)


def test_a_file_replaced_by_another_is_read_again(served_run: ServedRun) -> None:
    other = served_run.file.with_name("being written")
    other.write_bytes(records.scalar_file("loss", [*NEW, *OLD, *OLD]))
    other.rename(served_run.file)
    served_run.wait_for([*NEW, *OLD, *OLD])


def test_a_file_written_anew_in_place_is_read_again(served_run: ServedRun) -> None:
    inode = served_run.file.stat().st_ino
    served_run.file.write_bytes(records.scalar_file("loss", NEW))
    assert served_run.file.stat().st_ino == inode
    served_run.wait_for(NEW)


def test_a_truncated_file_serves_what_is_left(served_run: ServedRun) -> None:
    os.truncate(served_run.file, len(records.scalar_file("loss", OLD[:5])) + 7)
    served_run.wait_for(OLD[:5])
    assert served_run.server.problems(served_run.name) == []


def test_a_file_that_turns_into_a_directory_leaves_the_server_up(served_run: ServedRun) -> None:
    served_run.file.unlink()
    served_run.file.mkdir()
    served_run.wait_for_next_refresh()
    assert served_run.server.values(f"after {served_run.name} 1") == expected(NEW)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file, whatever its mode")
def test_an_unreadable_file_is_reported(tmp_path: Path, tensorboard_server: Callable[..., Server]) -> None:
    records.write_run(tmp_path, "closed", records.scalar_file("loss", OLD)).chmod(0)
    records.write_run(tmp_path, "open", records.scalar_file("loss", OLD))
    server = tensorboard_server(tmp_path)
    server.wait_for_points("open", len(OLD))
    eventually(lambda: server.problems("closed"), what="the report of the unreadable file")
