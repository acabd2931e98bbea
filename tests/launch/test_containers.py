"""Experiments as containers: Docker's own SDK against its API, without an engine (see `docker_engine`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.errors import ExecutorFailed, Unreachable
from tensorboard_candles.launch.containers import DIRECTORY, LOGDIR, DockerExecutor
from tensorboard_candles.launch.executor import Executor, Job
from tests.launch.executors import ExecutorTests
from tests.launch.running import begun, ended, job, program
from tests.support.docker_engine import IMAGE, Engine, docker_engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    with docker_engine() as started:
        yield started


class TestDocker(ExecutorTests):
    @pytest.fixture(autouse=True)
    def _engine(self, engine: Engine) -> None:
        self.more = {"executor": "docker", "docker": engine.options}

    @pytest.fixture
    def executor(self) -> Executor:
        return DockerExecutor()

    @pytest.fixture
    def again(self) -> Executor:
        return DockerExecutor()

    def logdir_told(self, made: Job) -> str:
        return LOGDIR

    def check_stopped(self, got: int | None, expected: int) -> None:
        """128 and the signal, as Docker has it."""
        assert got == (expected if expected >= 0 else 128 - expected)

    def test_one_that_is_forgotten_is_gone(self, executor: Executor, engine: Engine, tmp_path: Path) -> None:
        made = self.job(tmp_path, program("print('kept')"))
        handle = begun(executor, made)
        ended(executor, handle, made.folder)
        executor.forget(handle)
        assert engine.containers == {}
        assert executor.look(handle, made.folder).state == "gone"
        assert (made.folder / "output.log").read_text() == "kept\n"
        executor.stop(handle)
        executor.forget(handle)

    def test_one_that_could_not_be_started_leaves_no_container(
        self, executor: Executor, engine: Engine, tmp_path: Path
    ) -> None:
        made = self.job(tmp_path, ["no-such-program"])
        with pytest.raises(ExecutorFailed, match='Docker refused: exec: "no-such-program"'):
            begun(executor, made)
        assert engine.containers == {}

    def test_one_whose_start_was_not_answered_is_found_by_its_name(
        self, started: Any, executor: Executor, engine: Engine
    ) -> None:
        engine.loses = lambda asked: asked.endswith("/start")
        handle, made = started("print('ready', flush=True); time.sleep(600)")
        self.wait_for("ready", executor, handle, made)
        executor.stop(handle)
        self.check_stopped(ended(executor, handle, made.folder).exit_code, -15)

    def test_one_that_was_made_and_never_started_is_told_as_failed_and_leaves_no_container(
        self, executor: Executor, engine: Engine, tmp_path: Path
    ) -> None:
        engine.loses = lambda asked: asked.endswith("/create")
        with pytest.raises(ExecutorFailed, match="Docker does not answer") as failed:
            begun(executor, self.job(tmp_path, program("pass")))
        assert not isinstance(failed.value, Unreachable)
        assert engine.containers == {}


def of_image(where: Path, url: str, **more: Any) -> Job:
    options: dict[str, Any] = {
        "executor": "docker",
        "docker": {"image": IMAGE, "url": url, **more.pop("docker", {})},
    }
    return job(where, ["train", "{logdir}", "{directory}", "{run}"], **options, **more)


def test_a_container_gets_the_log_directory_bounds_and_no_privileges(engine: Engine, tmp_path: Path) -> None:
    limits = {"memory_bytes": 10**9, "files": 99, "cpu_secs": 60}
    docker = {"cpus": 1.5, "gpus": True, "network": "none", "environment": {"SEED": "7", "CANDLES_RUN": "no"}}
    made = of_image(tmp_path, engine.url, docker=docker, limits=limits)
    with pytest.raises(ExecutorFailed, match="train"):
        # there is no such program; what was asked of the engine is seen all the same
        begun(DockerExecutor(), made)
    [asked] = engine.asked
    host = asked["HostConfig"]
    assert asked["Cmd"] == ["train", LOGDIR, DIRECTORY, "a"]
    assert (asked["User"], asked["WorkingDir"]) == (f"{os.getuid()}:{os.getgid()}", DIRECTORY)
    assert asked["Labels"] == {"tensorboard_candles.instance": made.id}
    assert {"SEED=7", "CANDLES_RUN=a", f"CANDLES_LOGDIR={LOGDIR}"} <= set(asked["Env"])
    assert [(one["Source"], one["Target"], one["ReadOnly"]) for one in host["Mounts"]] == [
        (str(tmp_path), LOGDIR, False), (str(tmp_path), DIRECTORY, True),
    ]  # fmt: skip
    assert (host["Memory"], host["NanoCpus"], host["NetworkMode"]) == (10**9, 1_500_000_000, "none")
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert not host.get("Privileged")
    assert {(one["Name"], one["Hard"]) for one in host["Ulimits"]} == {("nofile", 99), ("cpu", 60)}
    assert host["DeviceRequests"][0]["Capabilities"] == [["gpu"]]


def test_an_engine_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    made = of_image(tmp_path, f"unix://{tmp_path}/none.sock")
    with pytest.raises(Unreachable, match="Docker does not answer"):
        begun(DockerExecutor(), made)


def test_an_image_that_can_not_be_had_is_told_in_words(engine: Engine, tmp_path: Path) -> None:
    made = of_image(tmp_path, engine.url, docker={"image": "nowhere:1"})
    with pytest.raises(ExecutorFailed, match="Docker refused"):
        begun(DockerExecutor(), made)
