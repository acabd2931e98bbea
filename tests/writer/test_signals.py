"""A signal may arrive at any instruction: whatever its handler does, no record is lost, torn or doubled."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.writer.reading import event_files, points, raw_events, whole_records
from tests.writer.scripts import posix, run_script, source

pytestmark = posix

INTERRUPTED = """
class Interrupt(KeyboardInterrupt):
    pass

def interrupt(*_):
    raise Interrupt

signal.signal(signal.SIGALRM, interrupt)
random.seed(1)
tag = "x" * 600  # there is nearly always something to write
tracker = Tracker("p", logdir=logdir, run="r")
returned, begun, interrupted, longest_secs = [], 0, 0, 4e-4
while interrupted < 80 or len(returned) <= 80:
    interrupted += 1
    before = len(returned)
    try:
        signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, longest_secs))
        while True:
            begun += 1
            {what}
            returned.append(begun)
    except Interrupt:
        # a slow machine needs more time for some calls to return
        longest_secs = max(4e-4, longest_secs * (0.8 if len(returned) > before else 1.2))
tracker.close()
print(*returned)
"""


@pytest.mark.parametrize(
    "what",
    [
        "tracker.log({tag: begun}, step=begun)",
        "tracker.log({tag: begun}, step=begun); tracker.flush()",
        "tracker.log(x=begun, step=begun)",
    ],
)
def test_interrupted_logging_writes_each_record_once_and_loses_none(what: str, tmp_path: Path) -> None:
    ended = run_script(INTERRUPTED.replace("{what}", what), tmp_path)
    returned = [int(number) for number in ended.stdout.split()]
    run_dir = tmp_path / "p" / "r"
    (path,) = event_files(run_dir)
    assert len(list(raw_events(run_dir))) == whole_records(path)  # every checksum holds
    written = [step for _, step, _ in points(run_dir)]
    assert len(written) == len(set(written))
    assert written == sorted(written)
    assert set(returned) <= set(written)
    assert len(returned) > 80


def test_interrupted_close_can_be_called_again(tmp_path: Path) -> None:
    run_script(
        """
        def interrupt(*_):
            raise KeyboardInterrupt
        signal.signal(signal.SIGALRM, interrupt)
        random.seed(1)
        for number in range(100):
            tracker = Tracker("p", logdir=logdir, run=f"r{number}")
            tracker.log({"x" * 60_000: number})
            try:
                signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-6, 3e-4))
                tracker.close()
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                tracker.close()
            (path,) = tracker.run_dir.glob("events*")
            assert os.path.getsize(path) > 60_000
        """,
        tmp_path,
    )
    for number in range(100):
        assert [value for _, _, value in points(tmp_path / "p" / f"r{number}")] == [number]


def test_handler_that_flushes_while_logging_doubles_nothing(tmp_path: Path) -> None:
    ended = run_script(
        """
        flushed = 0
        def flush(*_):
            global flushed
            tracker.flush()
            flushed += 1
            signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, 5e-4))
        signal.signal(signal.SIGALRM, flush)
        random.seed(1)
        tracker = Tracker("p", logdir=logdir, run="r")
        flush()
        number = 0
        while flushed < 80:
            tracker.log({"x" * 600: number})
            number += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        tracker.close()
        print(number)
        """,
        tmp_path,
    )
    run_dir = tmp_path / "p" / "r"
    assert len(list(raw_events(run_dir))) == 1 + int(ended.stdout)
    assert [step for _, step, _ in points(run_dir)] == list(range(int(ended.stdout)))


@pytest.mark.parametrize("end", ["sys.exit(3)", "os._exit(3)"])
@pytest.mark.parametrize("trial", range(5))
def test_sigterm_handler_that_closes_loses_and_doubles_nothing(end: str, trial: int, tmp_path: Path) -> None:
    script = f"""
    def end(*_):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        tracker.close()
        os.write(1, str(number).encode())  # print() may not be entered twice
        {end}
    signal.signal(signal.SIGTERM, end)
    tracker = Tracker("p", logdir=logdir, run="r")
    number = 0
    while True:
        tracker.log({{"x" * 600: number}}, step=number)
        number += 1
        if number == 100 + {trial}:
            print("ready", flush=True)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", source(script), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    returned = int(process.stdout.read())
    assert process.wait() == 3
    run_dir = tmp_path / "p" / "r"
    (path,) = event_files(run_dir)
    assert len(list(raw_events(run_dir))) == whole_records(path)
    steps = [step for _, step, _ in points(run_dir)]
    assert steps == list(range(len(steps)))
    assert len(steps) - returned in (0, 1)  # the call that the signal came into may have been done
