"""A disk that takes nothing for a while: `log` goes on, and all that was kept is written in order.

The disk is a pipe put in the place of the event file: a write to it waits in the kernel until it is read.
"""

from __future__ import annotations

from pathlib import Path

from tests.writer.reading import event_files, points, whole_records
from tests.writer.scripts import posix, run_script

pytestmark = posix

SLOW = """
tracker = Tracker("p", logdir=logdir, run="r")
(name,) = (name for name in os.listdir(tracker.run_dir) if name.startswith("events"))
path = tracker.run_dir / name

def of_the_file(fd):
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except OSError:
        return False

reader, writer = os.pipe()
(fd,) = filter(of_the_file, range(3, 256))
os.dup2(writer, fd)
os.close(writer)

def read():
    with open(path, "ab") as file:
        while part := os.read(reader, 1 << 20):
            file.write(part)
"""


def test_log_returns_while_the_disk_takes_nothing(tmp_path: Path) -> None:
    run_script(
        SLOW
        + """
for number in range(20):
    tracker.log({"x" * 60_000: number})  # twenty times what the pipe holds
reading = threading.Thread(target=read)
reading.start()
tracker.close()
reading.join()
""",
        tmp_path,
    )
    run_dir = tmp_path / "p" / "r"
    (path,) = event_files(run_dir)
    assert whole_records(path) == 21
    assert [value for _, _, value in points(run_dir)] == list(range(20))


def test_what_a_slow_disk_is_too_late_for_is_counted_and_said(tmp_path: Path) -> None:
    ended = run_script(
        SLOW
        + """
event_file.KEEP_BYTES, event_file.WAIT_SECS = 400_000, 0.01
for number in range(20):
    tracker.log({"x" * 60_000: number})
reading = threading.Thread(target=read)
reading.start()
tracker.close()
reading.join()
""",
        tmp_path,
    )
    values = [value for _, _, value in points(tmp_path / "p" / "r")]
    assert values == list(range(len(values)))
    assert 4 < len(values) < 9
    assert ended.stderr.count("WARNING") == 1
    assert f"is not complete: 0 bytes unwritten, {20 - len(values)} records dropped" in ended.stderr


def test_logging_that_outruns_a_disk_which_works_waits_for_it_and_loses_nothing(tmp_path: Path) -> None:
    ended = run_script(
        SLOW
        + """
event_file.KEEP_BYTES = 200_000
reading = threading.Thread(target=read)
reading.start()
for number in range(300):
    tracker.log({"x" * 60_000: number})
tracker.close()
reading.join()
""",
        tmp_path,
    )
    assert ended.stderr == ""
    assert [value for _, _, value in points(tmp_path / "p" / "r")] == list(range(300))
