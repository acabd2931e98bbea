"""Steps that are not stored are those that were given, however they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.events.points import Int64Array
from tensorboard_candles.store.steps import GrowingSteps, Progressions

ANY_STEP = st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1))
PROGRESSIONS = st.tuples(ANY_STEP, ANY_STEP, st.integers(0, 60))
"""First step, stride, length; all wraps around at 64 bits."""
IRREGULAR = st.lists(ANY_STEP, max_size=40).map(lambda steps: np.array(steps, np.int64))
APPENDED = st.lists(PROGRESSIONS.map(lambda given: progression(*given)) | IRREGULAR, max_size=12)


def progression(first: int, stride: int, length: int) -> Int64Array:
    return np.asarray(np.arange(length) * np.array([stride]) + np.array([first]))


def grown(parts: list[Int64Array]) -> tuple[GrowingSteps, Int64Array]:
    steps = GrowingSteps(np.empty(0, np.int64))
    for part in parts:
        steps.extend(part)
    return steps, np.concatenate([np.empty(0, np.int64), *parts])


@given(APPENDED)
def test_at_every_length_steps_are_those_that_were_appended(parts: list[Int64Array]) -> None:
    steps, views = GrowingSteps(np.empty(0, np.int64)), []
    for part in parts:
        steps.extend(part)
        views.append(steps.view())
    whole = np.concatenate([np.empty(0, np.int64), *parts])
    assert len(steps) == len(whole)
    # Looked at in the end only: a view stays as it was.
    for view, length in zip(views, np.cumsum([len(part) for part in parts]).tolist(), strict=True):
        assert len(view) == length
        assert view[:].tolist() == whole[:length].tolist()
    assert GrowingSteps(whole).view()[:].tolist() == whole.tolist()


@given(APPENDED, st.data())
def test_any_index_gives_what_it_gives_of_an_array(parts: list[Int64Array], data: st.DataObject) -> None:
    steps, whole = grown(parts)
    view, count = steps.view(), len(whole)
    taken = data.draw(st.slices(count))
    assert view[taken].tolist() == whole[taken].tolist()
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)), np.bool_)
    assert view[mask].tolist() == whole[mask].tolist()
    if count:
        rows = np.array(data.draw(st.lists(st.integers(-count, count - 1))), np.int64)
        assert view[rows].tolist() == whole[rows].tolist()
        assert view[rows.astype(np.int32)[None]].tolist() == [whole[rows].tolist()]
        row = data.draw(st.integers(-count, count - 1))
        assert view[row] == whole[row]
    assert np.asarray(view).dtype == view[:].dtype == np.int64
    assert np.array_equal(np.asarray(view), whole)


@given(st.lists(st.tuples(ANY_STEP, ANY_STEP, st.integers(16, 99)), max_size=30))
def test_long_pieces_take_three_numbers_each(parts: list[tuple[int, int, int]]) -> None:
    steps, _ = grown([progression(*part) for part in parts])
    steps.trim()
    assert steps.nbytes <= 24 * len(parts)


def test_irregular_steps_are_stored_and_take_eight_bytes_each() -> None:
    whole = np.cumsum(np.random.default_rng(0).integers(1, 9, 10_000))
    steps, _ = grown(np.array_split(whole, 7))
    steps.trim()
    assert isinstance(steps.view(), np.ndarray)
    assert steps.nbytes == whole.nbytes


def test_steps_that_begin_irregularly_are_given_up_storing_later() -> None:
    irregular = np.cumsum(np.random.default_rng(0).integers(1, 9, 200))
    steps, _ = grown([irregular, np.arange(5000, 25_000)])
    assert isinstance(steps.view(), Progressions)
    assert steps.nbytes < 8000


def test_steps_one_by_one_are_one_piece() -> None:
    steps, whole = grown([np.array([7 + 3 * row]) for row in range(500)])
    steps.trim()
    assert steps.view()[:].tolist() == whole.tolist()
    assert steps.nbytes == 24


@pytest.mark.parametrize("rows", [np.array([10]), np.array([-11]), np.ones(9, np.bool_), np.array([0.5])])
def test_rows_that_there_are_not_are_refused(rows: Int64Array) -> None:
    steps = GrowingSteps(np.arange(10)).view()
    with pytest.raises(IndexError):
        steps[rows]


def test_a_row_behind_the_last_is_refused() -> None:
    with pytest.raises(IndexError):
        GrowingSteps(np.arange(10)).view()[10]


def test_a_view_that_is_read_while_steps_go_on_shows_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    growing = GrowingSteps(np.array([0, 1, 2, 3, 100, 102, 104, 1_000_000]))
    view = growing.view()
    repeat = np.repeat

    def interrupted(*arguments: Any) -> Any:
        monkeypatch.undo()
        repeated = repeat(*arguments)
        growing.extend(np.array([1_000_010]))  # the thread that reads gets its turn in the middle
        return repeated

    monkeypatch.setattr(np, "repeat", interrupted)
    assert view[:].tolist() == [0, 1, 2, 3, 100, 102, 104, 1_000_000]
    assert growing.view()[:].tolist() == [0, 1, 2, 3, 100, 102, 104, 1_000_000, 1_000_010]
