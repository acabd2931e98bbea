"""Experiments started over HTTP, in a real TensorBoard that comes and goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.dashboard import tells
from tests.support.experiments import LISTENING, Page, write_toy
from tests.support.server import Server, eventually

StartServer = Callable[..., Server]


@pytest.fixture
def open_page(tmp_path: Path, tensorboard_server: StartServer) -> Iterator[Callable[..., Page]]:
    """Starts TensorBoard with the toy's file; what still runs at the end is killed."""
    pages: list[Page] = []

    def start(**more: Any) -> Page:
        file = write_toy(tmp_path / "code", **more)
        logdir = tmp_path / "logs"
        logdir.mkdir(exist_ok=True)
        page = Page(tensorboard_server(logdir, "--candles_experiments", str(file), "--candles_poll_secs=0.1"))
        pages.append(page)
        return page

    yield start
    page = pages[-1]
    active = [one["id"] for one in page.instances().values() if one["ended_time"] is None]
    if active:
        page.ask("kill", *active)
        page.wait_for(dict.fromkeys(active, "stopped"))


def test_a_grid_of_three_goes_through_a_queue_for_two(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page(running=2)
    until = tmp_path / "go"
    declared = page.server.get_json("experiments")["experiments"]
    assert [(one["name"], one["most_running"], one["resumes"]) for one in declared] == [("toy", 2, True)]
    assert [one["name"] for one in declared[0]["parameters"]] == ["lr", "steps", "until"]
    rates = (0.1, 0.3, 1.5)
    ids = page.start(*({"lr": lr, "until": str(until)} for lr in rates), names=[f"lr={lr}" for lr in rates])
    page.wait_for(dict(zip(ids, ("running", "running", "queued"), strict=True)))
    until.touch()
    page.wait_for(dict(zip(ids, ("finished", "finished", "failed"), strict=True)))
    found = page.instances()
    assert [found[one]["exit_code"] for one in ids] == [0, 0, 1]
    assert found[ids[2]]["output_end"] == "logged 10 steps at 1.5\ndiverged\n"
    for lr, one in zip(rates, ids, strict=True):
        run = found[one]["run"]
        assert run == f"toy/lr={lr}"
        page.server.wait_for_points(run, 10)
        values = page.server.values(run)
        assert values[9] == pytest.approx((1 - 2 * lr) ** 18, rel=1e-5)


def test_output_is_read_on_from_where_it_was(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page()
    [instance] = page.start({"steps": 3})
    page.wait_for({instance: "finished"})
    whole = page.server.get("experiments/output", id=instance)
    assert (whole.status, whole.body) == (200, b"logged 3 steps at 0.1\n")
    assert whole.headers["Content-Type"].startswith("text/plain")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    end = int(whole.headers["X-Candles-End"])
    assert end == len(whole.body)
    rest = page.server.get("experiments/output", id=instance, offset=7)
    assert (rest.body, rest.headers["X-Candles-Start"]) == (b"3 steps at 0.1\n", "7")
    assert page.server.get("experiments/output", id=instance, offset=end).body == b""
    for wrong in ("", "../../etc/passwd", "0" * 16):
        assert page.server.get("experiments/output", id=wrong).status == 404
    assert page.server.get("experiments/output", id=instance, offset=-1).status == 400


def test_after_a_crash_of_tensorboard_the_next_finds_what_runs_and_stops_it(
    open_page: Callable[..., Page], tmp_path: Path, tensorboard_server: StartServer
) -> None:
    page = open_page(running=1)
    ids = page.start({"until": "/no/such/file"}, {"steps": 7}, names=["long", "next"])
    page.wait_for(dict(zip(ids, ("running", "queued"), strict=True)))
    page.server.wait_for_points("toy/long", 10)
    [training] = trainings(ids[0])
    page.server.crash()
    assert training.is_running()
    page = open_page(running=1)
    page.wait_for(dict(zip(ids, ("running", "queued"), strict=True)))
    assert trainings(ids[0]) == [training]
    page.ask("stop", ids[0])
    page.wait_for(dict(zip(ids, ("stopped", "finished"), strict=True)))
    assert not training.is_running()
    page.server.wait_for_points("toy/next", 7)
    page.server.wait_for_points("toy/long", 10)


def trainings(instance: str) -> list[psutil.Process]:
    def is_it(process: psutil.Process) -> bool:
        return (process.info["environ"] or {}).get("CANDLES_INSTANCE") == instance

    return [process for process in psutil.process_iter(["environ"]) if is_it(process)]


def test_started_again_from_its_checkpoint_the_run_goes_on(open_page: Callable[..., Page]) -> None:
    page = open_page()
    [instance] = page.start({"steps": 5}, names=["a"])
    page.wait_for({instance: "finished"})
    page.server.wait_for_points("toy/a", 5)
    page.ask("restart", instance, **{"from": "checkpoint"})
    eventually(lambda: page.instances()[instance]["attempt"] == 2, what="the second attempt")
    page.wait_for({instance: "finished"})
    page.server.wait_for_points("toy/a", 10)
    page.ask("restart", instance, **{"from": "start"})
    eventually(lambda: page.instances()[instance]["attempt"] == 3, what="the third attempt")
    page.wait_for({instance: "finished"})
    page.server.wait_for_points("toy/a", 5)
    output = page.server.get("experiments/output", id=instance).body
    assert output == 3 * b"logged 5 steps at 0.1\n"
    page.ask("remove", instance)
    eventually(lambda: page.instances() == {}, what="that it is forgotten")
    assert page.server.points("toy/a") == 5


def test_one_that_listens_stops_after_its_batch_and_goes_on_from_its_checkpoint(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(training=LISTENING)
    [instance] = page.start({"steps": 100_000}, names=["a"])
    page.wait_for({instance: "running"})
    eventually(lambda: page.server.points("toy/a") > 5, what="some points")
    wait_until_it_listens(page, "toy/a")
    page.ask("stop", instance)
    page.wait_for({instance: "stopped"})
    found = page.instances()[instance]
    assert (found["exit_code"], found["message"]) == (0, "asked to stop after the batch that it is at")
    steps = int((tmp_path / "logs" / "toy" / "a" / "checkpoint.txt").read_text())
    assert found["output_end"] == f"saved at {steps}\n"
    page.server.wait_for_points("toy/a", steps)
    page.ask("restart", instance, **{"from": "checkpoint"})
    eventually(lambda: page.instances()[instance]["attempt"] == 2, what="the second attempt")
    eventually(lambda: page.server.points("toy/a") > steps + 5, what="more points")
    wait_until_it_listens(page, "toy/a")
    page.ask("stop", instance)
    page.wait_for({instance: "stopped"})
    final = int((tmp_path / "logs" / "toy" / "a" / "checkpoint.txt").read_text())
    page.server.wait_for_points("toy/a", final)
    assert page.instances()[instance]["output_end"] == f"saved at {steps}\nsaved at {final}\n"


def wait_until_it_listens(page: Page, run: str) -> None:
    """It logs before its status says what it obeys."""

    def listens() -> bool:
        (told,) = page.server.get_json("control", run=run)["control"]
        return tells(told, "running")

    eventually(listens, what=f"that {run} listens")


HOSTILE = [
    ({"lr": "0.1; touch hacked"}, 400),
    ({"lr": True}, 400),
    ({"lr": 2.5}, 400),
    ({"steps": 1.5}, 400),
    ({"steps": 10**30}, 400),
    ({"until": "a\nb"}, 400),
    ({"until": "x" * 1001}, 400),
    ({"until": None}, 400),
    ({"command": ["sh", "-c", "id"]}, 400),
]


@pytest.mark.parametrize(("parameters", "status"), HOSTILE)
def test_parameters_that_can_not_be_used_start_nothing(
    shared_page: Page, parameters: dict[str, Any], status: int
) -> None:
    asked = {"action": "start", "experiment": "toy", "instances": [{"parameters": parameters}]}
    assert shared_page.post(asked).status == status
    assert shared_page.instances() == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"action": "start"}, 400),
        ({"action": "start", "experiment": "toy", "instances": []}, 400),
        ({"action": "start", "experiment": "toy", "instances": [{}] * 101}, 400),
        ({"action": "start", "experiment": "toy", "instances": ["lr=1"]}, 400),
        ({"action": "start", "experiment": "toy", "instances": [{}], "command": "id"}, 400),
        ({"action": "start", "experiment": "toy", "instances": [{"executor": "docker"}]}, 400),
        ({"action": "start", "experiment": "toy", "instances": [{"name": "../../x"}]}, 400),
        ({"action": "start", "experiment": "toy", "instances": [{"name": ["x"]}]}, 400),
        ({"action": "start", "experiment": "other", "instances": [{}]}, 404),
        ({"action": "start", "experiment": ["toy"], "instances": [{}]}, 400),
        ({"action": "stop", "instances": ["../../.."]}, 404),
        ({"action": "stop", "instances": [7]}, 400),
        ({"action": "stop", "instances": "all"}, 400),
        ({"action": "stop", "instances": [], "from": "start"}, 400),
        ({"action": "restart", "instances": ["0" * 16], "from": "elsewhere"}, 400),
        ({"action": ["stop"], "instances": []}, 400),
        ({"action": "delete", "instances": ["0" * 16]}, 400),
        ({"action": "remove", "instances": ["0" * 16]}, 404),
    ],
)
def test_requests_that_make_no_sense_are_refused_with_words(
    shared_page: Page, body: dict[str, Any], status: int
) -> None:
    answer = shared_page.post(body)
    assert answer.status == status
    assert answer.error()
    assert shared_page.instances() == {}


