"""Experiments as processes of this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tensorboard_candles.launch import start
from tensorboard_candles.launch.executor import Executor
from tensorboard_candles.launch.local import LocalExecutor
from tensorboard_candles.launch.printed import last_lines, printed
from tests.launch.executors import ExecutorTests, output_of
from tests.launch.running import begun, ended, job, program
from tests.support.server import eventually


class TestLocal(ExecutorTests):
    @pytest.fixture
    def executor(self) -> Executor:
        return LocalExecutor()

    @pytest.fixture
    def again(self) -> Executor:
        return LocalExecutor()

    def test_nothing_is_started_where_whoever_prepared_it_ends_before_saying_go(
        self, executor: LocalExecutor, tmp_path: Path
    ) -> None:
        made = job(tmp_path, program(f"open({str(tmp_path / 'ran')!r}, 'w')"))
        prepared = executor.prepare(made)
        prepared.give_up()
        assert ended(executor, prepared.handle, made.folder).state == "gone"
        assert not (tmp_path / "ran").exists()

    def test_it_is_in_no_session_of_ours_so_that_no_ctrl_c_of_ours_reaches_it(
        self, executor: Executor, started: Any
    ) -> None:
        handle, made = started("print(os.getsid(0), os.getpid(), flush=True); time.sleep(600)")
        self.wait_for(" ", executor, handle, made)
        session, pid = map(int, output_of(executor, handle, made).split())
        assert session == pid
        assert len({session, os.getsid(int(handle["pid"])), os.getsid(0)}) == 3

    def test_a_process_that_has_the_number_of_one_that_is_gone_is_left_alone(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        made = job(tmp_path, program("pass"))
        handle = begun(executor, made)
        ended(executor, handle, made.folder)
        (made.folder / "exit.json").unlink()
        with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as other:
            reused = {**handle, "pid": other.pid, "created": psutil.Process(other.pid).create_time() - 60}
            assert executor.look(reused, made.folder).state == "gone"
            executor.stop(reused)
            executor.kill(reused)
            time.sleep(0.1)  # a signal would have come by then
            assert other.poll() is None
            other.kill()

    def test_where_what_looks_after_it_is_killed_it_is_still_found_and_stopped(
        self, executor: Executor, started: Any
    ) -> None:
        handle, made = started("print('ready', flush=True); time.sleep(600)")
        self.wait_for("ready", executor, handle, made)
        psutil.Process(int(handle["pid"])).kill()
        eventually(lambda: executor.look(handle, made.folder).message, what="that it is alone")
        assert executor.look(handle, made.folder).state == "running"
        executor.stop(handle)
        assert ended(executor, handle, made.folder).state == "gone"

    def test_one_that_has_ended_leaves_no_zombie(self, executor: Executor, started: Any) -> None:
        handle, made = started("pass")
        ended(executor, handle, made.folder)
        eventually(
            lambda: executor.look(handle, made.folder) and not psutil.pid_exists(int(handle["pid"])),
            what="its end",
        )

    def test_exit_code_of_an_earlier_attempt_says_nothing_of_this_one(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        first = job(tmp_path, program("sys.exit(7)"))
        assert ended(executor, begun(executor, first), first.folder).exit_code == 7
        second = executor.prepare(type(first)(**{**_fields(first), "attempt": 2}))
        assert executor.look(second.handle, first.folder).state == "running"
        second.go()
        assert ended(executor, second.handle, first.folder).exit_code == 7

    @pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts what is mapped on Linux alone")
    def test_memory_beyond_the_limit_is_not_given(self, executor: Executor, started: Any) -> None:
        handle, made = started("bytearray(10**9)", limits={"memory_bytes": 300_000_000})
        assert ended(executor, handle, made.folder).exit_code == 1
        assert "MemoryError" in output_of(executor, handle, made)

    def test_files_and_niceness_are_those_of_the_limits(self, executor: Executor, started: Any) -> None:
        text = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE), os.nice(0))"
        handle, made = started(text, limits={"files": 99, "nice": 7})
        ended(executor, handle, made.folder)
        assert output_of(executor, handle, made).strip() == f"(99, 99) {os.nice(0) + 7}"

    def test_files_that_it_writes_are_as_open_as_those_of_whoever_started_it(
        self, executor: Executor, started: Any
    ) -> None:
        before = os.umask(0o077)
        try:
            handle, made = started("print(oct(os.umask(0)))")
        finally:
            os.umask(before)
        ended(executor, handle, made.folder)
        assert output_of(executor, handle, made).strip() == "0o77"

    def test_processor_time_beyond_the_limit_ends_it(self, executor: Executor, started: Any) -> None:
        handle, made = started("while True: pass", limits={"cpu_secs": 1})
        assert ended(executor, handle, made.folder).exit_code == -signal.SIGXCPU

    def test_one_that_takes_too_long_is_stopped_and_that_is_told(
        self, executor: Executor, started: Any
    ) -> None:
        handle, made = started("time.sleep(600)", limits={"wall_secs": 1})
        seen = ended(executor, handle, made.folder)
        assert (seen.exit_code, seen.message) == (-signal.SIGTERM, "stopped after its time of 1 s")

    def test_what_it_has_started_ends_with_it(
        self, executor: Executor, started: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        child = "import time; time.sleep(600)"
        text = (
            f"import subprocess; print(subprocess.Popen([sys.executable, '-c', {child!r}]).pid, flush=True)"
        )
        handle, made = started(text + "; time.sleep(600)")
        self.wait_for("\n", executor, handle, made)
        pid = int(output_of(executor, handle, made))
        executor.kill(handle)
        assert ended(executor, handle, made.folder).exit_code == -signal.SIGKILL
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

    def test_its_standard_input_is_empty(self, executor: Executor, started: Any) -> None:
        handle, made = started("print(repr(sys.stdin.read()))")
        ended(executor, handle, made.folder)
        assert output_of(executor, handle, made).strip() == "''"


def _fields(made: Any) -> dict[str, Any]:
    return {name: getattr(made, name) for name in made.__dataclass_fields__}


def test_output_is_bounded_and_offsets_count_all_that_was_printed(tmp_path: Path) -> None:
    output = start.Output(str(tmp_path), most_bytes=start.MOST_OUTPUT_BYTES)
    lines = [f"{number:015}\n".encode() for number in range(3 * start.MOST_OUTPUT_BYTES // 16 + 5)]
    output.write(b"".join(lines))
    assert output.end == 16 * len(lines)
    again = start.Output(str(tmp_path))
    again.write(b"the end\n")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == start.MOST_OUTPUT_BYTES + 5 * 16 + 8
    everything = printed(tmp_path, offset=0, most=10**9)
    assert (everything.start, everything.end) == (2 * start.MOST_OUTPUT_BYTES, 16 * len(lines) + 8)
    assert everything.content == b"".join(lines)[everything.start :] + b"the end\n"
    across = printed(tmp_path, offset=3 * start.MOST_OUTPUT_BYTES - 8, most=16)
    assert across.content == b"".join(lines)[across.start :][:16]
    assert printed(tmp_path, offset=10**9, most=16).content == b""


def test_last_lines_show_a_progress_bar_as_a_terminal_does(tmp_path: Path) -> None:
    start.Output(str(tmp_path)).write(b"epoch 1\r\n10 %\r55 %\r100 %\ndone\n")
    assert last_lines(tmp_path) == "epoch 1\n100 %\ndone\n"


def test_a_limit_beyond_what_the_machine_allows_is_what_it_allows() -> None:
    program = f"""
