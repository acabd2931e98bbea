from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles import metadata
from tensorboard_candles.events import LogRoot, payload_of
from tensorboard_candles.store import Cache, LocalSource, content
from tests.store.reopened import everything, read, read_and_keep
from tests.support.records import (
    event_of,
    own_value,
    scalar_file,
    scalar_record,
    scalar_value,
    start_record,
    version_record,
    write_run,
)

ATTENTION, OUTPUTS = metadata.ATTENTION_KIND, metadata.OUTPUTS_KIND


def attention(step: int, wall_time: float, tag: str = "heads") -> bytes:
    return event_of(
        own_value(ATTENTION, tag, b"%d at %d" % (step, wall_time)), step=step, wall_time=wall_time
    )


def told(source: LocalSource, run: str = "run") -> list[str]:
    return [payload_of(record).decode() for record in source.run(run).records.get(ATTENTION, ())]


def test_records_of_a_kind_come_by_step_whatever_their_tags(logs: Path) -> None:
    records = [attention(20, 1.0), attention(10, 2.0, "b"), attention(20, 3.0, "b"), attention(10, 4.0)]
    outputs = event_of(own_value(OUTPUTS, "val/outputs", b"rows"), step=5, wall_time=5.0)
    write_run(logs, "run", b"".join([version_record(0.5), *records, outputs]))
    view = read(logs).run("run")
    assert told(read(logs)) == ["10 at 2", "10 at 4", "20 at 1", "20 at 3"]
    assert [(one.tag, payload_of(one)) for one in view.records[OUTPUTS]] == [("val/outputs", b"rows")]


def test_records_have_another_version_where_others_count_and_where_points_come_the_same(logs: Path) -> None:
    path = write_run(logs, "run", b"".join([version_record(0.5), attention(10, 1.0)]))
    source = read(logs)
    versions = [source.run("run").records_version]
    for added in (
        scalar_record("loss", step=11, value=1.0),
        attention(20, 2.0),
        start_record(15, wall_time=9.0),
    ):
        with path.open("ab") as file:
            file.write(added)
        source.refresh()
        versions.append(source.run("run").records_version)
    assert versions[0] == versions[1]
    assert len(set(versions[1:])) == 3
    assert told(source) == ["10 at 1"]
    path.write_bytes(b"".join([version_record(0.5), attention(10, 7.0)]))
    source.refresh()
    assert (told(source), source.run("run").records_version in versions) == (["10 at 7"], False)


def test_latest_of_each_tag_is_the_last_up_to_a_step(logs: Path) -> None:
    records = [attention(10, 1.0), attention(10, 2.0, "b"), attention(20, 3.0, "b"), attention(30, 4.0)]
    write_run(logs, "run", b"".join([version_record(0.5), *records]))
    view = read(logs).run("run")
    assert {tag: one.step for tag, one in view.latest(ATTENTION).items()} == {"heads": 30, "b": 20}
    assert {tag: one.step for tag, one in view.latest(ATTENTION, until=20).items()} == {"heads": 10, "b": 20}
    assert view.latest(ATTENTION, until=9) == view.latest(OUTPUTS) == {}


def test_a_session_that_starts_voids_what_stands_before_it_at_its_step_and_later(logs: Path) -> None:
    before = [attention(step, 10.0 + step) for step in (0, 1, 2)]
    content = [*before, start_record(1, wall_time=20.0), attention(1, 21.0), attention(5, 22.0)]
    path = write_run(logs, "run", b"".join(content))
    assert told(read(logs)) == ["0 at 10", "1 at 21", "5 at 22"]
    source = read(logs)
    with path.open("ab") as file:
        file.write(start_record(5, wall_time=30.0))
    source.refresh()
    assert told(source) == ["0 at 10", "1 at 21"]


def test_a_session_that_starts_in_another_file_voids_what_was_written_before(logs: Path) -> None:
    write_run(logs, "run", b"".join(attention(step, 10.0 + step) for step in (0, 1, 2)), name="tfevents.1")
    write_run(logs, "run", start_record(1, wall_time=20.0), name="tfevents.2")
    assert told(read(logs)) == ["0 at 10"]


