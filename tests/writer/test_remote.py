"""A run in a bucket: what is logged arrives whole and in order, and a reader sees a run like any other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
from fsspec.implementations.local import LocalFileSystem
from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles import Tracker
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.remote import pace
from tensorboard_candles.writer.remote.directory import RemoteDir
from tensorboard_candles.writer.resuming import LeftOff, left_off
from tests.support.s3 import ObjectStore
from tests.support.server import Server, eventually
from tests.writer.reading import raw_events
from tests.writer.remote import names, shown, spools, tracker
from tests.writer.scripts import posix, run_script

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def memory(request: pytest.FixtureRequest) -> str:
    """An empty log directory in this process's memory."""
    url = f"memory://{request.node.name}"
    system = fsspec.filesystem("memory")
    if system.exists(url):
        system.rm(url, recursive=True)
    return url


def test_candles_of_a_run_in_a_bucket_are_those_of_what_was_logged_while_it_is_logged(
    s3: ObjectStore, tensorboard_server: Callable[..., Server]
) -> None:
    server = tensorboard_server(s3.url("runs"))
    values = np.random.default_rng(1).normal(size=3000).astype(np.float32).astype(float)
    with tracker(s3.url("runs")) as one:
        for end in (1000, 2000, 3000):
            for value in values[end - 1000 : end]:
                one.log(loss=value)
            one.flush()
            server.wait_for_points("p/r", end)
    (found,) = server.get_json("candles", run="p/r", tag="loss", width=100)["candles"]
    columns = found["columns"]
    rows = values.reshape(-1, 100)
    assert columns["open"] == rows[:, 0].tolist()
    assert columns["high"] == rows.max(axis=1).tolist()
    assert columns["low"] == rows.min(axis=1).tolist()
    assert columns["close"] == rows[:, -1].tolist()
    assert server.problems() == []
    assert spools() == []


def test_scalars_tab_reads_a_run_in_a_bucket_that_has_several_files(
    s3: ObjectStore, monkeypatch: pytest.MonkeyPatch, tensorboard_server: Callable[..., Server]
) -> None:
    monkeypatch.setattr(pace, "LARGE_FILE_BYTES", 2000)
    with tracker(s3.url("runs")) as one:
        for step in range(300):
            one.log(loss=step)
            if step % 60 == 59:
                one.flush()
    assert len(names(s3.url("runs"))) > 3
    server = tensorboard_server(s3.url("runs"))

    def points() -> bool:
        answer = server.request("data/plugin/scalars/scalars", {"run": "p/r", "tag": "loss"})
        return answer.status == 200 and [point[1] for point in answer.json()] == list(range(300))

    eventually(points, within_secs=60, what="the Scalars tab's points")