import resource, sys
sys.path.insert(0, {str(Path(start.__file__).parent)!r})
import start
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
resource.setrlimit(resource.RLIMIT_CPU, (50, 50))
start.limit({{"files": 1_000, "cpu_secs": 40}})
print(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CPU))
"""
    command = [sys.executable, "-I", "-c", program]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (found.stdout, found.stderr) == ("(64, 64) (40, 50)\n", "")


def test_what_was_left_behind_without_output_is_waited_for_at_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    take = start._take

    def counted(*given: Any) -> bool:
        looks.append(1)
        return take(*given)

    monkeypatch.setattr(start, "_take", counted)
    pipe, other_end = os.pipe()
    os.close(other_end)
    left = subprocess.Popen(["sleep", "1"], start_new_session=True)
    waiting = threading.Thread(target=left.wait)
    waiting.start()
    start._end_leftovers(left.pid, pipe, start.Output(str(tmp_path)))
    waiting.join()
    assert left.returncode == 0
    assert len(looks) < 20
    os.close(pipe)


def test_output_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "output.log").symlink_to(secret)
    assert printed(folder, offset=0, most=100).content == b""
    with pytest.raises(OSError, match=r"output\.log"):
        start.Output(str(folder))


def test_a_folder_that_becomes_a_link_gets_nothing_more(tmp_path: Path) -> None:
    folder, moved, elsewhere = tmp_path / "folder", tmp_path / "moved", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    output = start.Output(str(folder), most_bytes=8)
    output.write(b"12345")
    folder.rename(moved)
    folder.symlink_to(elsewhere)
    output.write(b"6789")
    assert [*elsewhere.iterdir()] == []
    assert sorted(path.name for path in moved.iterdir()) == ["output.1.log", "output.log"]
    with pytest.raises(OSError, match="folder"):
        start.Output(str(folder))


def test_an_exit_code_that_is_none_is_passed_by(tmp_path: Path) -> None:
    executor = LocalExecutor()
    made = job(tmp_path, program("print('ready', flush=True); time.sleep(600)"))
    handle = begun(executor, made)
    eventually(lambda: output_of(executor, handle, made), what="its start")
    for text in ("{", "[1]", json.dumps({"attempt": 1, "exit_code": "0"}), "[" * 5000):
        (made.folder / "exit.json").write_text(text)
        assert executor.look(handle, made.folder).state == "running"
    executor.kill(handle)
    assert ended(executor, handle, made.folder).exit_code == -9