def test_a_later_file_that_goes_back_voids_what_its_tag_held_from_there_on(logs: Path) -> None:
    first = [attention(step, 10.0 + step) for step in (0, 1, 2)] + [attention(2, 13.0, "others")]
    write_run(logs, "run", b"".join(first), name="tfevents.1")
    write_run(logs, "run", attention(1, 20.0), name="tfevents.2")
    assert told(read(logs)) == ["0 at 10", "1 at 20", "2 at 13"]


steps_by_file = st.lists(st.lists(st.integers(0, 6), max_size=5), min_size=1, max_size=3)


@settings(deadline=None)  # the machine may be busy
@given(steps_by_file, st.booleans(), st.lists(st.integers(0, 6), max_size=1))
def test_records_count_where_points_of_the_same_steps_and_times_do(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[int]], overlap: bool, starts: list[int]
) -> None:
    logs = tmp_path_factory.mktemp("logs")
    for number, steps in enumerate(files):
        times = [float(100 * place + number if overlap else 100 * number + place) for place in range(1, 7)]
        events = [
            event_of(scalar_value("loss", time), own_value(ATTENTION, "a", b""), step=step, wall_time=time)
            for step, time in zip(steps, times, strict=False)
        ]
        events[1:1] = [start_record(step, wall_time=times[1]) for step in starts if number]
        write_run(logs, "run", b"".join(events), name=f"tfevents.{number}")
    run = read(logs).run("run")
    found = [(record.step, record.wall_time) for record in run.records.get(ATTENTION, ())]
    series = run.series.get("loss")
    expected = list(zip(series.step[:].tolist(), series.wall_time.tolist(), strict=True)) if series else []
    assert found == expected


def test_a_run_that_holds_nothing_else_is_a_run(logs: Path) -> None:
    write_run(logs, "run", attention(1, 2.0))
    write_run(logs, "empty", version_record())
    assert [run.name for run in read(logs).runs()] == ["run"]


def test_what_has_not_changed_is_not_made_anew(logs: Path) -> None:
    path = write_run(logs, "run", attention(1, 2.0))
    source = read(logs)
    before = source.run("run").records
    with path.open("ab") as file:
        file.write(scalar_record("loss", step=1, value=2.0))
    source.refresh()
    assert source.run("run").records is before
    with path.open("ab") as file:
        file.write(attention(2, 3.0))
    source.refresh()
    assert told(source) == ["1 at 2", "2 at 3"]


@pytest.mark.usefixtures("small_files_are_kept_too")
def test_records_are_kept_on_disk_for_the_next_process(logs: Path, kept: Cache) -> None:
    records = [attention(step, float(step)) for step in range(1, 4)]
    path = write_run(logs, "run", scalar_file("loss", [1.0, 2.0]) + b"".join(records))
    read_and_keep(logs, kept)
    again = read(logs, kept)
    assert everything(again) == everything(read(logs))
    assert told(again) == ["1 at 1", "2 at 2", "3 at 3"]
    with path.open("ab") as file:
        file.write(attention(9, 9.0))
    assert told(read(logs, kept)) == ["1 at 1", "2 at 2", "3 at 3", "9 at 9"]


@pytest.mark.usefixtures("small_files_are_kept_too")
def test_more_than_are_known_are_a_problem_in_the_next_process_too(
    logs: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "MOST_RECORDS", 3)
    records = [attention(step, float(step)) for step in range(1, 6)]
    write_run(logs, "run", scalar_file("loss", [1.0, 2.0]) + b"".join(records))
    first = read_and_keep(logs, kept)
    assert told(first) == ["1 at 1", "2 at 2", "3 at 3"]
    assert first.problem_count() == 1
    [problem] = first.problems()
    assert problem.what.startswith("2 summaries of more than numbers left out")
    assert everything(read(logs, kept)) == everything(first)


def test_records_below_another_root_are_found_by_that(logs: Path) -> None:
    write_run(logs, "run", attention(1, 2.0))
    source = LocalSource([LogRoot(logs, "named")], poll_secs=None)
    source.refresh()
    assert told(source, "named/run") == ["1 at 2"]
