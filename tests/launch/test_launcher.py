"""The queue: limits, asks, restarts of TensorBoard, and what others write into the log directory."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Progress, Status
from tensorboard_candles.errors import BadRequest, CantKeep, Conflict, NotFound
from tensorboard_candles.launch.declared import Declared
from tensorboard_candles.launch.folder import Folder
from tensorboard_candles.launch.instances import Instance
from tensorboard_candles.launch.lane import next_of
from tensorboard_candles.launch.launcher import Asked, Launcher
from tests.launch.running import declared, program
from tests.support.docker_engine import IMAGE, docker_engine
from tests.support.server import eventually

WAITS = program("print('ready', flush=True); time.sleep(600)")
LR = {"lr": {"kind": "float", "default": 0.1, "least": 0.0, "most": 1.0}}


class Desk:
    """Launchers on one log directory, as dashboards that come and go."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self.logdir = where / "logs"
        self.launchers: list[Launcher] = []

    def open(self, what: Declared, *, user: str = "user", begins: bool = True) -> Launcher:
        launcher = Launcher(what, logdir=str(self.logdir), user_state=self.where / user)
        if begins:
            launcher.begin()
        self.launchers.append(launcher)
        return launcher

    def close(self, launcher: Launcher) -> None:
        self.launchers.remove(launcher)
        launcher.end()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    for launcher in [one for one in made.launchers if one._threads]:
        for instance in _active(launcher):
            launcher.ask("kill", [instance.id])
        eventually(partial(_has_ended, launcher), within_secs=30, what="the end of all")
        made.close(launcher)


def _has_ended(launcher: Launcher) -> bool:
    return not _active(launcher)


def _active(launcher: Launcher) -> list[Instance]:
    active = ("queued", "starting", "running", "stopping")
    return [one for one in launcher.instances() if one.is_ours and one.state in active]


def toy(where: Path, *, running: int = 2, **more: Any) -> Declared:
    where.mkdir(exist_ok=True)
    return declared(where, running, toy={"command": WAITS, **more})


def states(launcher: Launcher) -> list[str]:
    return [one.state for one in launcher.instances()]


def wait_for(launcher: Launcher, *expected: str) -> None:
    def look() -> bool:
        return states(launcher) == list(expected)

    eventually(look, within_secs=30, what=f"{expected} (now {states(launcher)})")


def one(launcher: Launcher, instance_id: str) -> Instance:
    return next(found for found in launcher.instances() if found.id == instance_id)


def test_as_many_run_as_may_and_the_others_follow_in_order(desk: Desk, tmp_path: Path) -> None:
    launcher = desk.open(toy(tmp_path / "code", running=2))
    ids = launcher.start("toy", [Asked(), Asked(), Asked(), Asked()])
    wait_for(launcher, "running", "running", "queued", "queued")
    launcher.ask("kill", ids[:1])
    wait_for(launcher, "stopped", "running", "running", "queued")
    assert [found.id for found in launcher.instances()] == ids


def test_runs_are_called_by_what_tells_them_apart(desk: Desk, tmp_path: Path) -> None:
    command = [*WAITS, "{parameters}"]
    launcher = desk.open(toy(tmp_path / "code", command=command, parameters=LR), begins=False)
    launcher.start("toy", [Asked({"lr": 0.5}), Asked({"lr": 0.5}), Asked(name="mine"), Asked()])
    runs = [found.run for found in launcher.instances()]
    assert sorted(runs) == ["toy/default", "toy/lr=0.5", "toy/lr=0.5-2", "toy/mine"]


