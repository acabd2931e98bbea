from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from tensorboard.compat.proto import summary_pb2

from tensorboard_candles.events import texts_of
from tensorboard_candles.store import Cache, LocalSource, content
from tests.store.reopened import everything, read, read_and_keep
from tests.support.records import event_of, line, scalar_file, scalar_record, start_record, write_run


def told(source: LocalSource, run: str = "run") -> list[str | None]:
    logs = source.run(run).logs
    found: list[str | None] = []
    for file, row in zip(logs.file.tolist(), logs.row_in_file.tolist(), strict=True):
        of_file = logs.files[file]
        found += texts_of(of_file.path, of_file.lines.rows[[row]])
    return found


def image(step: int) -> bytes:
    value = summary_pb2.Summary.Value(tag="grid", image={"encoded_image_string": b"GIF8"})
    return event_of(value, step=step, wall_time=float(step))


def steps_of_images(source: LocalSource) -> list[int]:
    return [record.step for record in source.run("run").records["images"]]


@pytest.mark.usefixtures("small_files_are_kept_too")
def test_lines_and_images_are_kept_on_disk_for_the_next_process(logs: Path, kept: Cache) -> None:
    lines = [line(f"at {step}", step=step, wall_time=float(step)) for step in range(3)]
    path = write_run(logs, "run", scalar_file("loss", [1.0]) + b"".join(lines) + image(1) + image(2))
    read_and_keep(logs, kept)
    again = read(logs, kept)
    assert everything(again) == everything(read(logs))
    assert (told(again), steps_of_images(again)) == (["at 0", "at 1", "at 2"], [1, 2])
    with path.open("ab") as file:
        file.write(line("at 9", step=9, wall_time=9.0, level="error") + image(9))
    later = read(logs, kept)
    assert (told(later)[-1], steps_of_images(later)) == ("at 9", [1, 2, 9])
    assert later.run("run").logs.levels == ("info", "error")


@pytest.mark.usefixtures("small_files_are_kept_too")
def test_the_oldest_lines_and_the_latest_images_are_left_out_where_there_are_too_many(
    logs: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "MOST_LINES", 3)
    monkeypatch.setattr(content, "MOST_IMAGES", 2)
    lines = [line(f"at {step}", step=step, wall_time=float(step)) for step in range(5)]
    images = [image(step) for step in range(4)]
    path = write_run(logs, "run", scalar_file("loss", [1.0]) + b"".join([*lines, *images]))
    source = read_and_keep(logs, kept)
    assert (told(source), steps_of_images(source)) == (["at 2", "at 3", "at 4"], [0, 1])
    assert source.problem_count() == 2
    assert [problem.what.partition(":")[0] for problem in source.problems()] == [
        "2 summaries of more than numbers left out",
        "2 lines of logs left out, the oldest",
    ]
    assert everything(read(logs, kept)) == everything(source)
    with path.open("ab") as file:
        file.write(line("at 5", step=5, wall_time=5.0))
    grown = read(logs, kept)
    assert (told(grown), grown.run("run").logs.number.tolist()) == (["at 3", "at 4", "at 5"], [3, 4, 5])


def test_a_session_that_starts_again_voids_images_and_no_lines(logs: Path) -> None:
    before = [line("first", step=1, wall_time=1.0), line("second", step=5, wall_time=2.0), image(1), image(5)]
    write_run(logs, "run", b"".join([*before, start_record(3, wall_time=9.0)]))
    source = read(logs)
    assert (told(source), steps_of_images(source)) == (["first", "second"], [1])
    assert source.run("run").began.tolist() == [1.0, 9.0]


def test_lines_of_a_file_that_takes_anothers_place_are_its_own(logs: Path) -> None:
    path = write_run(logs, "run", line("old", step=1, wall_time=1.0) * 3)
    source = read(logs)
    before = source.run("run").logs
    other = path.with_name("other")
    other.write_bytes(line("new", step=1, wall_time=1.0))
    os.replace(other, path)
    source.refresh()
    after = source.run("run").logs
    assert told(source) == ["new"]
    assert after.version != before.version
    assert after.files[0].lineage is not before.files[0].lineage
    assert texts_of(path, before.files[0].lines.rows) == ["new", None, None]


def test_lines_that_have_not_changed_are_the_same_object(logs: Path) -> None:
    path = write_run(logs, "run", line("first", step=1, wall_time=1.0))
    source = read(logs)
    before = source.run("run")
    with path.open("ab") as file:
        file.write(scalar_record("loss", step=1, value=2.0))
    source.refresh()
    assert source.run("run").version != before.version
    assert source.run("run").logs is before.logs


def test_lines_without_a_time_come_first(logs: Path) -> None:
    lines = [line("b", step=1, wall_time=5.0), line("a", step=1, wall_time=np.nan)]
    write_run(logs, "run", b"".join(lines))
    assert told(read(logs)) == ["a", "b"]


def test_a_run_of_lines_alone_is_a_run_and_one_of_images_alone_is_none(logs: Path) -> None:
    write_run(logs, "lines", line("a", step=1, wall_time=1.0))
    write_run(logs, "images", image(1))
    assert [run.name for run in read(logs).runs()] == ["lines"]


def test_records_far_apart_and_close_by_are_read_alike(logs: Path) -> None:
    gap = scalar_record("loss", step=1, value=1.0) * 4000
    lines = [line(f"at {step}", step=step, wall_time=float(step)) for step in range(6)]
    path = write_run(logs, "run", lines[0] + lines[1] + gap + lines[2] + lines[3] + gap + lines[4] + lines[5])
    rows = read(logs).run("run").logs.files[0].lines.rows
    assert path.stat().st_size > 300_000
    assert texts_of(path, rows[[5, 0, 3]]) == ["at 5", "at 0", "at 3"]
    assert texts_of(path, rows) == [f"at {step}" for step in range(6)]
