"""What the tests of the tab decode is what the routes answer: `tests/golden/` is read by both."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from tensorboard_candles.api.backend import Backend
from tensorboard_candles.api.desk import Desk
from tensorboard_candles.api.routes import routes
from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Answer, Command, Status
from tensorboard_candles.events import log_roots
from tensorboard_candles.launch.declared import read_declared
from tensorboard_candles.launch.launcher import Asked, Launcher
from tensorboard_candles.store import LocalSource
from tests.support import records

GOLDEN = Path(__file__).parents[1] / "golden"

DECLARED = """
[limits]
running = 2
[experiments.cnn]
help = "A small network"
command = ["{python}", "train.py", "{parameters}"]
resume = ["--resume"]
[experiments.cnn.parameters]
lr = {kind = "float", default = 1e-3, least = 1e-5, most = 1.0, scale = "log", help = "Learning rate"}
seed = {kind = "int", default = 0, least = 0}
optimizer = {kind = "choice", default = "adam", choices = ["adam", "sgd"]}
augment = {kind = "bool", default = true}
note = {kind = "text", default = "a, b"}
"""


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text())


def answer(logdir: Path, route: str, query: str = "", **parts: Any) -> Any:
    source = LocalSource(log_roots(str(logdir), ""), poll_secs=None)
    source.refresh()
    backend = Backend(str(logdir), source, None, **parts)
    return Client(routes(backend)[route]).get("/", query_string=query).get_json()


def write_trainings(logdir: Path, cnn: Any) -> None:
    for run in ("cnn", "old"):
        records.write_run(logdir, run, records.scalar_file("loss", [1.0]))
    files = ControlFiles.of(logdir / "cnn")
    status = {**cnn["status"], "time": time.time()}
    files.write_status(Status.from_bytes(json.dumps(status).encode()))
    for one in cnn["commands"]:
        form = {name: one[name] for name in ("id", "command", "name", "value", "sent_time", "by")}
        files.send(Command(session=status["session"], **form))
        told = {"state": one["state"], "time": one["answered_time"]}
        files.write_answer(Answer(id=one["id"], message=one["message"], step=one["step"], **told))


def test_the_tab_is_tested_with_what_trainings_are_answered_to_tell(tmp_path: Path) -> None:
    expected = golden("control")["control"]
    write_trainings(tmp_path, expected[0])
    cnn, old = answer(tmp_path, "/control", "run=cnn&run=old", desk=Desk())["control"]
    assert old == expected[1]
    assert set(cnn) == set(expected[0])
    assert {**cnn["status"], "time": 0} == {**expected[0]["status"], "time": 0}
    by_id = {one["id"]: one for one in cnn["commands"]}
    assert by_id == {one["id"]: one for one in expected[0]["commands"]}


def test_the_tab_is_tested_with_what_experiments_are_answered_to_be(tmp_path: Path) -> None:
    expected = golden("experiments")
    file, logdir = tmp_path / "experiments.toml", tmp_path / "logs"
    file.write_text(DECLARED)
    records.write_run(logdir, "run", records.scalar_file("loss", [1.0]))
    launcher = Launcher(read_declared(file), logdir=str(logdir), user_state=tmp_path / "state")
    launcher.start("cnn", [Asked()])
    found = answer(logdir, "/experiments", launcher=launcher)
    assert found["experiments"] == expected["experiments"]
    (queued,) = found["instances"]
    assert set(queued) == set(expected["instances"][0])
    own = {"id": queued["id"], "created_time": queued["created_time"]}
    assert queued == {**expected["instances"][1], **own}
