"""What runs tell of themselves, and commands to them, with files of a run that the tests write themselves."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from werkzeug.test import Client, TestResponse

from tensorboard_candles.api.backend import Backend
from tensorboard_candles.api.desk import Desk
from tensorboard_candles.api.guard import Guard
from tensorboard_candles.api.routes import routes
from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Answer, Command, CommandName, Progress, Status
from tensorboard_candles.control.parameters import Parameter
from tensorboard_candles.events import log_roots
from tensorboard_candles.store import LocalSource
from tests.support import records
from tests.support.server import eventually

SESSION, OTHER = "00ff" * 4, "12ab" * 4
OBEYS: tuple[CommandName, ...] = ("stop", "pause", "resume", "checkpoint", "set")
PARAMETERS = {
    "lr": Parameter(0.1, least=0, most=1),
    "epochs": Parameter(3),
    "mode": Parameter("a", choices=["a", "b"]),
}


def status_of(**changes: Any) -> Status:
    made = Status(
        session=SESSION,
        beat=1,
        time=time.time(),
        every_secs=3.0,
        state="running",
        host="gpu7",
        pid=1,
        progress=Progress(started_time=time.time()),
        obeys=OBEYS,
        parameters=PARAMETERS,
    )
    return replace(made, **changes)


class Dashboard:
    """The routes on a log directory, asked by their own page."""

    def __init__(self, logdir: Path | str, *, spec: str = "") -> None:
        self.guard = Guard(control=True)
        self.source = LocalSource(log_roots(str(logdir), spec), poll_secs=None)
        self.source.refresh()
        backend = Backend(str(logdir), self.source, None, guard=self.guard, desk=Desk(may_write=True))
        self._client = Client(routes(backend)["/control"])

    def get(self, *runs: str, **headers: str) -> TestResponse:
        return self._client.get("/", query_string={"run": list(runs)}, headers=headers)

    def told(self, run: str = "run") -> Any:
        (told,) = self.get(run).get_json()["control"]
        return told

    def post(self, **body: Any) -> TestResponse:
        token = {"X-Candles-Token": self.guard.token.reveal(), "Host": "localhost"}
        return self._client.post("/", json=body, headers=token, environ_base={"REMOTE_ADDR": "127.0.0.1"})


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return records.write_run(tmp_path / "logs", "run", records.scalar_file("loss", [3.0, 2.0])).parent


@pytest.fixture
def files(run: Path) -> ControlFiles:
    found = ControlFiles.of(run)
    found.write_status(status_of())
    return found


@pytest.fixture
def dashboard(run: Path) -> Dashboard:
    return Dashboard(run.parent)


def test_a_run_without_a_status_is_silent_and_told_of_only_when_asked_for(dashboard: Dashboard) -> None:
    assert dashboard.told() == {
        "run": "run", "state": "silent", "heard_secs_ago": None, "status": None, "commands": [],
    }  # fmt: skip
    assert dashboard.get().get_json() == {"control": []}
    assert dashboard.get("no such run").status_code == 404
    assert dashboard.post(run="run", command="stop").status_code == 409
    assert dashboard.post(run="no such run", command="stop").status_code == 404


def test_a_status_is_told_as_it_was_written(dashboard: Dashboard, files: ControlFiles) -> None:
    told = dashboard.told()
    assert (told["state"], told["status"]["session"], told["commands"]) == ("running", SESSION, [])
    assert told["status"]["parameters"]["lr"] == {
        "value": 0.1, "kind": "float", "least": 0.0, "most": 1.0, "choices": None, "help": "",
    }  # fmt: skip
    assert 0 <= told["heard_secs_ago"] < 60
    assert [one["run"] for one in dashboard.get().get_json()["control"]] == ["run"]


def test_a_command_is_sent_seen_and_done(dashboard: Dashboard, files: ControlFiles) -> None:
    answer = dashboard.post(run="run", command="set", name="lr", value=1)
    assert (answer.status_code, answer.get_json()["state"]) == (202, "sent")
    command_id = answer.get_json()["id"]
    sent = files.command(command_id)
    assert sent
    assert (sent.command, sent.name, sent.value, sent.session, sent.by) == (
        "set",
        "lr",
        1.0,
        SESSION,
        "127.0.0.1",
    )
    assert [(one["id"], one["state"]) for one in dashboard.told()["commands"]] == [(command_id, "sent")]

    def state_is(wanted: str) -> bool:
        return [one["state"] for one in dashboard.told()["commands"]] == [wanted]

    files.write_answer(Answer(command_id, "seen", 1.0))
    eventually(lambda: state_is("seen"), what="that it was seen")
    files.write_answer(Answer(command_id, "done", 2.0, "lr is 1.0", 7))
    eventually(lambda: state_is("done"), what="that it was done")
    (done,) = dashboard.told()["commands"]
    assert (done["message"], done["step"], done["answered_time"]) == ("lr is 1.0", 7, 2.0)
    files.forget(command_id)
    eventually(lambda: files.commands() == [], what="that the training forgot it")
    assert state_is("done")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"command": "stop"}, 400),
        ({"run": ["run"], "command": "stop"}, 400),
        ({"run": "run"}, 400),
        ({"run": "run", "command": "rm -rf /"}, 400),
        ({"run": "run", "command": ["stop"]}, 400),
        ({"run": "run", "command": "STOP"}, 400),
        ({"run": "run", "command": "stop", "path": "/tmp"}, 400),
        ({"run": "run", "command": "stop", "name": "lr"}, 400),
        ({"run": "run", "command": "stop", "timeout_secs": 0}, 400),
        ({"run": "run", "command": "stop", "timeout_secs": 1e9}, 400),
        ({"run": "run", "command": "set"}, 400),
        ({"run": "run", "command": "set", "name": "momentum", "value": 0.1}, 400),
        ({"run": "run", "command": "set", "name": "../lr", "value": 0.1}, 400),
        ({"run": "run", "command": "set", "name": {"lr": 1}, "value": 0.1}, 400),
        ({"run": "run", "command": "set", "name": "lr"}, 400),
        ({"run": "run", "command": "set", "name": "lr", "value": 1.5}, 400),
        ({"run": "run", "command": "set", "name": "lr", "value": -1e-300}, 400),
        ({"run": "run", "command": "set", "name": "lr", "value": "0.1; rm"}, 400),
        ({"run": "run", "command": "set", "name": "lr", "value": True}, 400),
        ({"run": "run", "command": "set", "name": "epochs", "value": 2.5}, 400),
        ({"run": "run", "command": "set", "name": "epochs", "value": 10**30}, 400),
        ({"run": "run", "command": "set", "name": "mode", "value": "c"}, 400),
        ({"run": "../logs/run", "command": "stop"}, 404),
        ({"run": "run/../run", "command": "stop"}, 404),
        ({"run": "/etc", "command": "stop"}, 404),
        ({"run": "run\u0000", "command": "stop"}, 404),
        ({"run": "RUN", "command": "stop"}, 404),
        ({"run": "run\u200b", "command": "stop"}, 404),
        ({"run": "run", "command": "predict"}, 409),
    ],
)
def test_what_is_no_command_to_this_run_is_refused_and_nothing_is_written(
    dashboard: Dashboard, files: ControlFiles, body: dict[str, Any], status: int
) -> None:
    assert dashboard.post(**body).status_code == status
    assert files.commands() == []


@pytest.mark.parametrize("state", ["ended", "failed"])
def test_what_is_over_obeys_nothing(dashboard: Dashboard, files: ControlFiles, state: Any) -> None:
    files.write_status(status_of(state=state, time=1.0))
    assert dashboard.told()["state"] == state
    assert dashboard.post(run="run", command="stop").status_code == 409


def test_a_status_of_long_ago_is_dead_until_a_beat_comes(dashboard: Dashboard, files: ControlFiles) -> None:
    files.write_status(status_of(time=time.time() - 300))
    assert dashboard.told()["state"] == "dead"
    refused = dashboard.post(run="run", command="stop")
    assert (refused.status_code, "dead" in refused.get_json()["error"]) == (409, True)
    files.write_status(status_of(beat=2, time=time.time() - 297))
    eventually(lambda: dashboard.told()["state"] == "running", what="its resurrection")


def test_a_command_that_nobody_saw_in_time_is_taken_back(dashboard: Dashboard, files: ControlFiles) -> None:
    command_id = dashboard.post(run="run", command="stop", timeout_secs=3).get_json()["id"]
    assert files.commands() == [command_id]
    eventually(lambda: files.commands() == [], what="its withdrawal")
    assert [(one["id"], one["state"]) for one in dashboard.told()["commands"]] == [(command_id, "timed out")]


def test_a_command_that_was_seen_is_left_and_told_when_it_is_done_after_all(
    dashboard: Dashboard, files: ControlFiles
) -> None:
    late = Command("0" * 16, SESSION, "stop", sent_time=time.time() - 100)
    files.send(late)
    files.write_answer(Answer(late.id, "seen", 1.0))
    assert [one["state"] for one in dashboard.told()["commands"]] == ["timed out"]
    assert files.commands() == [late.id]
    files.write_answer(Answer(late.id, "done", 2.0))
    eventually(lambda: dashboard.told()["commands"][0]["state"] == "done", what="its end")


def test_commands_of_a_session_that_is_over_are_timed_out(dashboard: Dashboard, files: ControlFiles) -> None:
    files.send(Command("0" * 16, OTHER, "stop", sent_time=time.time()))
    assert [one["state"] for one in dashboard.told()["commands"]] == ["timed out"]
    eventually(lambda: files.commands() == [], what="its withdrawal")
    assert [one["state"] for one in dashboard.told()["commands"]] == ["timed out"]


def test_a_dashboard_that_only_reads_takes_nothing_back(run: Path, files: ControlFiles) -> None:
    source = LocalSource(log_roots(str(run.parent), ""), poll_secs=None)
    source.refresh()
    files.send(Command("0" * 16, OTHER, "stop", sent_time=1.0))
    app = Client(routes(Backend(str(run.parent), source, None))["/control"])
    (told,) = app.get("/?run=run").get_json()["control"]
    assert [one["state"] for one in told["commands"]] == ["timed out"]
    assert files.commands() == ["0" * 16]
    assert app.post("/", json={"run": "run", "command": "stop"}).status_code == 403


def test_no_more_than_twenty_commands_wait_for_an_answer(dashboard: Dashboard, files: ControlFiles) -> None:
    answers = [dashboard.post(run="run", command="checkpoint").status_code for _ in range(21)]
    assert answers == [202] * 20 + [409]


def test_nothing_new_is_a_304_and_a_beat_is_not(dashboard: Dashboard, files: ControlFiles) -> None:
    etag = dashboard.get("run").headers["ETag"]
    assert dashboard.get("run", **{"If-None-Match": etag}).status_code == 304
    files.write_status(status_of(beat=2))
    eventually(
        lambda: dashboard.get("run", **{"If-None-Match": etag}).status_code == 200, what="news of the beat"
    )


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"x" * 100_000, b'{"version": 1}', b'{"version": 99}'])
def test_a_broken_status_is_told_of_and_obeys_nothing(
    dashboard: Dashboard, files: ControlFiles, run: Path, content: bytes
) -> None:
    (run / "candles-control" / "status.json").write_bytes(content)
    told = dashboard.told()
    assert (told["state"], bool(told["problem"])) == ("silent", True)
    assert dashboard.post(run="run", command="stop").status_code == 409


def test_a_run_that_is_a_link_out_of_the_log_directory_is_read_but_never_written_to(tmp_path: Path) -> None:
    outside = records.write_run(tmp_path / "outside", "run", records.scalar_file("loss", [1.0])).parent
    ControlFiles.of(outside).write_status(status_of())
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "link").symlink_to(outside)
    dashboard = Dashboard(tmp_path / "logs")
    before = sorted(outside.rglob("*"))
    assert dashboard.told("link")["state"] == "running"
    refused = dashboard.post(run="link", command="stop")
    assert (refused.status_code, "leads out" in refused.get_json()["error"]) == (403, True)
    assert sorted(outside.rglob("*")) == before


def test_a_run_that_is_a_link_within_the_log_directory_obeys(
    tmp_path: Path, run: Path, files: ControlFiles
) -> None:
    (run.parent / "latest").symlink_to("run")
    assert Dashboard(run.parent).post(run="latest", command="stop").status_code == 202
    assert len(files.commands()) == 1


@pytest.mark.parametrize("where", ["candles-control", "candles-control/commands"])
def test_a_link_in_the_place_of_a_directory_of_ours_is_not_followed(
    tmp_path: Path, dashboard: Dashboard, files: ControlFiles, run: Path, where: str
) -> None:
    outside = tmp_path / "outside"
    assert dashboard.told()["state"] == "running"  # it was all right when it was looked at
    if where == "candles-control":
        (run / where).rename(outside)
    else:
        outside.mkdir()
    (run / where).symlink_to(outside)
    before = sorted(outside.rglob("*"))
    assert dashboard.post(run="run", command="stop").status_code == 409
    assert sorted(outside.rglob("*")) == before


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    yield started
    started.kill()
    started.wait()


def test_a_process_of_this_host_that_is_gone_is_dead_after_one_missed_beat(
    dashboard: Dashboard, files: ControlFiles, process: subprocess.Popen[bytes]
) -> None:
    about = psutil.Process(process.pid)
    own = {"host": os.uname().nodename, "pid": process.pid, "process_start": about.create_time()}
    files.write_status(status_of(every_secs=30.0, time=time.time() - 40, **own))
    assert dashboard.told()["state"] == "running"
    process.kill()  # and nobody has waited for it: it is a zombie
    eventually(lambda: dashboard.told()["state"] == "dead", what="its death")


def test_another_process_of_the_same_number_is_not_taken_for_it(
    dashboard: Dashboard, files: ControlFiles, process: subprocess.Popen[bytes]
) -> None:
    own = {"host": os.uname().nodename, "pid": process.pid, "process_start": 1_000_000.0}
    files.write_status(status_of(time=time.time() - 5, **own))
    assert dashboard.told()["state"] == "dead"


def test_a_process_of_another_host_is_not_looked_for_here(dashboard: Dashboard, files: ControlFiles) -> None:
    files.write_status(status_of(every_secs=30.0, time=time.time() - 40, host="gpu7", pid=2**22 + 1))
    assert dashboard.told()["state"] == "running"


def test_runs_of_several_log_directories_are_found_by_the_names_that_they_have(
    tmp_path: Path, run: Path, files: ControlFiles
) -> None:
    other = records.write_run(tmp_path / "other", ".", records.scalar_file("loss", [1.0])).parent
    ControlFiles.of(other).write_status(status_of(state="paused"))
    dashboard = Dashboard("", spec=f"mine:{run.parent},theirs:{other}")
    told = {one["run"]: one["state"] for one in dashboard.get().get_json()["control"]}
    assert told == {"mine/run": "running", "theirs/.": "paused"}
    assert dashboard.post(run="theirs/.", command="resume").status_code == 202
    assert len(ControlFiles.of(other).commands()) == 1
    assert files.commands() == []


def test_a_run_in_a_bucket_is_listened_to_and_commanded() -> None:
    import fsspec

    system, url = fsspec.filesystem("memory"), "memory://bucket-of-test-control/logs"
    try:
        system.pipe_file(
            "/bucket-of-test-control/logs/run/events.out.tfevents.1", records.scalar_file("loss", [2.0])
        )
        files = ControlFiles.of(f"{url}/run")
        files.write_status(status_of(every_secs=10.0))
        dashboard = Dashboard(url)
        assert eventually(lambda: dashboard.told()["state"] == "running", what="its status")
        sent = dashboard.post(run="run", command="set", name="lr", value=0.5).get_json()["id"]
        assert files.commands() == [sent]
        files.write_answer(Answer(sent, "done", 1.0))
        eventually(
            lambda: [one["state"] for one in dashboard.told()["commands"]] == ["done"], what="the answer"
        )
    finally:
        system.rm("/bucket-of-test-control", recursive=True)
