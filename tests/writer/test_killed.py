"""What is left of a process that was killed, or told to end."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.writer.killing import check_killed
from tests.writer.reading import event_files, points, whole_records
from tests.writer.scripts import posix, run_script

pytestmark = posix


def test_process_killed_at_any_moment_leaves_all_that_was_flushed(tmp_path: Path) -> None:
    check_killed(tmp_path, trials=24, longest_secs=0.06, seed=1)


def test_sigterm_writes_what_is_buffered_and_ends_the_process_as_ever(tmp_path: Path) -> None:
    ended = run_script(
        """
        trackers = [Tracker('p', logdir=logdir, run=f'r{n}') for n in range(2)]
        for tracker in trackers:
            for number in range(1000):
                tracker.log(loss=number)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
        """,
        tmp_path,
        check=False,
    )
    assert ended.returncode == -signal.SIGTERM
    assert ended.stderr == ""
    for run in ("r0", "r1"):
        assert [value for _, _, value in points(tmp_path / "p" / run)] == list(range(1000))


@pytest.mark.parametrize("handler", ["lambda *_: print('mine')", "signal.SIG_IGN"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_sigterm_handler_of_the_program_is_left_alone(handler: str, when: str, tmp_path: Path) -> None:
    ended = run_script(
        f"""
        mine = {handler}
        if '{when}' == 'before':
            signal.signal(signal.SIGTERM, mine)
        tracker = Tracker('p', logdir=logdir, run='r')
        if '{when}' == 'after':
            signal.signal(signal.SIGTERM, mine)
        assert signal.getsignal(signal.SIGTERM) is mine
        tracker.log(loss=1)
        os.kill(os.getpid(), signal.SIGTERM)
        tracker.log(loss=2)
        """,
        tmp_path,
    )
    assert ended.stdout == ("mine\n" if "mine" in handler else "")
    assert [value for _, _, value in points(tmp_path / "p" / "r")] == [1, 2]


def test_handler_that_calls_ours_in_turn_decides_how_the_process_ends(tmp_path: Path) -> None:
    ended = run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r')
        ours = signal.getsignal(signal.SIGTERM)
        def end(number, frame):
            ours(number, frame)
            print(len(open(tracker._file.path, 'rb').read()) > 1000, flush=True)
            os._exit(7)
        signal.signal(signal.SIGTERM, end)
        for number in range(100):
            tracker.log(loss=number)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
        """,
        tmp_path,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (7, "True\n")


def test_sigint_and_other_threads_are_left_alone(tmp_path: Path) -> None:
    run_script(
        """
        before = signal.getsignal(signal.SIGINT)
        made = []
        thread = threading.Thread(target=lambda: made.append(Tracker('p', logdir=logdir, run='r')))
        thread.start()
        thread.join()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        Tracker('p', logdir=logdir, run='r')
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        assert signal.getsignal(signal.SIGINT) is before
        """,
        tmp_path,
    )


def test_sigterm_ends_a_forked_child_and_writes_what_is_its_own(tmp_path: Path) -> None:
    run_script(
        """
        tracker = Tracker('p', logdir=logdir, run='r')
        tracker.log(parent=1)
        for logs in (False, True):
            reader, writer = os.pipe()
            child = os.fork()
            if child == 0:
                if logs:
                    tracker.log(child=1)
                else:
                    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
                os.write(writer, b'.')
                time.sleep(60)
            os.read(reader, 1)
            os.kill(child, signal.SIGTERM)
            assert os.waitpid(child, 0)[1] == signal.SIGTERM
        tracker.close()
        """,
        tmp_path,
    )
    run_dir = tmp_path / "p" / "r"
    assert [whole_records(path) for path in event_files(run_dir)] == [2, 2]
    assert sorted(points(run_dir)) == [("child", 1, 1.0), ("parent", 0, 1.0)]
