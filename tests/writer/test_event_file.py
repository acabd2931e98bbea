"""Threads, forks, kills and full disks: every file holds whole records, and what was logged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.writer import output
from tests.support.server import eventually
from tests.writer.reading import event_files, points, raw_events, whole_records
from tests.writer.scripts import posix, run_script

MOST_RECORD_BYTES = 200


def test_buffer_is_written_by_itself(tmp_path: Path) -> None:
    tracker = Tracker("p", logdir=tmp_path)
    tracker.log(loss=1)
    written = eventually(lambda: points(tracker.run_dir), what="the write")
    assert written == [("loss", 0, 1.0)]
    tracker.close()


def test_full_buffer_is_written_without_waiting_for_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "FLUSH_SECS", 3600)
    tracker = Tracker("p", logdir=tmp_path)
    name = "x" * (output.FLUSH_BYTES // 4)
    for _ in range(5):
        tracker.log({name: 1})
    (path,) = event_files(tracker.run_dir)
    eventually(lambda: path.stat().st_size > output.FLUSH_BYTES, what="the write")
    tracker.close()


def test_flush_writes_what_is_buffered(tmp_path: Path) -> None:
    tracker = Tracker("p", logdir=tmp_path)
    tracker.log(loss=1)
    tracker.flush()
    assert points(tracker.run_dir) == [("loss", 0, 1.0)]
    tracker.close()


def test_threads_that_log_at_once_lose_nothing_and_share_no_step(tmp_path: Path) -> None:
    tracker = Tracker("p", logdir=tmp_path)

    def log_many(tag: str) -> None:
        for number in range(500):
            tracker.log({tag: number})

    threads = [threading.Thread(target=log_many, args=(f"t{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tracker.close()
    found = points(tracker.run_dir)
    assert Counter(tag for tag, _, _ in found) == {f"t{number}": 500 for number in range(8)}
    assert [step for _, step, _ in found] == list(range(4000))
    assert [value for tag, _, value in found if tag == "t3"] == list(range(500))


def test_exit_writes_what_is_buffered(tmp_path: Path) -> None:
    run_script("tracker = Tracker('p', logdir=logdir, run='r'); tracker.log(loss=1)", tmp_path)
    assert points(tmp_path / "p" / "r") == [("loss", 0, 1.0)]


def test_exit_by_an_error_writes_what_is_buffered(tmp_path: Path) -> None:
    ended = run_script(
        "tracker = Tracker('p', logdir=logdir, run='r'); tracker.log(loss=1); 1 / 0", tmp_path, check=False
    )
    assert "ZeroDivisionError" in ended.stderr
    assert points(tmp_path / "p" / "r") == [("loss", 0, 1.0)]


@posix
def test_forked_child_writes_nothing_of_its_parents(tmp_path: Path) -> None:
    run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r')
        tracker.log(loss=1)
        if os.fork() == 0:
            sys.exit()  # runs atexit, as a careless child does
        os.wait()
        tracker.log(loss=2)
        """,
        tmp_path,
    )
    assert len(event_files(tmp_path / "p" / "r")) == 1
    assert points(tmp_path / "p" / "r") == [("loss", 0, 1.0), ("loss", 1, 2.0)]


@posix
@pytest.mark.parametrize(
    "end", ["sys.exit()", "tracker.close(); os._exit(0)", "tracker.flush(); os._exit(0)"]
)
def test_forked_child_that_logs_has_a_file_of_its_own(tmp_path: Path, end: str) -> None:
    run_script(
        f"""
        tracker = Tracker('p', logdir=logdir, run='r')
        tracker.log(parent=1)
        if os.fork() == 0:
            tracker.log(child=2)
            {end}
        os.wait()
        tracker.log(parent=3)
        """,
        tmp_path,
    )
    assert [whole_records(path) for path in event_files(tmp_path / "p" / "r")] == [3, 2]
    assert sorted(points(tmp_path / "p" / "r")) == [("child", 1, 2.0), ("parent", 0, 1.0), ("parent", 1, 3.0)]


@posix
def test_fork_while_other_threads_log_never_hangs(tmp_path: Path) -> None:
    run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r')
        stop = threading.Event()
        def log():
            while not stop.is_set():
                tracker.log(thread=1)
                time.sleep(random.uniform(0, 1e-4))
        threads = [threading.Thread(target=log) for _ in range(3)]
        for thread in threads: thread.start()
        for number in range(50):
            child = os.fork()
            if child == 0:
                tracker.log({f'child{number}': 1})
                tracker.close()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        stop.set()
        """,
        tmp_path,
    )
    tags = Counter(tag for tag, _, _ in points(tmp_path / "p" / "r"))
    assert {f"child{number}" for number in range(50)} <= set(tags)
    for path in event_files(tmp_path / "p" / "r"):
        whole_records(path)


@pytest.mark.parametrize("method", ["fork", "spawn"] if hasattr(os, "fork") else ["spawn"])
def test_worker_process_that_never_closes_loses_nothing(tmp_path: Path, method: str) -> None:
    script = tmp_path / "workers.py"
    script.write_text(
        f"""
import multiprocessing, sys
from tensorboard_candles import Tracker

def work(number):
    global kept  # so that nothing but the process's end closes it
    kept = Tracker('p', logdir=sys.argv[1], run=f'r{{number}}')
    kept.log(loss=number)

