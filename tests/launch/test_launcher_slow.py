"""Storages and engines that take their time: nobody else waits for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tensorboard_candles.launch.hands import Hands
from tensorboard_candles.launch.launcher import Asked, Launcher
from tests.launch.desk import Desk, one, toy, wait_for
from tests.support.server import eventually


class Slow(MemoryFileSystem):  # type: ignore[misc]
    """Says nothing of the statuses of trainings until it is told to."""

    protocol = "slow"
    answers = threading.Event()
    asked: set[str]

    def cat_file(self, path: str, *args: Any, **more: Any) -> Any:
        if path.endswith("status.json"):
            self.asked.add(path)
            assert self.answers.wait(60)
        return super().cat_file(path, *args, **more)


@pytest.fixture
def bucket() -> Iterator[type[Slow]]:
    fsspec.register_implementation("slow", Slow, clobber=True)
    Slow.asked = set()
    Slow.answers.clear()
    yield Slow
    Slow.answers.set()


def opened(desk: Desk, where: Path, running: int) -> Launcher:
    launcher = Launcher(
        toy(where / "code", running=running, command=["sleep", "600"]),
        logdir="slow://logs",
        user_state=where / "user",
    )
    launcher.begin()
    desk.launchers.append(launcher)
    return launcher


def test_a_whole_grid_is_told_to_stop_at_once_however_slow_its_bucket_is(
    desk: Desk, tmp_path: Path, bucket: type[Slow]
) -> None:
    launcher = opened(desk, tmp_path, running=10)
    ids = launcher.start("toy", [Asked()] * 10)
    wait_for(launcher, *["running"] * 10)
    launcher.ask("stop", ids)
    eventually(lambda: len(bucket.asked) == 10, what="ten that are asked at the same time")
    bucket.answers.set()
    wait_for(launcher, *["stopped"] * 10)


def test_whoever_waits_for_a_slow_bucket_holds_up_no_other(
    desk: Desk, tmp_path: Path, bucket: type[Slow]
) -> None:
    launcher = opened(desk, tmp_path, running=2)
    slow, other, queued, last = launcher.start("toy", [Asked(name=name) for name in "abcd"])
    wait_for(launcher, "running", "running", "queued", "queued")
    launcher.ask("stop", [slow])
    eventually(lambda: bucket.asked, what="the status of the first")
    launcher.ask("kill", [other, last])
    eventually(lambda: one(launcher, queued).state == "running", what="the next of the queue")
    wait_for(launcher, "running", "stopped", "running", "stopped")
    launcher.ask("kill", [slow])
    bucket.answers.set()
    wait_for(launcher, "stopped", "stopped", "running", "stopped")


def test_what_is_asked_is_done_however_many_others_hang(
    desk: Desk, tmp_path: Path, bucket: type[Slow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tensorboard_candles.launch.lane.MOST_AT_ONCE", 2)
    launcher = opened(desk, tmp_path, running=5)
    ids = launcher.start("toy", [Asked()] * 5)
    wait_for(launcher, *["running"] * 5)
    launcher.ask("stop", ids[:4])
    eventually(lambda: len(bucket.asked) == 4, what="more that hang than hands")
    launcher.ask("kill", ids[4:])
    eventually(lambda: one(launcher, ids[4]).state == "stopped", what="the last")
    bucket.answers.set()
    wait_for(launcher, *["stopped"] * 5)


def test_when_tensorboard_ends_the_next_begins_only_after_what_was_on_its_way(
    desk: Desk, tmp_path: Path, bucket: type[Slow]
) -> None:
    launcher = opened(desk, tmp_path, running=1)
    [slow] = launcher.start("toy", [Asked()])
    wait_for(launcher, "running")
    launcher.ask("stop", [slow])
    eventually(lambda: bucket.asked, what="its status")
    ending = threading.Thread(target=desk.close, args=(launcher,))
    ending.start()
    following = opened(desk, tmp_path, running=1)
    assert not following._folder.lead()
    bucket.answers.set()
    ending.join()
    wait_for(following, "stopped")
    assert one(following, slow).message == "sent SIGTERM"


def test_what_is_quick_is_done_by_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tensorboard_candles.launch.hands.QUICK_SECS", 60.0)
    hands, goes_on = Hands(most=9), threading.Event()
    threads: list[threading.Thread | None] = []
    hands.do("first", lambda: threads.append(None if goes_on.wait(60) else threading.current_thread()))
    for at in range(100):
        hands.do(str(at), lambda: threads.append(threading.current_thread()))
    goes_on.set()
    assert hands.wait(60)
    assert (len(threads), len(set(threads[1:]))) == (101, 1)


def test_where_the_system_gives_no_thread_nothing_is_taken_for_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    hands, done = Hands(most=1), threading.Event()
    for _ in range(3):
        with monkeypatch.context() as system:
            system.setattr(threading.Thread, "start", refused)
            with pytest.raises(RuntimeError):
                hands.do("a", done.set)
        assert not hands.busy()
    hands.do("a", done.set)
    assert done.wait(60)
    assert hands.wait(60)


def refused(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_work_that_waits_is_done_by_whoever_is_free_and_known_until_it_is() -> None:
    hands, goes_on = Hands(most=2), threading.Event()
    done: list[str] = []
    hands.do("slow", lambda: done.append("slow" if goes_on.wait(60) else ""))
    for name in "abc":
        hands.do(name, partial(done.append, name))
    eventually(lambda: hands.busy() == {"slow"}, what="the others")
    assert not hands.wait(0.0)
    goes_on.set()
    assert hands.wait(60)
    assert done == ["a", "b", "c", "slow"]
