"""Disks that fill and empty, directories that vanish or can't be written: nothing raises, no file breaks."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import WriterError
from tests.writer.reading import event_files, points, raw_events, whole_records
from tests.writer.scripts import posix, run_script

pytestmark = posix


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(tmp_path)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount here")
    if mounted.returncode:
        pytest.skip(f"may not mount a small disk here: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


BALLAST = """
def fill():
    with open(logdir + '/ballast', 'wb', buffering=0) as file:
        try:
            while file.write(bytes(1024)):
                pass
        except OSError:
            pass

def empty():
    os.remove(logdir + '/ballast')
"""


def test_disk_that_fills_and_empties_loses_nothing_that_fits_in_memory(small_disk: Path) -> None:
    ended = run_script(
        BALLAST
        + """
tracker = Tracker('p', logdir=logdir, run='r')
for number in range(4):
    fill()
    for _ in range(300):
        tracker.log(loss=0.5, acc=0.25)
        if random.random() < 0.02:
            tracker.flush()
    empty()
    tracker.flush()
tracker.log(loss=0.5, acc=0.25)
tracker.close()
""",
        small_disk,
    )
    run_dir = small_disk / "p" / "r"
    (path,) = event_files(run_dir)
    assert len(list(raw_events(run_dir))) == whole_records(path) == 1 + 1201
    assert [step for tag, step, _ in points(run_dir) if tag == "acc"] == list(range(1201))
    assert ended.stderr.count("No space left") == ended.stderr.count("is written again") > 0
    assert "dropped" not in ended.stderr.replace("nothing was dropped", "")


def test_what_a_full_disk_dropped_is_what_was_said(small_disk: Path) -> None:
    ended = run_script(
        BALLAST
        + """
event_file.KEEP_BYTES = 5000
tracker = Tracker('p', logdir=logdir, run='r')
logged = 0
for number in range(3):
    fill()
    tracker.flush()
    for _ in range(500):
        tracker.log(loss=0.5)
    empty()
    for _ in range(10):
        tracker.log(loss=0.5)
        tracker.flush()
tracker.close()
""",
        small_disk,
    )
    run_dir = small_disk / "p" / "r"
    (path,) = event_files(run_dir)
    steps = [step for _, step, _ in points(run_dir)]
    assert whole_records(path) == 1 + len(steps)
    said = re.findall(r"(\d+) records were dropped, of steps (\d+) to (\d+)", ended.stderr)
    gaps = [(b - a - 1, a + 1, b - 1) for a, b in itertools.pairwise(steps) if b > a + 1]
    assert len(gaps) == 3
    assert [tuple(map(int, one)) for one in said] == gaps
    assert f"0 bytes unwritten, {1530 - len(steps)} records dropped" in ended.stderr


def test_threads_on_a_full_disk_drop_exactly_what_is_said(tmp_path: Path) -> None:
    ended = run_script(
        """
        import resource
        event_file.KEEP_BYTES = 20_000
        tracker = Tracker('p', logdir=logdir, run='r')
        limit_files_to(None)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        def log(tag):
            for number in range(400):
                tracker.log({tag: number})
                if number % 50 == 0:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (random.choice([0, 3000, hard]), hard))
                    tracker.flush()
        threads = [threading.Thread(target=log, args=(f't{number}',)) for number in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        limit_files_to(None)
        tracker.close()
        """,
        tmp_path,
    )
    run_dir = tmp_path / "p" / "r"
    (path,) = event_files(run_dir)
    found = points(run_dir)
    assert len(list(raw_events(run_dir))) == whole_records(path) == 1 + len(found)
    assert len({step for _, step, _ in found}) == len(found)
    dropped = re.search(r"is not complete: 0 bytes unwritten, (\d+) records dropped", ended.stderr)
    assert 8 * 400 - len(found) == (int(dropped[1]) if dropped else 0)


def test_file_that_is_removed_is_followed_by_a_new_one_that_begins_with_a_whole_record(
    tmp_path: Path,
) -> None:
    ended = run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r')
        tracker.log(first=1)
        tracker.flush()
        limit_files_to(os.path.getsize(tracker._file.path) + 70)  # within the second of these
        for number in range(5):
            tracker.log(loss=number)
        tracker.flush()
        os.remove(tracker._file.path)
        limit_files_to(None)
        tracker.log(loss=5)
        tracker.close()
        """,
        tmp_path,
    )
    run_dir = tmp_path / "p" / "r"
    (path,) = event_files(run_dir)
    assert next(raw_events(run_dir)).file_version
    assert whole_records(path) == 1 + 5
    assert [value for _, _, value in points(run_dir)] == [1, 2, 3, 4, 5]
    assert "is not complete" not in ended.stderr