def test_exit_codes_and_messages_are_told(desk: Desk, tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    launcher = desk.open(
        declared(
            code,
            good={"command": program("pass")},
            bad={"command": program("raise RuntimeError('no luck')")},
            none={"command": ["no-such-program"]},
        )
    )
    ids = [launcher.start(name, [Asked()])[0] for name in ("good", "bad", "none")]
    eventually(lambda: not _active(launcher), within_secs=30, what="the end of all")
    found = [one(launcher, instance_id) for instance_id in ids]
    assert [(each.state, each.exit_code) for each in found] == [
        ("finished", 0), ("failed", 1), ("failed", 127),
    ]  # fmt: skip
    assert b"no luck" in launcher.output(ids[1], offset=0, most=10**6).content
    assert "no-such-program could not be started" in found[2].message
    assert all(each.started_time and each.ended_time for each in found)


def test_one_experiment_that_is_full_holds_up_no_other() -> None:
    what = declared(
        Path("/"),
        3,
        a={"command": ["x"], "limits": {"running": 1}},
        b={"command": ["x"], "executor": "local"},
    )
    queue = [_instance(number, name, "queued") for number, name in enumerate("aab")]
    assert next_of(queue, what, "local") == queue[0]
    running = [replace(queue[0], state="running"), *queue[1:]]
    assert next_of(running, what, "local") == queue[2]
    assert next_of(running, what, "ray") is None
    full = [*(_instance(9 + number, "b", "stopping") for number in range(2)), *running]
    assert next_of(full, what, "local") is None


def _instance(number: int, name: str, state: Any) -> Instance:
    return Instance(
        f"{number:016x}", name, "x", f"{name}/x", {}, "local", "here", 1.0, float(number), state=state
    )


def test_when_tensorboard_ends_what_runs_goes_on_and_the_queue_with_the_next(
    desk: Desk, tmp_path: Path
) -> None:
    what = toy(tmp_path / "code", running=1)
    first = desk.open(what)
    ids = first.start("toy", [Asked(), Asked()])
    wait_for(first, "running", "queued")
    pid = one(first, ids[0]).handle["pid"]
    desk.close(first)
    assert psutil.pid_exists(int(pid))
    second = desk.open(what)
    wait_for(second, "running", "queued")
    assert one(second, ids[0]).handle["pid"] == pid
    second.ask("kill", ids[:1])
    wait_for(second, "stopped", "running")


def test_two_dashboards_start_nothing_twice_and_either_may_be_asked(desk: Desk, tmp_path: Path) -> None:
    code = tmp_path / "code"
    what = toy(
        code, running=9, command=program(f"open({str(tmp_path / 'ran')!r}, 'a').write('x'); time.sleep(600)")
    )
    (tmp_path / "ran").touch()
    first, second = desk.open(what), desk.open(what)
    ids = first.start("toy", [Asked()] * 3) + second.start("toy", [Asked()] * 3)
    for launcher in (first, second):
        wait_for(launcher, *["running"] * 6)
    eventually(lambda: len((tmp_path / "ran").read_text()) == 6, what="six starts")
    assert len({found.run for found in first.instances()}) == 6
    second.ask("kill", ids[:1])
    first.ask("kill", ids[-1:])
    eventually(lambda: states(second).count("stopped") == 2, within_secs=30, what="both")
    desk.close(first)
    second.ask("kill", ids[1:2])
    eventually(lambda: states(second).count("stopped") == 3, within_secs=30, what="the second takes over")
    assert len((tmp_path / "ran").read_text()) == 6


def test_one_that_was_claimed_and_never_started_is_started_by_the_next(desk: Desk, tmp_path: Path) -> None:
    launcher = desk.open(toy(tmp_path / "code"), begins=False)
    [instance_id] = launcher.start("toy", [Asked()])
    # as TensorBoard leaves it that is killed between the two
    launcher._folder.write(replace(one(launcher, instance_id), state="starting"))
    launcher.begin()
    wait_for(launcher, "running")


def test_it_is_started_again_as_the_same_run(desk: Desk, tmp_path: Path) -> None:
    text = "print(sys.argv[1:], os.environ.get('CANDLES_RESUME'), os.environ['CANDLES_RUN'], flush=True)"
    launcher = desk.open(toy(tmp_path / "code", command=program(text), resume=["--resume", "{run}"]))
    [instance_id] = launcher.start("toy", [Asked(name="a")])
    wait_for(launcher, "finished")
    first = one(launcher, instance_id)
    for attempt, (kind, says) in enumerate(
        (("resume", "['--resume', 'a'] 1 a"), ("restart", "[] None a")), 2
    ):
        launcher.ask(kind, [instance_id])  # type: ignore[arg-type]

        def again(number: int = attempt) -> bool:
            found = one(launcher, instance_id)
            return found.attempt == number and found.state == "finished"

        eventually(again, within_secs=30, what="the attempt")
        assert says in launcher.output(instance_id, offset=0, most=10**6).content.decode().splitlines()[-1]
    assert one(launcher, instance_id).run == first.run == "toy/a"


def test_what_a_state_does_not_allow_is_a_conflict(desk: Desk, tmp_path: Path) -> None:
    launcher = desk.open(toy(tmp_path / "code", running=1))
    running, queued = launcher.start("toy", [Asked(), Asked()])
    wait_for(launcher, "running", "queued")
    for kind, instance_id in [("remove", running), ("restart", running), ("resume", queued)]:
        with pytest.raises(Conflict):
            launcher.ask(kind, [instance_id])  # type: ignore[arg-type]
    launcher.ask("stop", [queued])
    wait_for(launcher, "running", "stopped")
    with pytest.raises(Conflict, match="has ended already: stopped"):
        launcher.ask("stop", [running, queued])
    with pytest.raises(Conflict, match="declares no `resume`"):
        launcher.ask("resume", [queued])
    assert states(launcher) == ["running", "stopped"]
    with pytest.raises(NotFound):
        launcher.ask("stop", ["../../etc"])


def test_one_that_is_removed_is_forgotten_and_its_run_stays(desk: Desk, tmp_path: Path) -> None:
    text = "os.makedirs(os.path.join(os.environ['CANDLES_LOGDIR'], 'toy', 'a')); time.sleep(0.1)"
    launcher = desk.open(toy(tmp_path / "code", command=program(text)))
    [instance_id] = launcher.start("toy", [Asked(name="a")])
    wait_for(launcher, "finished")
    launcher.ask("remove", [instance_id])
    wait_for(launcher)
    assert not launcher.folder_of(instance_id).exists()
    assert (desk.logdir / "toy" / "a").is_dir()
    with pytest.raises(Conflict, match="there is a run toy/a already"):
        launcher.start("toy", [Asked(name="a")])


@pytest.mark.parametrize(
    "name",
    ["..", "a/b", "a\\b", ".a", "-a", " a", "", "a\n", "a\0b", "x" * 101, "\u202ea", 7, "é" * 101, "~"],
)
def test_names_that_are_no_plain_directory_are_refused(desk: Desk, tmp_path: Path, name: Any) -> None:
    launcher = desk.open(toy(tmp_path / "code"), begins=False)
    with pytest.raises(BadRequest, match="name"):
        launcher.start("toy", [Asked(name=name)])
    assert launcher.instances() == []


def test_none_of_several_is_started_where_one_is_wrong(desk: Desk, tmp_path: Path) -> None:
    command = [*WAITS, "{parameters}"]
    launcher = desk.open(toy(tmp_path / "code", command=command, parameters=LR))
    for wrong in (Asked({"lr": 7}), Asked({"epochs": 1}), Asked(name="..")):
        with pytest.raises(BadRequest):
            launcher.start("toy", [Asked(), wrong])
    with pytest.raises(Conflict):
        launcher.start("toy", [Asked(name="same"), Asked(name="same")])
    with pytest.raises(NotFound, match="those are: toy"):
        launcher.start("other", [Asked()])
    for count in (0, 101):
        with pytest.raises(BadRequest, match="from 1 to 100"):
            launcher.start("toy", [Asked()] * count)
    assert launcher.instances() == []


def test_a_link_out_of_the_log_directory_is_no_place_for_a_run(desk: Desk, tmp_path: Path) -> None:
    launcher = desk.open(toy(tmp_path / "code"))
    outside = tmp_path / "outside"
    outside.mkdir()
    desk.logdir.mkdir(exist_ok=True)
    (desk.logdir / "toy").symlink_to(outside)
    with pytest.raises(Conflict, match="a link leads out of it"):
        launcher.start("toy", [Asked(name="a")])
    (desk.logdir / "toy").unlink()
    first, second = launcher.start("toy", [Asked(name="a"), Asked(name="b")])
    wait_for(launcher, "running", "running")
    launcher.ask("kill", [first, second])
    wait_for(launcher, "stopped", "stopped")
    (desk.logdir / "toy").symlink_to(outside)
    launcher.ask("restart", [first])
    wait_for(launcher, "stopped", "failed")
    assert "a link leads out" in one(launcher, first).message


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
    for text in ("{", "[]", '{"version": 1}', json.dumps({"version": 99}), "x" * 100_000, "[" * 9999):
        odd = launcher._folder.root / f"{abs(hash(text)):016x}"[:16]
        odd.mkdir(exist_ok=True)
        (odd / "instance.json").write_text(text)
    second = launcher.start("toy", [Asked()])[0]
    eventually(lambda: one(launcher, second).state == "running", within_secs=30, what="the second")
    assert one(launcher, instance_id).state == "running"
    assert (one(launcher, theirs).state, one(launcher, theirs).is_ours) == ("queued", False)
    with pytest.raises(Conflict, match="not of this user on this machine"):
        launcher.ask("kill", [theirs])
    assert len(launcher.instances()) == 3
    desk.launchers.remove(stranger)


class Training:
    """Says in its control files what a training says of itself."""

    def __init__(self, run_dir: Path, **said: Any) -> None:
        run_dir.mkdir(parents=True, exist_ok=True)
        self.files = ControlFiles.of(run_dir)
        progress = Progress(started_time=1.0)
        told = {"session": "12ab" * 4, "beat": 1, "every_secs": 3.0, "host": "here", "pid": 1, **said}
        self.files.write_status(Status(progress=progress, obeys=("stop",), **told))


def test_one_that_listens_is_asked_first_and_gets_a_signal_when_it_takes_too_long(
    desk: Desk, tmp_path: Path
) -> None:
    import time

    launcher = desk.open(toy(tmp_path / "code", stop_secs=2))
    [instance_id] = launcher.start("toy", [Asked(name="a")])
    wait_for(launcher, "running")
    said = {"state": "running", "time": time.time(), "instance": instance_id}
    training = Training(desk.logdir / "toy" / "a", **said)
    asked_at = time.time()
    launcher.ask("stop", [instance_id])
    [command] = eventually(training.files.commands, what="the command")
    sent = training.files.command(command)
    assert sent
    assert (sent.command, sent.session) == ("stop", "12ab" * 4)
    wait_for(launcher, "stopped")
    found = one(launcher, instance_id)
    assert (found.exit_code, found.message) == (-15, "sent SIGTERM after 2 s")
    assert found.ended_time
    assert found.ended_time - asked_at > 1.5


@pytest.mark.parametrize(
    "said",
    [
        {"state": "running", "instance": "another", "time": 4e9},
        {"state": "ended", "time": 4e9},
        {"state": "running", "time": 5.0},
    ],
)
def test_one_that_does_not_listen_gets_a_signal_at_once(
    desk: Desk, tmp_path: Path, said: dict[str, Any]
) -> None:
    launcher = desk.open(toy(tmp_path / "code"))
    [instance_id] = launcher.start("toy", [Asked(name="a")])
    wait_for(launcher, "running")
    training = Training(desk.logdir / "toy" / "a", **{"instance": instance_id, **said})
    launcher.ask("stop", [instance_id])
    wait_for(launcher, "stopped")
    assert one(launcher, instance_id).message == "sent SIGTERM"
    assert training.files.commands() == []


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
    sockets = Path(tempfile.mkdtemp(prefix="docker-", dir="/tmp"))
    with docker_engine(sockets / "engine.sock") as engine:
        docker = {"image": IMAGE, "url": engine.url, "python": sys.executable, "mount_directory": False}
        toy = {"command": WAITS, "executor": "docker", "docker": docker}
        launcher = desk.open(declared(tmp_path / "code", 1, toy=toy, other={"command": WAITS}))
        [boxed] = launcher.start("toy", [Asked()])
        wait_for(launcher, "running")
        assert one(launcher, boxed).message == ""
    shutil.rmtree(sockets)
    launcher.start("other", [Asked()])
    eventually(
        lambda: "Docker does not answer" in one(launcher, boxed).message, within_secs=30, what="the message"
    )
    assert states(launcher) == ["running", "queued"]
    launcher.ask("kill", [boxed])
    wait_for(launcher, "lost", "running")
    assert "it may still run: Docker does not answer" in one(launcher, boxed).message
    launcher.ask("remove", [boxed])
    wait_for(launcher, "running")


def test_of_a_bucket_the_states_are_kept_by_the_user(tmp_path: Path) -> None:
    what = toy(tmp_path / "code", command=program("print(os.environ['CANDLES_LOGDIR'])"))
    launcher = Launcher(what, logdir="memory://runs", user_state=tmp_path / "user")
    launcher.begin()
    [instance_id] = launcher.start("toy", [Asked()])
    wait_for(launcher, "finished")
    assert launcher.output(instance_id, offset=0, most=99).content == b"memory://runs\n"
    assert (tmp_path / "user") in launcher.folder_of(instance_id).parents
    launcher.end()