@pytest.fixture(scope="module")
def shared_page(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Page:
    where = tmp_path_factory.mktemp("hostile")
    (where / "logs").mkdir()
    file = write_toy(where / "code")
    return Page(shared_tensorboard_server(where / "logs", "--candles_experiments", str(file)))


def test_nothing_changed_costs_nothing(shared_page: Page) -> None:
    first = shared_page.server.get("experiments")
    again = shared_page.server.request(
        "data/plugin/candles/experiments", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status, again.body) == (304, b"")


def test_without_the_flag_there_are_no_experiments(tmp_path: Path, tensorboard_server: StartServer) -> None:
    server = tensorboard_server(tmp_path)
    for route in ("experiments", "experiments/output"):
        answer = server.get(route)
        assert answer.status == 404
        assert "--candles_experiments" in answer.error()
    assert not (tmp_path / "candles-experiments").exists()


def test_a_log_directory_that_can_not_be_written_leaves_tensorboard_up(
    tmp_path: Path, tensorboard_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").write_text("no directory")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "logs").mkdir()
    file = write_toy(tmp_path / "code")
    server = tensorboard_server(tmp_path / "logs", "--candles_experiments", str(file))
    assert server.get("experiments").status == 404
    assert server.get("runs").status == 200
    assert "experiments are off" in server.output()
