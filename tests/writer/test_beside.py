"""Values that wait for what is logged next; rows with a wall time of their own."""

from __future__ import annotations

import os
from pathlib import Path

from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.layout import LaterEvent, Layout
from tensorboard_candles.writer.summaries import text
from tests.writer.reading import points, raw_events
from tests.writer.scripts import posix

NORM, LAYER, LOSS = Layout(("norm",)), Layout(("norm/a", "norm/b")), Layout(("loss",))


def test_what_waits_is_written_at_the_step_of_what_is_logged_next(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    file.log(LOSS, [0.0], None)
    file.beside(NORM, [1.0])
    file.beside(LAYER, [2.0, 3.0])
    file.log(LOSS, [0.5], 7)
    file.log(LOSS, [0.25], None)
    file.close()
    found = points(tmp_path)
    assert [point for point in found if point[0] == "loss"] == [
        ("loss", 0, 0),
        ("loss", 7, 0.5),
        ("loss", 8, 0.25),
    ]
    assert sorted(point for point in found if point[0] != "loss") == [
        ("norm", 7, 1.0),
        ("norm/a", 7, 2.0),
        ("norm/b", 7, 3.0),
    ]


def test_of_one_layout_the_latest_counts(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    for value in (1.0, 2.0):
        file.beside(NORM, [value])
    file.log(LOSS, [0.5], None)
    file.close()
    assert sorted(points(tmp_path)) == [("loss", 0, 0.5), ("norm", 0, 2.0)]


def test_what_waits_when_the_file_is_closed_is_not_written(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    file.log(LOSS, [0.5], None)
    file.beside(NORM, [1.0])
    file.close()
    file.beside(NORM, [1.0])
    assert points(tmp_path) == [("loss", 0, 0.5)]


@posix
def test_forked_child_leaves_what_waits_to_its_parent(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    file.beside(NORM, [1.0])
    pid = os.fork()
    if pid == 0:
        file.log(LOSS, [9.0], 1)
        file.close()
        os._exit(0)
    os.waitpid(pid, 0)
    file.log(LOSS, [0.5], None)
    file.close()
    assert sorted(points(tmp_path)) == [("loss", 0, 0.5), ("loss", 1, 9.0), ("norm", 0, 1.0)]


def test_wall_times_that_are_given_are_kept(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    for wall_time in (0.0, -1.5, 1e9):
        file.log(LOSS, [0.5], None, wall_time=wall_time)
    file.close()
    assert [event.wall_time for event in raw_events(tmp_path) if event.summary.value] == [0.0, -1.5, 1e9]


def test_what_waits_is_not_passed_by_where_a_text_comes_first(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    file.log(Layout(("loss",)), [1.0], step=0)
    file.beside(Layout(("grad_norm",)), [0.5])
    file.put(LaterEvent(10, lambda: text("notes", "hello")))
    file.log(Layout(("loss",)), [2.0], step=1)
    file.log(Layout(("loss",)), [3.0], step=2)
    file.close()
    assert [point for point in points(tmp_path) if point[0] == "grad_norm"] == [("grad_norm", 1, 0.5)]
