"""What every executor has to do, as a class to inherit: each test is run on each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.errors import ExecutorFailed
from tensorboard_candles.launch.executor import Executor, Handle, Job
from tensorboard_candles.launch.printed import printed
from tests.launch.running import begun, ended, job, program
from tests.support.server import eventually


def output_of(executor: Executor, handle: Handle, made: Job) -> str:
    executor.look(handle, made.folder)
    return printed(made.folder, offset=0, most=10**6).content.decode()


class ExecutorTests:
    """A subclass gives `executor`, and `again`: another one, as a dashboard that is started later has it."""

    more: dict[str, Any] = {}  # noqa: RUF012, of the experiments that are declared
    exit_code_of_signals = True
    """Whether a job that a signal has ended has minus its number as exit code."""

    @pytest.fixture
    def executor(self) -> Executor:
        raise NotImplementedError

    @pytest.fixture
    def again(self) -> Executor:
        raise NotImplementedError

    @pytest.fixture
    def started(self, executor: Executor, tmp_path: Path) -> Any:
        """Starts a program; what still runs at the end is killed."""
        running: list[tuple[Handle, Path]] = []

        def start(text: str, **more: Any) -> tuple[Handle, Job]:
            made = self.job(tmp_path, program(text), **more)
            handle = begun(executor, made)
            running.append((handle, made.folder))
            return handle, made

        yield start
        for handle, folder in running:
            if executor.look(handle, folder).state not in ("ended", "gone"):
                executor.kill(handle)
                ended(executor, handle, folder)
            executor.forget(handle)

    def job(self, where: Path, command: Sequence[str], **more: Any) -> Job:
        return job(where, command, **{**self.more, **more})

    def test_what_it_prints_and_its_exit_code_are_known(self, executor: Executor, started: Any) -> None:
        handle, made = started("print('out'); print('err', file=sys.stderr); sys.exit(3)")
        assert ended(executor, handle, made.folder).exit_code == 3
        output = output_of(executor, handle, made)
        assert "out" in output
        assert "err" in output

    def test_a_job_that_did_its_work_ends_with_zero(self, executor: Executor, started: Any) -> None:
        handle, made = started("pass")
        assert ended(executor, handle, made.folder).exit_code == 0

    def test_it_is_told_what_it_is(self, executor: Executor, started: Any) -> None:
        names = "'CANDLES_LOGDIR', 'CANDLES_RUN', 'CANDLES_INSTANCE', 'CANDLES_RESUME'"
        handle, made = started(f"print([os.environ.get(name) for name in ({names})])")
        ended(executor, handle, made.folder)
        told = str([self.logdir_told(made), "a", made.id, None])
        assert told in output_of(executor, handle, made)

    def logdir_told(self, made: Job) -> str:
        return made.logdir

    def test_arguments_arrive_as_they_are_whatever_they_hold(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        odd = "$(touch hacked); `id` && 'x' \"y\" \\ | > * ~ é😀"
        text = {"text": {"kind": "text", "default": odd}}
        command = [*program("print(ascii(sys.argv[1:]))"), "{parameters}", "{run}"]
        made = self.job(tmp_path, command, parameters=text)
        made = Job(made.id, 1, made.experiment, {"text": odd}, "a b", made.logdir, made.folder)
        handle = begun(executor, made)
        assert ended(executor, handle, made.folder).exit_code == 0
        assert ascii([f"--text={odd}", "a b"]) in output_of(executor, handle, made)
        assert not list(tmp_path.rglob("hacked"))
        executor.forget(handle)

    def test_it_stops_when_it_is_asked_to(self, executor: Executor, started: Any) -> None:
        handle, made = started(
            """
            signal.signal(signal.SIGTERM, lambda *_: (print("saving", flush=True), sys.exit(5)))
            print("ready", flush=True)
            while True:
                time.sleep(0.05)
            """
        )
        self.wait_for("ready", executor, handle, made)
        assert executor.look(handle, made.folder).state == "running"
        executor.stop(handle)
        self.check_stopped(ended(executor, handle, made.folder).exit_code, 5)
        assert "saving" in output_of(executor, handle, made)

    def test_one_that_does_not_stop_is_killed(self, executor: Executor, started: Any) -> None:
        handle, made = started(
            """
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            print("ready", flush=True)
            while True:
                time.sleep(0.05)
            """
        )
        self.wait_for("ready", executor, handle, made)
        executor.kill(handle)
        self.check_stopped(ended(executor, handle, made.folder).exit_code, -9)

    def check_stopped(self, got: int | None, expected: int) -> None:
        assert got == expected

    def test_it_is_found_again_by_another_dashboard(
        self, executor: Executor, again: Executor, started: Any
    ) -> None:
        handle, made = started("print('ready', flush=True); time.sleep(600)")
        self.wait_for("ready", executor, handle, made)
        assert again.look(handle, made.folder).state == "running"
        assert "ready" in output_of(again, handle, made)
        again.kill(handle)
        assert ended(again, handle, made.folder).state == "ended"

    def test_a_program_that_there_is_not_is_told(self, executor: Executor, tmp_path: Path) -> None:
        made = self.job(tmp_path, ["no-such-program-anywhere", "x"])
        try:
            handle = begun(executor, made)
        except ExecutorFailed as error:  # an engine may say so at once
            said = str(error)
            assert "no-such-program" in said
            return
        assert ended(executor, handle, made.folder).exit_code not in (0, None)
        assert "no-such-program-anywhere" in output_of(executor, handle, made)
        executor.forget(handle)

    def wait_for(self, text: str, executor: Executor, handle: Handle, made: Job) -> None:
        look: Callable[[], bool] = lambda: text in output_of(executor, handle, made)  # noqa: E731
        eventually(look, within_secs=60, what=f"{text!r} in the output")
