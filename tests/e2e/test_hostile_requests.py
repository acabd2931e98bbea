"""Whatever others ask of a real TensorBoard: refused, nothing done, nothing written anywhere."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tensorboard_candles.api.audit import FILE_NAME
from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Progress, Status
from tensorboard_candles.control.parameters import Parameter
from tests.support import hostile_experiments as experiments
from tests.support import records
from tests.support.experiments import Page
from tests.support.hostile import REQUESTS, Hostile, answer_to, as_bytes
from tests.support.server import Server

TELLING = Status(
    session="00ff" * 4,
    beat=0,
    time=0.0,
    every_secs=3.0,
    state="running",
    host="gpu7",
    pid=1,
    progress=Progress(started_time=0.0),
    obeys=("stop", "set"),
    parameters={
        "lr": Parameter(0.1, least=0, most=1),
        "epochs": Parameter(3, least=1),
        "mode": Parameter("a", choices=["a", "b"]),
    },
)


class Beating(threading.Thread):
    """A training that would obey everything, of a host elsewhere: its control files."""

    def __init__(self, run: Path) -> None:
        super().__init__(daemon=True)
        self.files = ControlFiles.of(run)
        self.over = threading.Event()

    def beat(self, count: int) -> None:
        self.files.write_status(replace(TELLING, beat=count, time=time.time()))

    def run(self) -> None:
        count = 1
        while not self.over.wait(1.0):
            self.beat(count)
            count += 1


class Attacked:
    """A dashboard on a log directory, beside which lies what nobody may touch."""

    def __init__(self, world: Path, server: Server) -> None:
        self.world = world
        self.server = server
        host, port = server.host_and_port
        self.known = {"host": f"{host}:{port}", "logdir": str(world / "logs")}
        self.known["token"] = server.get_json("config")["token"]

    def answer_to(self, request: Hostile) -> tuple[int, bytes]:
        return answer_to(self.server.host_and_port, as_bytes(request, **self.known))

    def everything(self) -> Mapping[str, str]:
        """All files and links there are, and what they hold; but for the beats and the audit log."""
        found = {}
        for path in sorted(self.world.rglob("*")):
            if path.name not in ("status.json", FILE_NAME) and not path.name.startswith(".status.json."):
                is_file = path.is_file() and not path.is_symlink()
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest() if is_file else ""
        return found


@pytest.fixture(scope="module")
def attacked(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Iterator[Attacked]:
    world = tmp_path_factory.mktemp("world")
    run = records.write_run(world / "logs", "run", records.scalar_file("loss", [3.0, 2.0])).parent
    outside = records.write_run(world / "outside", ".", records.scalar_file("loss", [1.0])).parent
    (outside / "canary").write_text("alive")
    (world / "logs" / "link").symlink_to(outside)
    trainings = [Beating(run), Beating(outside)]
    for training in trainings:
        training.beat(0)
        training.start()
    server = shared_tensorboard_server(world / "logs", "--candles_control")
    server.wait_loaded(run="run", points=2)
    yield Attacked(world, server)
    for training in trainings:
        training.over.set()
        training.join()


TOUCHING = """
import os, sys
from pathlib import Path
Path("executed").write_text("\\n".join(sys.argv[1:]))
"""
DECLARED = """
[experiments.toy]
command = ["{python}", "train.py", "{parameters}"]
[experiments.toy.parameters]
lr = {kind = "float", default = 0.1, least = 0.0, most = 2.0}
steps = {kind = "int", default = 10, least = 1, most = 100000}
until = {kind = "text", default = ""}
"""


@pytest.fixture(scope="module")
def launching(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Attacked:
    """One that may start something, which leaves a file where it was started."""
    world = tmp_path_factory.mktemp("world")
    (world / "logs").mkdir()
    (world / "code").mkdir()
    (world / "code" / "train.py").write_text(TOUCHING)
    (world / "code" / "toy.toml").write_text(DECLARED)
    server = shared_tensorboard_server(world / "logs", f"--candles_experiments={world / 'code' / 'toy.toml'}")
    return Attacked(world, server)


def test_there_are_a_hundred_of_them_and_no_two_alike() -> None:
    for requests in (REQUESTS, experiments.REQUESTS):
        assert len({request.wrong for request in requests}) == len(requests)
    assert len(REQUESTS) >= 100


def assert_refused(attacked: Attacked, request: Hostile) -> None:
    before = attacked.everything()
    status, answer = attacked.answer_to(request)
    assert status == request.status, answer[-500:]
    assert b"Traceback" not in answer
    assert b"access-control-allow" not in answer.lower()
    assert attacked.known["token"].encode() not in answer
    assert attacked.everything() == before


@pytest.mark.parametrize("request_", REQUESTS, ids=[request.wrong for request in REQUESTS])
def test_a_hostile_request_is_refused_and_nothing_comes_of_it(attacked: Attacked, request_: Hostile) -> None:
    assert_refused(attacked, request_)


@pytest.mark.parametrize(
    "request_", experiments.REQUESTS, ids=[request.wrong for request in experiments.REQUESTS]
)
def test_nothing_is_started_by_a_hostile_request(launching: Attacked, request_: Hostile) -> None:
    assert_refused(launching, request_)
    assert launching.server.get_json("experiments")["instances"] == []


def test_what_a_shell_would_obey_is_an_argument_like_any_other(launching: Attacked) -> None:
    page, world = Page(launching.server), launching.world
    text = experiments.SHELL.replace("{world}", str(world))
    [instance] = page.start({"until": text})
    page.wait_for({instance: "finished"})
    assert (world / "code" / "executed").read_text().splitlines() == [
        "--lr=0.1",
        "--steps=10",
        f"--until={text}",
    ]
    assert not (world / "canary").exists()


def test_flags_that_anybody_may_read_hold_neither_token_nor_commands(launching: Attacked) -> None:
    told = launching.server.request("data/environment").body.decode()
    assert "candles_experiments" in told
    assert "train.py" not in told
    assert launching.known["token"] not in told


def test_the_very_same_request_of_the_page_itself_is_obeyed(attacked: Attacked) -> None:
    status, _ = attacked.answer_to(Hostile("nothing is", 202))
    assert status == 202
    assert len(list((attacked.world / "logs" / "run" / "candles-control" / "commands").iterdir())) == 1


def test_the_audit_log_has_a_line_for_each_and_the_token_in_none(attacked: Attacked) -> None:
    lines = (attacked.world / "logs" / FILE_NAME).read_text().splitlines()
    told = [json.loads(line) for line in lines]
    assert sum(one["outcome"] == "refused" for one in told) >= 100
    assert all(one["client"] == "127.0.0.1" for one in told)
    assert attacked.known["token"] not in "".join(lines)
    assert max(map(len, lines)) < 32_000