if __name__ == '__main__':
    context = multiprocessing.get_context('{method}')
    workers = [context.Process(target=work, args=(number,)) for number in range(2)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
"""
    )
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=300)
    for number in range(2):
        assert points(tmp_path / "p" / f"r{number}") == [("loss", 0, float(number))]


@posix
@pytest.mark.parametrize(("after_secs", "at_least"), [(0.0, 0), (0.05, 0), (0.3, 0), (0.0, 1000)])
def test_killed_process_leaves_whole_records(tmp_path: Path, after_secs: float, at_least: int) -> None:
    script = """
import sys, time
from tensorboard_candles import Tracker
tracker = Tracker('p', logdir=sys.argv[1], run='r')
print('ready', flush=True)
for number in range(10**9):
    tracker.log(loss=number, other=number)
    if number % 50 == 0:
        time.sleep(0.004)
"""
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    run_dir = tmp_path / "p" / "r"
    (path,) = event_files(run_dir)
    eventually(lambda: path.stat().st_size > at_least * MOST_RECORD_BYTES, what="records")
    time.sleep(after_secs)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    count = whole_records(path)
    assert len(list(raw_events(run_dir))) == count  # every checksum holds
    steps = [step for tag, step, _ in points(run_dir) if tag == "loss"]
    assert steps == list(range(count - 1))
    assert count > at_least


@posix
def test_full_disk_never_raises_and_the_file_is_whole_after_it(tmp_path: Path) -> None:
    ended = run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r')
        limit_files_to(1001)  # a write stops in the middle of a record
        for number in range(100):
            tracker.log(loss=number)
            tracker.flush()
        limit_files_to(None)
        tracker.log(loss=100)
        tracker.close()
        """,
        tmp_path,
    )
    assert ended.stderr.count("can't write") == 1
    assert [value for _, _, value in points(tmp_path / "p" / "r")] == list(range(101))


@posix
def test_what_a_full_disk_dropped_is_counted_and_said(tmp_path: Path) -> None:
    ended = run_script(
        """
        event_file.KEEP_BYTES = 2000
        tracker = Tracker('p', logdir=logdir, run='r')
        limit_files_to(0)
        tracker.flush()
        for number in range(100):
            tracker.log(loss=number)
            tracker.flush()
        limit_files_to(None)
        tracker.close()
        """,
        tmp_path,
    )
    (path,) = event_files(tmp_path / "p" / "r")
    kept = whole_records(path) - 1
    assert 10 < kept < 100
    assert f"is not complete: 0 bytes unwritten, {100 - kept} records dropped" in ended.stderr
    assert [value for _, _, value in points(tmp_path / "p" / "r")] == list(range(kept))


@posix
def test_forked_child_that_can_make_no_file_never_raises_and_makes_it_later(tmp_path: Path) -> None:
    ended = run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r')
        os.rename(tracker.run_dir, logdir + '/away')
        if os.fork() == 0:
            for number in range(100):
                tracker.log(child=number)
                tracker.flush()
            os.rename(logdir + '/away', tracker.run_dir)
            tracker.log(child=100)
            tracker.close()
            os._exit(0)
        sys.exit(os.wait()[1])
        """,
        tmp_path,
    )
    assert ended.stderr.count("WARNING") == ended.stderr.count("can't write") == 1
    assert [value for _, _, value in points(tmp_path / "p" / "r")] == list(range(101))


@posix
def test_what_a_forked_child_without_a_file_dropped_is_counted_and_said(tmp_path: Path) -> None:
    ended = run_script(
        """
        event_file.KEEP_BYTES = 2000
        tracker = Tracker('p', logdir=logdir, run='r')
        os.rename(tracker.run_dir, logdir + '/away')
        if os.fork() == 0:
            for number in range(100):
                tracker.log({'x' * 1000: number})
                tracker.flush()
            tracker.close()
            tracker.close()
            os._exit(0)
        sys.exit(os.wait()[1])
        """,
        tmp_path,
    )
    assert ended.stderr.count("can't write") == 1
    assert ended.stderr.count("dropping records") == 1
    assert ended.stderr.count("is not complete") == 1
    assert "bytes unwritten, 99 records dropped" in ended.stderr


def test_directory_that_vanished_never_raises(tmp_path: Path) -> None:
    import shutil

    tracker = Tracker("p", logdir=tmp_path)
    shutil.rmtree(tracker.run_dir)
    tracker.log(loss=1)
    tracker.flush()
    tracker.close()


def test_two_trackers_in_one_process_and_run_have_files_of_their_own(tmp_path: Path) -> None:
    trackers = [Tracker("p", logdir=tmp_path, run="r") for _ in range(2)]
    for number, tracker in enumerate(trackers):
        tracker.log(loss=number)
        tracker.close()
    assert len(event_files(tmp_path / "p" / "r")) == 2


@posix
def test_forked_child_elsewhere_writes_beside_its_parent(tmp_path: Path) -> None:
    run_script(
        """
        os.chdir(logdir)
        tracker = Tracker('p', run='r')
        if os.fork() == 0:
            os.chdir('/')
            tracker.log(child=1)
            tracker.close()
            os._exit(0)
        os.wait()
        """,
        tmp_path,
    )
    assert points(tmp_path / "runs" / "p" / "r") == [("child", 0, 1.0)]