def test_directory_that_vanishes_is_waited_for_and_never_made(tmp_path: Path) -> None:
    ended = run_script(
        """
        import shutil
        tracker = Tracker('p', logdir=logdir, run='r')
        tracker.log(loss=0)
        tracker.flush()
        shutil.rmtree(tracker.run_dir)
        for number in range(1, 50):
            tracker.log(loss=number)
            tracker.flush()
        assert not tracker.run_dir.exists()
        tracker.run_dir.mkdir()
        tracker.flush()
        tracker.log(loss=50)
        tracker.close()
        """,
        tmp_path,
    )
    assert [value for _, _, value in points(tmp_path / "p" / "r")] == list(range(1, 51))
    assert ended.stderr.count("can't write") == ended.stderr.count("is written again") == 1


def test_descriptor_that_fails_is_opened_again_and_cut_back_to_what_was_written(tmp_path: Path) -> None:
    run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r')
        tracker.log(loss=0)
        tracker.flush()
        os.close(tracker._file._output.file._fd)  # as a network disk that was mounted anew
        with open(tracker._file.path, 'ab') as file:
            file.write(b'half a rec')
        tracker.log(loss=1)
        tracker.flush()
        tracker.log(loss=2)
        tracker.close()
        """,
        tmp_path,
    )
    run_dir = tmp_path / "p" / "r"
    (path,) = event_files(run_dir)
    assert len(list(raw_events(run_dir))) == whole_records(path) == 4
    assert [value for _, _, value in points(run_dir)] == [0, 1, 2]


def test_directory_made_read_only_is_waited_for(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    ended = run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r')
        os.chmod(tracker.run_dir, 0o555)
        said, say = os.pipe()
        heard, tell = os.pipe()
        if os.fork() == 0:  # its own file can't be made
            if os.getuid() == 0:
                os.setuid(65534)
            for number in range(50):
                tracker.log(child=number)
                tracker.flush()
            os.write(say, b'.')
            os.read(heard, 1)
            tracker.close()
            os._exit(0)
        for number in range(50):
            tracker.log(parent=number)
            tracker.flush()
        os.read(said, 1)
        os.chmod(tracker.run_dir, 0o777)
        os.write(tell, b'.')
        assert os.wait()[1] == 0
        tracker.close()
        """,
        tmp_path,
    )
    run_dir = tmp_path / "p" / "r"
    for tag in ("parent", "child"):
        assert [value for found, _, value in points(run_dir) if found == tag] == list(range(50))
    assert ended.stderr.count("Permission denied") == 1


def test_directory_that_can_not_be_written_is_a_clear_error_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("a file where the project's directory is to be")
    with pytest.raises(WriterError, match="can't make a run directory"):
        Tracker("p", logdir=tmp_path)


def test_pauses_between_tries_grow_and_end_with_the_first_success(tmp_path: Path) -> None:
    ended = run_script(
        """
        import json
        from tensorboard_candles.writer import output
        tracker = Tracker('p', logdir=logdir, run='r')
        limit_files_to(0)
        thread = tracker._file._output
        pauses = []
        for _ in range(7):
            tracker.log(loss=1)
            tracker.flush()
            pauses.append(thread._pause_secs)
        limit_files_to(None)
        tracker.flush()
        limit_files_to(0)
        tracker.log(loss=1)
        tracker.flush()
        pauses.append(thread._pause_secs)
        limit_files_to(None)
        print(json.dumps(pauses))
        """,
        tmp_path,
    )
    assert json.loads(ended.stdout) == [1, 2, 4, 8, 16, 30, 30, 1]
    assert os.listdir(tmp_path / "p")