def test_what_is_logged_arrives_by_itself(s3: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SHORTEST_INTERVAL_SECS", 0.1)
    with tracker(s3.url("runs")) as one:
        one.log(loss=0)
        one.flush()
        for step in (1, 2):
            one.log(loss=step)
            expected = {known: float(known) for known in range(step + 1)}
            eventually(partial(arrived, s3.url("runs"), expected), what="the point")


def arrived(logdir: str, expected: dict[int, float]) -> bool:
    return shown(logdir) == expected


def test_run_is_in_the_bucket_before_anything_is_logged(s3: ObjectStore) -> None:
    with tracker(s3.url("runs/")) as one:
        assert len(names(s3.url("runs"))) == 1
        assert str(one.run_dir) == s3.url("runs/p/r")
        assert one.run_dir.name == one.run == "r"


def test_runs_without_a_name_are_never_the_same(memory: str) -> None:
    trackers = [Tracker("p", logdir=memory) for _ in range(20)]
    assert len({one.run for one in trackers}) == 20
    for one in trackers:
        one.close()


def test_files_of_a_long_run_are_no_restarts_though_its_steps_go_back(
    memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LARGE_FILE_BYTES", 1000)
    # 0, 50, 1, 51, …: at each boundary between files there are steps lower than those before
    steps = [number // 2 + 50 * (number % 2) for number in range(100)]
    with tracker(memory) as one:
        for step in steps:
            one.log({"loss": step}, step=step)
            one.flush()
        one.log(late=1, step=3)  # a tag that only the last file has
    files = names(memory)
    assert len(files) > 3
    assert files == sorted(files)
    assert shown(memory) == {step: float(step) for step in range(100)}


def test_run_begun_again_is_a_restart_where_the_second_begins(
    memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LARGE_FILE_BYTES", 1000)
    for begin, value in ((0, 1.0), (60, 2.0)):
        with tracker(memory) as one:
            for step in range(begin, 100):
                one.log(loss=value, step=step)
                one.flush()
    assert len(names(memory)) > 6
    assert shown(memory) == {step: 1.0 if step < 60 else 2.0 for step in range(100)}


def test_resumed_run_goes_on_after_its_last_file_and_its_last_epoch(
    memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LARGE_FILE_BYTES", 1000)
    with tracker(memory) as first:
        for _ in first.epochs(2):
            for _ in range(50):
                first.log(loss=1)
                first.flush()
    files = names(memory)
    assert len(files) > 3
    with tracker(memory, resume=True) as second:
        assert second.epochs_done == 2
        second.log(loss=2, step=90)
        second.log(loss=2)
    assert shown(memory) == {step: 1.0 if step < 90 else 2.0 for step in range(92)}


def test_where_a_run_left_off_is_read_from_the_end_only(
    s3: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LARGE_FILE_BYTES", 1000)
    with tracker(s3.url("runs")) as one:
        for epoch in one.epochs(20):
            one.log(loss=epoch, acc=epoch, error=epoch)
            one.flush()
    files = names(s3.url("runs"))
    assert len(files) > 3
    s3.forget()
    assert left_off(RemoteDir(s3.url("runs")) / "p" / "r", "") == LeftOff(20, 20)
    read = [asked.path.rpartition("/")[2] for asked in s3.asked() if asked.method == "GET"]
    assert [name for name in read if name in files] == [files[-1]]


def test_each_rank_writes_and_resumes_its_own_file(memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    for rank, count in (("0", 5), ("1", 7)):
        monkeypatch.setenv("RANK", rank)
        with tracker(memory) as one:
            for _ in range(count):
                one.log({f"loss{rank}": 1})
    assert [name[-6:] for name in names(memory)] == [".rank0", ".rank1"]
    run_dir = RemoteDir(memory) / "p" / "r"
    assert left_off(run_dir, ".rank0") == LeftOff(5, 0)
    assert left_off(run_dir, ".rank1") == LeftOff(7, 0)


def test_storage_that_has_directories_is_given_them(tmp_path: Path) -> None:
    class Disk(LocalFileSystem):  # type: ignore[misc]
        protocol = "disk"

    fsspec.register_implementation("disk", Disk, clobber=True)
    with tracker(f"disk://{tmp_path}/runs") as one:
        one.log(loss=1)
    assert [event.step for event in raw_events(tmp_path / "runs" / "p" / "r")] == [0, 0]


def test_options_of_the_storage_reach_it(s3: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = s3.environment()
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    options = {"endpoint_url": environment["AWS_ENDPOINT_URL"], "key": "key", "secret": "s3cret"}
    with tracker(s3.url("runs"), storage_options=options) as one:
        one.log(loss=1)
        assert "s3cret" not in f"{one!r} {one.run_dir!r}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", environment["AWS_ENDPOINT_URL"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert shown(s3.url("runs")) == {0: 1.0}


@pytest.mark.parametrize(
    ("logdir", "options", "reason"),
    [
        ("s3://no-such-bucket/runs", {}, "bucket does not exist"),
        ("nosuch://bucket/runs", {}, "Protocol not known: nosuch"),
        ("s3://bucket/runs", {"no_such_option": 1}, "no_such_option"),
    ],
)
def test_logdir_that_is_refused_is_told_at_once(
    s3: ObjectStore, logdir: str, options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(WriterError, match=reason):
        tracker(logdir, storage_options=options)
    assert spools() == []


def test_package_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "s3fs.py").write_text("raise ImportError('as if it were not installed')")
    ended = run_script(
        f"sys.path.insert(0, {str(tmp_path)!r})\nTracker('p', logdir='s3://bucket/runs')",
        tmp_path,
        check=False,
    )
    assert "s3:// needs the package s3fs: pip install tensorboard_candles[s3]" in ended.stderr


def test_secrets_of_a_url_are_used_and_nobody_is_told(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "memory://me:s3cret@host/logs"
    system = type(fsspec.filesystem("memory"))

    def refuse(*_: object, **__: object) -> None:
        raise OSError(f"{url} is closed")

    with tracker(url) as one, monkeypatch.context() as patch:
        one.log(loss=1)
        patch.setattr(system, "pipe_file", refuse)
        one.flush()
        one.log(loss=1)
        one.flush()
    assert "memory://host/logs is closed" in caplog.text
    assert "s3cret" not in f"{caplog.text} {one!r} {one.run_dir!r}"
    assert shown(url) == {0: 1.0, 1: 1.0}


@posix
def test_child_of_a_process_that_sends_sends_a_file_of_its_own(s3: ObjectStore) -> None:
    run_script(
        """
        tracker = Tracker("p", logdir=logdir, run="r")
        tracker.log(loss=0)
        tracker.flush()
        children = []
        for child in (1, 2, 3):
            tracker.log(loss=child)
            if os.fork() == 0:
                tracker.log({f"child{child}": child}, step=child)
                tracker.close()
                os._exit(0)
        for _ in range(3):
            assert os.wait()[1] == 0
        tracker.log(loss=4)
        """,
        s3.url("runs"),
    )
    assert len(names(s3.url("runs"))) == 4
    assert shown(s3.url("runs")) == {step: float(step) for step in range(5)}
    for child in (1, 2, 3):
        assert shown(s3.url("runs"), f"child{child}") == {child: float(child)}


def test_every_file_of_a_run_says_when_the_run_began(memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LARGE_FILE_BYTES", 500)
    with tracker(memory) as one:
        for _ in range(30):
            one.log(loss=1)
            one.flush()
    connection = (RemoteDir(memory) / "p" / "r").connect()
    begins = set()
    for name in names(memory):
        content = connection.read(name)
        event = Event.FromString(content[12 : 12 + int.from_bytes(content[:8], "little")])
        assert event.file_version == "brain.Event:2"
        begins.add(event.wall_time)
    assert len(begins) == 1


def test_tracker_can_be_made_when_the_main_thread_has_ended(tmp_path: Path) -> None:
    ended = run_script(
        """
        def train():
            threading.main_thread().join()
            with Tracker("p", logdir="memory://late", run="r") as tracker:
                tracker.log(loss=0)
            import fsspec
            print(len(fsspec.filesystem("memory").glob("/late/p/r/events*")))
        import concurrent.futures.thread  # as fsspec's event loop does
        threading.Thread(target=train).start()
        """,
        tmp_path,
    )
    assert (ended.stdout, ended.stderr) == ("1\n", "")
