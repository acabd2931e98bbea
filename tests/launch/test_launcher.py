"""The queue: limits, what it is asked, and restarts of TensorBoard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from tensorboard_candles.errors import BadRequest, Conflict, NotFound
from tensorboard_candles.launch.instances import Instance
from tensorboard_candles.launch.lane import next_of
from tensorboard_candles.launch.launcher import Asked
from tests.launch.desk import LR, WAITS, Desk, active_in, one, states, toy, wait_for
from tests.launch.running import declared, program
from tests.support.server import eventually


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
    eventually(lambda: not active_in(launcher), what="the end of all")
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
    eventually(lambda: states(second).count("stopped") == 2, what="both")
    desk.close(first)
    second.ask("kill", ids[1:2])
    eventually(lambda: states(second).count("stopped") == 3, what="the second takes over")
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

        eventually(again, what="the attempt")
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
