"""A bucket that can't be reached, a process that is killed: nothing raises, nothing that was kept is lost."""

from __future__ import annotations

import errno
import logging
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import fsspec
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import event_file
from tensorboard_candles.writer.remote import pace, spool, uploader
from tests.support.s3 import ObjectStore
from tests.support.server import eventually
from tests.writer.remote import names, shown, spools, tracker
from tests.writer.scripts import posix, run_script, source

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploader, "FIRST_PAUSE_SECS", 0.05)
    monkeypatch.setattr(uploader, "LONGEST_PAUSE_SECS", 0.1)
    monkeypatch.setattr(pace, "SHORTEST_INTERVAL_SECS", 0.2)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [said.getMessage() for said in caplog.records if said.name == "tensorboard_candles"]


def said_after_flush(one: Tracker, caplog: pytest.LogCaptureFixture) -> list[str]:
    one.flush()
    return warnings(caplog)


def test_outage_in_the_middle_is_told_once_and_loses_nothing(
    s3: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    with tracker(s3.url("runs")) as one:
        one.log(loss=0)
        one.flush()
        s3.stop()
        for step in range(1, 1000):
            one.log(loss=step)
            if step % 300 == 0:
                one.flush()
        eventually(lambda: said_after_flush(one, caplog), what="the warning")
        (said,) = warnings(caplog)
        assert re.match(rf"can't write {s3.url('runs/p/r/')}events\S+: .*; keeping what is logged", said)
        s3.recover()
        eventually(lambda: len(said_after_flush(one, caplog)) > 1, what="the second warning")
        assert warnings(caplog)[1].endswith("is written again; nothing was dropped")
        one.log(loss=1000)
    assert len(warnings(caplog)) == 2
    assert shown(s3.url("runs")) == {step: float(step) for step in range(1001)}
    assert spools() == []


def test_storage_that_is_down_from_the_beginning_breaks_nothing(s3: ObjectStore) -> None:
    s3.stop()
    with tracker(s3.url("runs")) as one:
        one.log(loss=0)
        s3.recover()
    assert shown(s3.url("runs")) == {0: 0.0}


def test_run_that_can_not_be_read_is_not_resumed_from_the_beginning(s3: ObjectStore) -> None:
    tracker(s3.url("runs")).close()
    s3.stop()
    with pytest.raises(WriterError, match=r"can't read where s3://.* left off"):
        tracker(s3.url("runs"), resume=True)


def test_what_could_not_be_sent_until_close_is_kept_and_sent_by_the_command_that_is_told(
    s3: ObjectStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "CLOSE_WITHIN_SECS", 0.3)
    monkeypatch.setattr(pace, "LARGE_FILE_BYTES", 5000)
    with tracker(s3.url("runs")) as one:
        for step in range(100):
            one.log(loss=step)
        one.flush()
        s3.stop()
        for step in range(100, 500):
            one.log(loss=step)
            if step % 100 == 0:
                one.flush()
    (said,) = [said.getMessage() for said in caplog.records if said.levelno == logging.ERROR]
    (kept,) = spools()
    assert re.search(r"is not complete: \d+ bytes have not arrived: .*Send them with: ", said)
    assert str(kept) in said
    assert len(list(kept.glob("events*"))) > 1
    s3.recover()
    # More only if the try that was under way as it gave up has arrived since.
    assert set(shown(s3.url("runs"))) >= set(range(100))
    command = shlex.split(said.partition("Send them with: ")[2].rstrip(")"))
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == s3.url("runs/p/r")
    assert shown(s3.url("runs")) == {step: float(step) for step in range(500)}
    assert spools() == []


def test_command_that_can_not_send_says_so_and_keeps_all(s3: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("s3://no-such-bucket/run")
    (tmp_path / "events.out.tfevents.1").write_bytes(b"abc")
    command = [sys.executable, "-m", "tensorboard_candles.writer.remote.upload", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "bucket does not exist" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(list(tmp_path.iterdir())) == 2
    ended = subprocess.run([*command, s3.url("elsewhere")], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == s3.url("elsewhere")
    assert not tmp_path.exists()


def test_spool_and_buffer_that_are_full_drop_the_newest_and_count_them(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "SPOOL_BYTES", 20_000)
    monkeypatch.setattr(event_file, "KEEP_BYTES", 10_000)
    logdir = "memory://full"
    system = type(fsspec.filesystem("memory"))

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no answer")

    with tracker(logdir) as one:
        with monkeypatch.context() as patch:
            patch.setattr(system, "pipe_file", refuse)
            for step in range(5000):
                one.log(loss=step)
                if step % 50 == 0:
                    one.flush()
        eventually(lambda: "written again" in said_after_flush(one, caplog)[-1], what="the recovery")
    found = shown(logdir)
    (dropped,) = re.findall(r"; (\d+) records were dropped, of steps \d+ to 4999", caplog.text)
    assert all(step == value for step, value in found.items())
    assert list(found)[:500] == list(range(500))
    assert len(found) + int(dropped) == 5000
    assert 20_000 < 43 * len(found) < 40_000


def test_spool_that_someone_removes_costs_what_was_not_sent(
    s3: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    with tracker(s3.url("runs")) as one:
        one.log(loss=0)
        one.flush()
        s3.stop()
        one.log(lost=1)
        one.flush()
        (kept,) = spools()
        shutil.rmtree(kept.parent)
        s3.recover()
        one.log(loss=2)
        one.flush()
        assert (kept / spool.URL_FILE).read_text().strip() == s3.url("runs/p/r")
        one.log(loss=3)
    assert shown(s3.url("runs")) == {0: 0.0, 2: 2.0, 3: 3.0}
    assert re.search(r"\d+ bytes were removed before they were sent", caplog.text)


def test_ends_of_many_files_wait_once_for_a_storage_that_is_down(
    s3: ObjectStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploader, "PATIENCE_SECS", 1e6)
    monkeypatch.setattr(uploader, "ONE_TRY_SECS", 0.01)
    first, *others = [tracker(s3.url("runs"), run=f"r{number}") for number in range(5)]
    s3.stop()
    for one in (first, *others):
        one.log(loss=0)
    monkeypatch.setattr(spool, "CLOSE_WITHIN_SECS", 0.1)
    first.close()
    monkeypatch.setattr(spool, "CLOSE_WITHIN_SECS", 1e6)
    for one in others:
        one.close()
    assert caplog.text.count("Send them with") == 5
    s3.recover()
    last = tracker(s3.url("runs"))  # it was sent: the storage is back
    s3.stop()
    last.log(loss=0)
    closing = threading.Thread(target=last.close)
    closing.start()
    s3.recover()
    closing.join()  # and is waited for again
    assert caplog.text.count("Send them with") == 5
    assert shown(s3.url("runs")) == {0: 0.0}


@posix
def test_spool_lies_among_temporary_files_where_nobody_is_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", "~")
    monkeypatch.setattr(os, "getuid", lambda: 54321)  # no user that the system knows
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with tracker("memory://homeless") as one:
        one.log(loss=0)
        assert [path.name for path in tmp_path.iterdir()] == ["temporary"]
        assert len(list((tmp_path / "temporary").glob("tensorboard_candles-*/events*"))) == 1
    assert shown("memory://homeless") == {0: 0.0}


def test_spool_on_a_full_disk_leaves_no_directory_for_each_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(WriterError, match="No space left"):
        tracker("memory://full-disk")
    assert spools() == list(tmp_path.glob("tensorboard_candles-*")) == []


@posix
def test_logdir_that_is_refused_leaves_no_file_open(s3: ObjectStore) -> None:
    def count_of_open_spools() -> int:
        links = [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return sum("tfevents" in link for link in links)

    before = count_of_open_spools()
    with pytest.raises(WriterError, match="bucket does not exist"):
        tracker("s3://no-such-bucket/runs")
    assert count_of_open_spools() == before


HANGS = """
import fsspec
from fsspec.implementations.memory import MemoryFileSystem
class Hanging(MemoryFileSystem):
    protocol = "hanging"
    hangs = False
    def pipe_file(self, *arguments, **options):
        while self.hangs:
            time.sleep(0.01)
        super().pipe_file(*arguments, **options)
fsspec.register_implementation("hanging", Hanging)
from tensorboard_candles.writer.remote import spool, uploader
uploader.FLUSH_WITHIN_SECS = spool.CLOSE_WITHIN_SECS = 0.2
"""


def test_storage_that_hangs_holds_up_neither_logging_nor_the_end(tmp_path: Path) -> None:
    ended = run_script(
        HANGS
        + """
tracker = Tracker("p", logdir="hanging://runs", run="r")
Hanging.hangs = True
for step in range(200_000):
    tracker.log(loss=step)
tracker.flush()
tracker.close()
""",
        tmp_path,
    )
    assert "bytes have not arrived: the storage is slow" in ended.stderr


@posix
def test_killed_process_leaves_in_the_bucket_what_was_sent_and_on_disk_the_rest(
    s3: ObjectStore, tmp_path: Path
) -> None:
    ended = run_script(
        """
        tracker = Tracker("p", logdir=logdir, run="r")
        for step in range(1000):
            tracker.log(loss=step)
        tracker.flush()
        for step in range(1000, 2000):
            tracker.log(loss=step)
        tracker._file._output.write_out()
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        s3.url("runs"),
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    assert set(range(1000)) <= set(shown(s3.url("runs")))
    (kept,) = spools()
    command = [sys.executable, "-m", "tensorboard_candles.writer.remote.upload", str(kept)]
    subprocess.run(command, check=True)
    assert shown(s3.url("runs")) == {step: float(step) for step in range(2000)}


def test_run_that_nobody_closes_is_sent_at_exit_even_where_a_name_must_be_looked_up(
    s3: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", os.environ["AWS_ENDPOINT_URL"].replace("127.0.0.1", "localhost"))
    ended = run_script(
        """
        looked_up_each_time = {"connector_args": {"use_dns_cache": False}}
        options = {"config_kwargs": looked_up_each_time}
        tracker = Tracker("p", logdir=logdir, run="r", storage_options=options)
        for step in range(1000):
            tracker.log(loss=step)
        """,
        s3.url("runs"),
    )
    assert ended.stderr == ""
    assert shown(s3.url("runs")) == {step: float(step) for step in range(1000)}
    assert spools() == []


def test_exit_while_the_storage_is_down_takes_a_bounded_time_and_says_where_all_is(s3: ObjectStore) -> None:
    s3.stop()
    ended = run_script(
        """
        tracker = Tracker("p", logdir=logdir, run="r")
        from tensorboard_candles.writer import event_file
        from tensorboard_candles.writer.remote import spool
        event_file.CLOSE_WITHIN_SECS, spool.CLOSE_WITHIN_SECS = 1.0, 1e6  # of the end alone, and of close()
        tracker.log(loss=0)
        """,
        s3.url("runs"),
    )
    assert ended.stderr.count("Send them with") == 1
    (kept,) = spools()
    assert str(kept) in ended.stderr
    s3.recover()
    subprocess.run([sys.executable, "-m", "tensorboard_candles.writer.remote.upload", str(kept)], check=True)
    assert shown(s3.url("runs")) == {0: 0.0}


@posix
@pytest.mark.parametrize("is_down", [False, True])
def test_sigterm_sends_what_there_is_or_says_where_it_is(s3: ObjectStore, is_down: bool) -> None:
    script = f"""
    from tensorboard_candles.writer import signals
    signals.FLUSH_WITHIN_SECS = {2.0 if is_down else 60.0}
    tracker = Tracker("p", logdir=logdir, run="r")
    tracker.log(loss=0)
    tracker.flush()
    tracker.log(loss=1)
    print("ready", flush=True)
    input()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", source(script), s3.url("runs")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    if is_down:
        s3.stop()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGTERM
    if is_down:
        (kept,) = spools()
        assert str(kept) in said
        s3.recover()
        command = [sys.executable, "-m", "tensorboard_candles.writer.remote.upload", str(kept)]
        subprocess.run(command, check=True)
    assert shown(s3.url("runs")) == {0: 0.0, 1: 1.0}
    assert len(names(s3.url("runs"))) == 1
