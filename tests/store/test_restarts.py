from __future__ import annotations

import numpy as np

from tensorboard_candles.events import Points, SessionStart
from tensorboard_candles.store.columns import PointColumns
from tensorboard_candles.store.restarts import FilePart, surviving
from tensorboard_candles.store.starts import Starts


def part(
    steps: list[int], times: list[float], *, began: float | None = None, starts: tuple[SessionStart, ...] = ()
) -> FilePart:
    points = Points(np.array(steps, np.int64), np.array(times, np.float64), np.array(times, np.float32))
    return FilePart(PointColumns(points), times[0] if began is None else began, Starts.none().plus(starts))


def survivors(*parts: FilePart) -> list[tuple[int, float]]:
    points = surviving(parts).points()
    return list(zip(points.step.tolist(), points.wall_time.tolist(), strict=True))


def test_a_session_start_voids_what_other_files_wrote_before_it() -> None:
    old = part([0, 1, 2, 3], [10, 11, 12, 13])
    new = part([5], [21], began=20, starts=(SessionStart(2, 20.0),))
    assert survivors(old, new) == [(0, 10), (1, 11), (5, 21)]


def test_a_session_start_voids_nothing_that_another_rank_wrote_after_it() -> None:
    first = part([2, 3], [22, 23], began=19, starts=(SessionStart(2, 19.0),))
    second = part([2, 3], [22.5, 23.5], began=20, starts=(SessionStart(2, 20.0),))
    assert [step for step, _ in survivors(first, second)] == [2, 2, 3, 3]


def test_a_later_file_that_goes_back_voids_the_steps_it_goes_over_again() -> None:
    assert survivors(part([0, 1, 2, 3], [10, 11, 12, 13]), part([2, 3], [20, 21])) == [
        (0, 10),
        (1, 11),
        (2, 20),
        (3, 21),
    ]


def test_a_later_file_that_goes_on_voids_nothing() -> None:
    assert len(survivors(part([0, 1], [10, 11]), part([2, 3], [20, 21]))) == 4


def test_files_that_overlap_in_time_are_concurrent_and_all_points_stay() -> None:
    assert survivors(part([0, 1, 2], [10, 12, 14]), part([0, 1, 2], [11, 13, 15])) == [
        (0, 10),
        (0, 11),
        (1, 12),
        (1, 13),
        (2, 14),
        (2, 15),
    ]


def test_a_file_that_began_in_time_is_concurrent_though_its_tag_comes_late() -> None:
    assert len(survivors(part([0, 1, 2], [10, 12, 14]), part([1], [30], began=11))) == 4


def test_the_order_of_names_does_not_make_a_restart_but_time_does() -> None:
    # The file with the later name was written first.
    assert survivors(part([1, 2], [20, 21]), part([0, 1, 2], [10, 11, 12])) == [(0, 10), (1, 20), (2, 21)]


def test_steps_that_go_back_within_a_file_are_sorted_and_kept() -> None:
    assert survivors(part([0, 2, 1, 2], [10, 11, 12, 13])) == [(0, 10), (1, 12), (2, 11), (2, 13)]


def test_restarts_follow_one_another() -> None:
    first, second = part([0, 1, 2, 3, 4], [1, 2, 3, 4, 5]), part([3, 4, 5], [10, 11, 12])
    third = part([2, 3], [20, 21])
    assert survivors(first, second, third) == [(0, 1), (1, 2), (2, 20), (3, 21)]


def test_no_points_at_all_survive_as_none() -> None:
    assert survivors(part([], [], began=1.0)) == []
