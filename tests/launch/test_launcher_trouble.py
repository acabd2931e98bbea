"""What others write into the log directory, full disks, engines that go away."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.errors import CantKeep, Conflict
from tensorboard_candles.launch.folder import Folder
from tensorboard_candles.launch.hands import Hands
from tensorboard_candles.launch.instances import AskKind, Instance
from tensorboard_candles.launch.launcher import Asked, Launcher
from tests.launch.desk import WAITS, Desk, active_in, one, states, toy, wait_for
from tests.launch.running import declared, program
from tests.support.docker_engine import docker_engine
from tests.support.server import eventually


def test_what_others_write_into_the_log_directory_is_shown_and_nothing_is_done(
    desk: Desk, tmp_path: Path
) -> None:
    launcher = desk.open(toy(tmp_path / "code"))
    [instance_id] = launcher.start("toy", [Asked()])
    wait_for(launcher, "running")
    stranger = desk.open(toy(tmp_path / "code"), user="stranger", begins=False)
    [theirs] = stranger.start("toy", [Asked()])
    stranger.ask("kill", [theirs])
    asks = launcher._folder.root / "asks"
    forged = (asks / f"{theirs}.json").read_bytes().replace(theirs.encode(), instance_id.encode())
    (asks / f"{instance_id}.json").write_bytes(forged)
    copied = launcher._folder.root / ("0" * 16)
    shutil.copytree(launcher.folder_of(instance_id), copied)
    nested = [f'{{"version": {"[" * deep}{"]" * deep}}}' for deep in range(900, 1000)]
    odds = ("{", "[]", '{"version": 1}', json.dumps({"version": 99}), "x" * 100_000, "[" * 9999, *nested)
    for text in odds:
        odd = launcher._folder.root / f"{abs(hash(text)):016x}"[:16]
        odd.mkdir(exist_ok=True)
        (odd / "instance.json").write_text(text)
    second = launcher.start("toy", [Asked()])[0]
    eventually(lambda: one(launcher, second).state == "running", what="the second")
    assert one(launcher, instance_id).state == "running"
    assert (one(launcher, theirs).state, one(launcher, theirs).is_ours) == ("queued", False)
    with pytest.raises(Conflict, match="not of this user on this machine"):
        launcher.ask("kill", [theirs])
    assert len(launcher.instances()) == 3
    desk.launchers.remove(stranger)


def test_where_nothing_can_be_written_down_nothing_is_started_and_what_runs_is_left_alone(
    desk: Desk, tmp_path: Path
) -> None:
    launcher = desk.open(toy(tmp_path / "code"))
    [running] = launcher.start("toy", [Asked()])
    wait_for(launcher, "running")
    root, elsewhere = launcher._folder.root, tmp_path / "elsewhere"
    root.rename(elsewhere)
    root.symlink_to(elsewhere)
    for ask in (launcher.instances, lambda: launcher.start("toy", [Asked()])):
        with pytest.raises(CantKeep, match="can't be written down: candles-experiments must be a directory"):
            ask()
    assert len([*elsewhere.iterdir()]) == 1
    root.unlink()
    elsewhere.rename(root)
    wait_for(launcher, "running")
    launcher.ask("kill", [running])
    wait_for(launcher, "stopped")


def test_no_more_are_taken_than_can_be_looked_after(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tensorboard_candles.launch.launcher.MOST_INSTANCES", 3)
    launcher = desk.open(toy(tmp_path / "code"), begins=False)
    launcher.start("toy", [Asked(), Asked()])
    with pytest.raises(Conflict, match="remove some"):
        launcher.start("toy", [Asked(), Asked()])
    launcher.start("toy", [Asked()])


def test_one_that_can_not_be_written_down_at_the_last_moment_is_not_started(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    launcher = desk.open(
        toy(tmp_path / "code", command=program(f"open({str(ran)!r}, 'a').write('x')")), begins=False
    )
    write = Folder.write

    def full(self: Folder, instance: Instance) -> None:
        if instance.handle and instance.attempt == 1:
            raise CantKeep("what is started can't be written down: the disk is full")
        write(self, instance)

    [instance_id] = launcher.start("toy", [Asked()])
    monkeypatch.setattr(Folder, "write", full)
    launcher.begin()
    wait_for(launcher, "failed")
    assert "the disk is full" in one(launcher, instance_id).message
    launcher.ask("restart", [instance_id])
    wait_for(launcher, "finished")
    assert ran.read_text() == "x"


def test_what_is_not_declared_any_more_waits_for_a_dashboard_that_does(desk: Desk, tmp_path: Path) -> None:
    first = desk.open(toy(tmp_path / "code"), begins=False)
    first.start("toy", [Asked()])
    desk.close(first)
    second = desk.open(declared(tmp_path / "code", other={"command": WAITS}))
    eventually(lambda: second.instances()[0].message, what="why it waits")
    assert "does not declare it" in second.instances()[0].message
    second.start("other", [Asked()])
    wait_for(second, "queued", "running")
    desk.close(second)
    third = desk.open(toy(tmp_path / "code"))
    wait_for(third, "running", "running")


def test_an_executor_that_breaks_fails_its_instance_and_no_thread(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorboard_candles.launch.local import LocalExecutor

    prepare: Callable[..., Any] = LocalExecutor.prepare

    def breaks(self: LocalExecutor, job: Any) -> Any:
        if job.name == "broken":
            raise ZeroDivisionError("what a client may raise")
        return prepare(self, job)

    monkeypatch.setattr(LocalExecutor, "prepare", breaks)
    launcher = desk.open(toy(tmp_path / "code"))
    ids = launcher.start("toy", [Asked(name="broken"), Asked(name="whole")])
    wait_for(launcher, "failed", "running")
    assert one(launcher, ids[0]).message == "ZeroDivisionError: what a client may raise"


def test_where_an_engine_goes_away_that_is_told_and_its_instance_may_be_given_up(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "code").mkdir()
    with docker_engine() as engine:
        toy = {"command": WAITS, "executor": "docker", "docker": engine.options}
        launcher = desk.open(declared(tmp_path / "code", 1, toy=toy, other={"command": WAITS}))
        [boxed] = launcher.start("toy", [Asked()])
        wait_for(launcher, "running")
        assert one(launcher, boxed).message == ""
    launcher.start("other", [Asked()])
    eventually(lambda: "Docker does not answer" in one(launcher, boxed).message, what="the message")
    assert states(launcher) == ["running", "queued"]
    launcher.ask("kill", [boxed])
    wait_for(launcher, "lost", "running")
    assert "it may still run: Docker does not answer" in one(launcher, boxed).message
    launcher.ask("remove", [boxed])
    wait_for(launcher, "running")


@pytest.mark.parametrize(("asked_last", "then"), [("start", "running"), ("create", "lost")])
def test_one_that_may_have_been_started_before_its_engine_went_away_is_looked_for_until_that_is_known(
    desk: Desk, tmp_path: Path, asked_last: str, then: str
) -> None:
    (tmp_path / "code").mkdir()
    with docker_engine() as engine:
        lost: list[str] = []

        def loses(asked: str) -> bool:
            if lost or asked.endswith(f"/{asked_last}"):
                lost.append(asked)
            return bool(lost)

        engine.loses = loses
        toy = {"command": WAITS, "executor": "docker", "docker": engine.options}
        launcher = desk.open(declared(tmp_path / "code", 1, toy=toy))
        [boxed, _] = launcher.start("toy", [Asked(), Asked()])
        eventually(lambda: "Docker does not answer" in one(launcher, boxed).message, what="the message")
        assert states(launcher) == ["starting", "queued"]
        desk.close(launcher)
        following = desk.open(declared(tmp_path / "code", 1, toy=toy))
        before = len(lost)
        eventually(lambda: len(lost) > before, what="another look")
        assert states(following) == ["starting", "queued"]
        engine.loses = lambda _: False
        eventually(lambda: one(following, boxed).state == then, what=then)
        assert any(boxed in name for name in engine.containers) == (then == "running")
        following.ask("stop", [found.id for found in active_in(following)])
        wait_for(following, "stopped" if then == "running" else "lost", "stopped")
        desk.close(following)


def test_one_that_may_have_been_started_is_looked_for_where_that_can_not_be_written_down(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code").mkdir()
    write, full = Folder.write, iter([CantKeep("the disk is full")])

    def and_is_full(self: Folder, instance: Instance) -> None:
        if "Docker does not answer" in instance.message:
            for error in full:
                raise error
        write(self, instance)

    monkeypatch.setattr(Folder, "write", and_is_full)
    with docker_engine() as engine:
        lost: list[str] = []

        def loses(asked: str) -> bool:
            if len(lost) == 1 or asked.endswith("/start"):
                lost.append(asked)
                return True
            return False

        engine.loses = loses
        toy = {"command": WAITS, "executor": "docker", "docker": engine.options}
        launcher = desk.open(declared(tmp_path / "code", 1, toy=toy))
        [boxed] = launcher.start("toy", [Asked()])
        eventually(lambda: one(launcher, boxed).state in ("running", "failed"), what="what became of it")
        assert one(launcher, boxed).state == "running"
        assert (len(lost), next(full, None)) == (2, None)
        launcher.ask("kill", [boxed])
        wait_for(launcher, "stopped")
        desk.close(launcher)


def test_what_is_asked_while_something_else_is_done_is_not_forgotten_with_that(
    desk: Desk, tmp_path: Path
) -> None:
    launcher = desk.open(toy(tmp_path / "code"), begins=False)
    [instance_id] = launcher.start("toy", [Asked()])
    launcher.ask("stop", [instance_id])
    instance, folder = one(launcher, instance_id), launcher._folder
    asked = folder.asked(instance)
    launcher.ask("kill", [instance_id])
    assert asked == "stop"
    folder.done(instance, asked)
    assert folder.asked(instance) == "kill"
    folder.done(instance, "kill")
    assert folder.asks() == set()


def test_what_is_asked_in_the_very_moment_that_another_ask_is_forgotten_is_not_lost(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = desk.open(toy(tmp_path / "code"), begins=False)
    [instance_id] = launcher.start("toy", [Asked()])
    launcher.ask("stop", [instance_id])
    instance, folder = one(launcher, instance_id), launcher._folder
    killing = threading.Thread(target=launcher.ask, args=("kill", [instance_id]))
    asked = Folder.asked

    def and_asks(self: Folder, of: Instance) -> AskKind | None:
        found = asked(self, of)
        killing.start()
        killing.join(0.5)  # one that waits for us is waited for no longer
        return found

    with monkeypatch.context() as asking:
        asking.setattr(Folder, "asked", and_asks)
        folder.done(instance, "stop")
    killing.join()
    assert folder.asked(instance) == "kill"


def test_one_that_is_asked_to_leave_the_queue_before_it_is_chosen_is_not_started(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = desk.open(toy(tmp_path / "code", running=1), begins=False)
    first, second = launcher.start("toy", [Asked(), Asked()])
    waits, removing = Hands.wait, iter([[first]])

    def and_removes(self: Hands, within_secs: float | None = None) -> bool:
        if threading.current_thread().name == "candles-local":
            for ids in removing:
                launcher.ask("remove", ids)
        return waits(self, within_secs)

    monkeypatch.setattr(Hands, "wait", and_removes)
    launcher.begin()
    wait_for(launcher, "running")
    assert launcher.instances()[0].id == second


def test_one_whose_time_was_over_says_so_when_it_has_ended(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    with docker_engine() as engine:
        toy = {"command": WAITS, "executor": "docker", "docker": engine.options, "limits": {"wall_secs": 1}}
        launcher = desk.open(declared(tmp_path / "code", 1, toy=toy))
        [boxed] = launcher.start("toy", [Asked()])
        wait_for(launcher, "failed")
        found = one(launcher, boxed)
        assert (found.exit_code, found.message) == (128 + 15, "stopped after its time")
        desk.close(launcher)


def test_of_a_bucket_the_states_are_kept_by_the_user(tmp_path: Path) -> None:
    what = toy(tmp_path / "code", command=program("print(os.environ['CANDLES_LOGDIR'])"))
    launcher = Launcher(what, logdir="memory://runs", user_state=tmp_path / "user")
    launcher.begin()
    [instance_id] = launcher.start("toy", [Asked()])
    wait_for(launcher, "finished")
    assert launcher.output(instance_id, offset=0, most=99).content == b"memory://runs\n"
    assert (tmp_path / "user") in launcher.folder_of(instance_id).parents
    launcher.end()
