"""Experiments as jobs of a Ray cluster: a real one, of this machine."""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.errors import ExecutorFailed, Unreachable
from tensorboard_candles.launch.executor import Executor, Job
from tensorboard_candles.launch.ray_jobs import RayExecutor
from tests.launch.executors import ExecutorTests
from tests.launch.running import begun, ended, program
from tests.support.experiments import Page, write_toy
from tests.support.lossy import lossy
from tests.support.ports import free_ports
from tests.support.ray_head import ray_head
from tests.support.server import Server

if find_spec("ray") is None:
    pytest.skip("could not import 'ray'", allow_module_level=True)

OURS = str(Path(__file__).parent.parent.parent)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ray_head() as started:
        yield started


class TestRay(ExecutorTests):
    @pytest.fixture(autouse=True)
    def _cluster(self, address: str) -> None:
        ray = {"address": address, "python": sys.executable, "environment": {"PYTHONPATH": OURS}}
        self.more = {"executor": "ray", "ray": ray}

    @pytest.fixture
    def executor(self) -> Executor:
        return RayExecutor()

    @pytest.fixture
    def again(self) -> Executor:
        return RayExecutor()

    def check_stopped(self, got: int | None, expected: int) -> None:
        """Ray doesn't tell with what a job has ended that was stopped."""
        assert got in (None, expected)

    def test_started_twice_by_the_same_name_it_is_one_job(self, executor: Executor, tmp_path: Path) -> None:
        made = self.job(tmp_path, program(f"open({str(tmp_path / 'ran')!r}, 'a').write('x')"))
        first = executor.prepare(made)
        first.go()
        first.go()
        ended(executor, first.handle, made.folder)
        assert (tmp_path / "ran").read_text() == "x"

    @pytest.mark.parametrize(("answers_lost", "instead"), [(1, None), (2, None), (3, 504)])
    def test_one_whose_start_was_not_answered_is_one_job_and_is_stopped(
        self, address: str, tmp_path: Path, answers_lost: int, instead: int | None
    ) -> None:
        told = f"open({str(tmp_path / 'ran')!r}, 'a').write('x'); print('ready', flush=True); time.sleep(600)"
        lost: list[str] = []

        def loses(asked: str) -> bool:
            is_lost = " /api/jobs/" in asked and len(lost) < answers_lost
            lost.extend([asked] * is_lost)
            return is_lost

        with lossy(address) as between:
            between.loses, between.says = loses, instead
            executor = RayExecutor()
            made = self.job(tmp_path, program(told), ray={**self.more["ray"], "address": between.url})
            prepared = executor.prepare(made)
            with pytest.raises(Unreachable) if answers_lost > 1 else nullcontext():
                prepared.go()
            assert len(lost) == answers_lost
            self.wait_for("ready", executor, prepared.handle, made)
            executor.stop(prepared.handle)
            assert ended(executor, prepared.handle, made.folder).state == "ended"
        assert (tmp_path / "ran").read_text() == "x"

    def test_what_is_refused_is_told_and_not_looked_for(self, address: str, tmp_path: Path) -> None:
        with (
            lossy(address) as between,
            ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as no_cluster,
        ):
            ray = {**self.more["ray"], "address": between.url}
            prepared = RayExecutor().prepare(self.job(tmp_path, program("pass"), ray=ray))
            threading.Thread(target=no_cluster.serve_forever, daemon=True).start()
            between.behind = f"127.0.0.1:{no_cluster.server_port}"
            with pytest.raises(
                ExecutorFailed, match="refused: Request failed with status code 501"
            ) as refused:
                prepared.go()
            no_cluster.shutdown()
        assert not isinstance(refused.value, Unreachable)

    def test_output_of_a_later_attempt_follows_that_of_the_first(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        first = self.job(tmp_path, program("print(os.environ.get('CANDLES_RESUME'))"), resume=[])
        ended(executor, begun(executor, first), first.folder)
        second: Job = dataclasses.replace(first, attempt=2, is_resumed=True)
        ended(executor, begun(executor, second), second.folder)
        assert (first.folder / "output.log").read_text() == "None\n1\n"


def test_a_cluster_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    [port] = free_ports(1)
    tests = ExecutorTests()
    tests.more = {"executor": "ray", "ray": {"address": f"http://127.0.0.1:{port}"}}
    with pytest.raises(Unreachable, match=f"at http://127.0.0.1:{port} does not answer"):
        RayExecutor().prepare(tests.job(tmp_path, program("pass")))


def test_the_same_experiments_give_the_same_runs_here_and_on_the_cluster(
    address: str, tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    runs: dict[str, dict[str, Any]] = {}
    more = f'[experiments.toy.ray]\naddress = "{address}"\npython = "{sys.executable}"\n'
    more += f'environment = {{ PYTHONPATH = "{OURS}" }}\n'
    for executor in ("local", "ray"):
        file = write_toy(tmp_path / "code", executor=executor, more=more)
        logdir = tmp_path / executor
        logdir.mkdir()
        page = Page(tensorboard_server(logdir, "--candles_experiments", str(file)))
        ids = page.start({"lr": 0.3}, {"lr": 0.05, "steps": 25}, {"lr": 1.5})
        page.wait_for(dict(zip(ids, ("finished", "finished", "failed"), strict=True)), within_secs=180)
        found = page.instances()
        server = page.server
        for one in ids:
            server.wait_for_points(found[one]["run"], found[one]["parameters"]["steps"])
        runs[executor] = {
            found[one]["run"]: (
                server.values(found[one]["run"]),
                server.get_json("arguments", run=found[one]["run"])["runs"][0]["arguments"],
                found[one]["exit_code"],
                found[one]["output_end"].strip(),
            )
            for one in ids
        }
    assert list(runs["local"]) == ["toy/lr=0.3", "toy/lr=0.05_steps=25", "toy/lr=1.5"]
    assert runs["ray"] == runs["local"]
