"""No point counts twice, whatever tells of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles import metadata
from tensorboard_candles.events import Window
from tensorboard_candles.events.window import WindowDecoder
from tensorboard_candles.store import Memory, Series
from tensorboard_candles.store.run import Run
from tests.support.candle_rows import Row, rows_record
from tests.support.records import FIRST_SECOND, scalar_record, start_record

Stretch = tuple[int, int]
LATE = metadata.LATE_CANDLES_KIND


def row(first: int, last: int, count: int | None = None, *, level: float = 1.0, after: float = 0.0) -> Row:
    """One point for each step, if nothing else is said."""
    count = last - first + 1 if count is None else count
    times = [FIRST_SECOND + after + first, FIRST_SECOND + after + last]
    return [first, last, level, level, level, level, level, 0.0, count, 0, first, first, *times]


def rows(*stretches: Stretch, after: float = 0.0, kind: str = metadata.CANDLES_KIND) -> bytes:
    return b"".join(rows_record("loss", [row(*one, after=after)], kind=kind) for one in stretches)


def points(*steps: int, after: float = 0.0) -> bytes:
    return b"".join(
        scalar_record("loss", step=step, wall_time=FIRST_SECOND + after + step, value=0.5) for step in steps
    )


def series_of(*files: bytes) -> Series:
    run = Run("a", Memory(1 << 40))
    run.keep_only(tuple(Path(f"a/events.out.tfevents.{number:03}") for number in range(len(files))))
    for file, content in zip(run.files.values(), files, strict=True):
        found = WindowDecoder(None).decode(content)
        run.add(file, Window(found.segments, found.first_wall_time, replaced=False))
        run.finish(file, None)
    return run.view().series["loss"]


def told(*files: bytes) -> list[Stretch]:
    """From which step to which each point of the series goes."""
    series = series_of(*files)
    last = series.candles.rows["last_step"] if series.candles else series.step[:]
    return list(zip(series.step.tolist(), last.tolist(), strict=True))


def test_a_row_gives_way_to_points_that_tell_as_much() -> None:
    assert told(points(0, 1, 2, 3) + rows((0, 3))) == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert told(rows((0, 3)) + points(0, 1, 2, 3, 4)) == [(step, step) for step in range(5)]


def test_points_give_way_to_a_row_that_tells_more() -> None:
    assert told(points(0, 2, 3) + rows((0, 3)) + points(4)) == [(0, 3), (4, 4)]
    assert told(
        rows(
            (
                0,
                0,
            ),
            (1, 4),
        )
        + points(2, 3)
    ) == [(0, 0), (1, 4)]


def test_the_points_of_another_file_count_against_a_row_and_the_rows_of_another_file_do_not() -> None:
    assert told(points(0, 1, 2, 3), rows((0, 3))) == [(step, step) for step in range(4)]
    assert told(points(0, 1, 2), rows((0, 3))) == [(0, 3)]
    assert told(rows((0, 3)), rows((0, 3), after=0.5)) == [(0, 3), (0, 3)]
    assert told(rows((0, 1), (2, 3)), rows((0, 3), after=0.5)) == [(0, 1), (0, 3), (2, 3)]


def test_of_rows_within_each_other_those_count_that_tell_most_and_the_finer_of_equals() -> None:
    assert told(rows((0, 9), (0, 4), (5, 9))) == [(0, 4), (5, 9)]
    assert told(rows((0, 4), (0, 9))) == [(0, 9)]
    assert told(rows((0, 99), (0, 9), (10, 99), (10, 49), (50, 99))) == [(0, 9), (10, 49), (50, 99)]
    nested = rows((0, 4), (5, 9), (0, 9), (0, 19))
    assert told(nested) == [(0, 19)]
    assert told(nested + points(*range(20))) == [(step, step) for step in range(20)]


def test_of_two_rows_over_the_same_steps_the_later_stands() -> None:
    content = rows((0, 3)) + rows_record("loss", [row(0, 3, level=7.0)])
    assert told(content) == [(0, 3)]
    assert series_of(content).value.tolist() == [7.0]


def test_rows_that_share_some_of_their_steps_and_late_ones_are_kept() -> None:
    assert told(rows((0, 5), (3, 9))) == [(0, 5), (3, 9)]
    assert told(rows((0, 9)) + rows((2, 4), (2, 4), kind=LATE)) == [(0, 9), (2, 4), (2, 4)]
    assert told(rows((0, 9), kind=LATE) + points(*range(10)))[0] == (0, 9)
    assert len(told(rows((0, 9)) + rows((0, 4), kind=LATE) + points(*range(10)))) == 11


def test_a_restart_voids_rows_from_its_step_on_and_one_that_reaches_over_it_stays() -> None:
    before = rows((0, 9), (10, 19), (20, 29))
    again = start_record(15, wall_time=FIRST_SECOND + 100)
    assert told(before + again + points(15, 16, after=100)) == [(0, 9), (10, 19), (15, 15), (16, 16)]
    assert told(before, again + rows((15, 24), after=100)) == [(0, 9), (10, 19), (15, 24)]
    assert told(before, points(15, 16, after=100)) == [(0, 9), (10, 19), (15, 15), (16, 16)]
    assert told(before, rows((10, 19), after=100)) == [(0, 9), (10, 19)]
    assert told(before, points(*range(10), after=100)) == [(step, step) for step in range(10)]


def test_what_came_after_a_restart_is_not_held_against_a_row_that_reaches_over_it() -> None:
    again = [step for step in range(100, 110) for _ in range(3)]
    found = told(rows((90, 109)), points(*again, after=1000))
    assert found == [(90, 109), *((step, step) for step in again)]
    session = start_record(100, wall_time=FIRST_SECOND + 1000)
    assert told(rows((90, 109)) + session + points(*again, after=1000)) == found
    assert told(rows((90, 109)) + session + rows((100, 104), (105, 109), after=1000))[0] == (90, 109)


def test_what_a_file_tells_twice_counts_once_where_a_restart_voids_some_of_it() -> None:
    again = points(100, 101, after=1000)
    after = [(100, 100), (101, 101)]
    assert told(points(*range(90, 110)) + rows((90, 109)), again) == [(s, s) for s in range(90, 100)] + after
    assert told(rows((90, 95), (90, 102), (90, 109)), again) == [(90, 109), *after]


def test_a_file_is_a_restart_only_if_it_begins_after_the_last_row_has_ended() -> None:
    assert told(rows((0, 9)), rows((0, 9), after=5)) == [(0, 9), (0, 9)]
    assert told(rows((0, 9)), rows((0, 9), after=10)) == [(0, 9)]


def test_rows_that_are_written_long_after_tell_what_the_points_told() -> None:
    late = rows_record("loss", [row(0, 3), row(4, 7)], wall_time=FIRST_SECOND + 1000)
    assert told(points(*range(8)), late) == [(step, step) for step in range(8)]


def test_points_turn_into_candles_when_the_first_row_comes_and_back_when_its_file_goes() -> None:
    run = Run("a", Memory(1 << 40))
    paths = tuple(Path(f"a/events.out.tfevents.{number:03}") for number in range(2))
    run.keep_only(paths)
    for file, content in zip(run.files.values(), (points(0, 1), rows((2, 5))), strict=True):
        found = WindowDecoder(None).decode(content)
        run.add(file, Window(found.segments, found.first_wall_time, replaced=False))
        run.finish(file, None)
        made = run.view().series["loss"].resolution
        assert made == (None if file.path == paths[0] else 4)
    run.keep_only(paths[:1])
    assert run.view().series["loss"].value.tolist() == [0.5, 0.5]
    assert run.view().series["loss"].resolution is None


Told = tuple[int, int, int]
"""File, first step and last."""


def by_the_rules(found: Sequence[Told], steps: Sequence[tuple[int, int]]) -> list[Stretch]:
    """The same slowly: the narrowest rows first, each against all that is left within it."""
    left: list[Told | None] = [*found, *((file, step, step) for file, step in steps)]
    is_row = [True] * len(found) + [False] * len(steps)
    for number, one in enumerate(found):
        if one in found[number + 1 :]:
            left[number] = None
    order = sorted(range(len(found)), key=lambda number: found[number][2] - found[number][1])
    for number in order:
        wide = left[number]
        if wide is None:
            continue
        within = [
            other
            for other, inner in enumerate(left)
            if inner is not None
            and other != number
            and wide[1] <= inner[1] <= inner[2] <= wide[2]
            and (not is_row[other] or (inner[0] == wide[0] and inner != wide))
        ]
        count = sum(inner[2] - inner[1] + 1 for other in within if (inner := left[other]) is not None)
        for other in [number] if count >= wide[2] - wide[1] + 1 else within:
            left[other] = None
    return sorted((one[1], one[2]) for one in left if one)


stretches = st.tuples(st.integers(0, 30), st.sampled_from([1, 2, 3, 5, 8, 13])).map(
    lambda one: (one[0], one[0] + one[1] - 1)
)


@given(st.lists(stretches, max_size=12), st.lists(st.integers(0, 40), max_size=40))
@settings(deadline=None)
def test_what_one_file_tells_twice_counts_once_by_the_rules(found: list[Stretch], steps: list[int]) -> None:
    if not found and not steps:
        return
    crossing = any(a[0] < b[0] <= a[1] < b[1] for a, b in itertools.permutations(found, 2))
    if crossing:
        # Rows that share some steps may both be held against one row within both; which goes is not told.
        return
    content = rows(*found) + points(*steps)
    wanted = by_the_rules([(0, *one) for one in found], [(0, step) for step in steps])
    assert sorted(told(content)) == wanted


@pytest.mark.parametrize("count", [50, 100, 3000])
@pytest.mark.parametrize("grows", ["forwards", "backwards"])
def test_a_candle_that_is_written_again_and_again_while_it_grows_counts_as_it_was_last(
    count: int, grows: str
) -> None:
    again = [(0, step) if grows == "forwards" else (count - step, count) for step in range(1, count + 1)]
    assert told(rows_record("loss", [row(*one) for one in again]) + rows((-9, -1))) == [(-9, -1), (0, count)]
    assert told(rows_record("loss", [row(*one) for one in reversed(again)])) == [(0, count)]


def test_rows_around_each_other_by_the_thousand_cost_little_and_end_in_few() -> None:
    assert len(told(rows_record("loss", [row(-step, step) for step in range(3000)]))) == 1


def test_points_that_a_second_writer_summed_up_stay_numbers() -> None:
    series = series_of(points(*range(500)), rows(*((low, low + 9) for low in range(0, 500, 10))))
    assert (len(series), series.resolution) == (500, None)
    np.testing.assert_array_equal(series.step[:], np.arange(500))


def test_points_that_outlast_their_file_s_own_rows_have_no_resolution() -> None:
    series = series_of(points(*range(10)) + rows((0, 9)))
    assert (len(series), series.resolution) == (10, None)
