from __future__ import annotations

import numpy as np
import pytest

from tensorboard_candles.errors import NoEpochs
from tensorboard_candles.events import Points
from tensorboard_candles.events.points import no_points
from tensorboard_candles.ohlc import epochs_of, has_epochs
from tensorboard_candles.store import RunView, Series


def series(tag: str, steps: list[int], values: list[float]) -> Series:
    return Series("run", tag, np.array(steps), np.array(steps) + 0.5, np.array(values, np.float32))


def run_of(*found: Series, marks: dict[int, int] | None = None) -> RunView:
    points = no_points()
    if marks:
        steps = np.array(list(marks))
        points = Points(steps, steps + 0.5, np.array(list(marks.values()), np.float64))
    return RunView("run", "1", {one.tag: one for one in found}, points, 0.5, 99.5)


LOSS = series("loss", list(range(30)), [0.0] * 30)


def test_epoch_marks_come_before_a_scalar_and_that_before_steps_per_epoch() -> None:
    logged = series("train/epoch", [0, 9, 10, 20], [0, 0, 1, 2])
    marked = run_of(LOSS, logged, marks={0: 0, 15: 1})

    def begins(run: RunView) -> list[int]:
        epoch = epochs_of(run, steps_per_epoch=3).of_steps(LOSS.step[:])
        return [0, *(np.flatnonzero(np.diff(epoch)) + 1).tolist()]

    assert begins(marked) == [0, 15]
    assert begins(run_of(LOSS, logged)) == [0, 10, 20]
    assert epochs_of(run_of(LOSS), steps_per_epoch=10).of_steps(LOSS.step[:]).tolist() == [
        step // 10 for step in range(30)
    ]


def test_a_fractional_epoch_scalar_counts_by_its_floor() -> None:
    found = epochs_of(run_of(LOSS, series("epoch", [0, 5, 10, 15, 20], [0.0, 0.5, 1.0, 1.5, 2.0])))
    assert found.of_steps(np.array([0, 9, 10, 19, 20, 29])).tolist() == [0, 0, 1, 1, 2, 2]


def test_steps_before_the_first_known_epoch_belong_to_it() -> None:
    assert epochs_of(run_of(LOSS, marks={10: 0, 20: 1})).of_steps(np.array([0, 25])).tolist() == [0, 1]


def test_fractional_epochs_rise_evenly_within_an_epoch() -> None:
    found = epochs_of(run_of(LOSS, marks={0: 0, 10: 1, 20: 2}))
    assert found.fractional(np.array([0, 5, 10, 12, 29])).tolist() == [0.0, 0.5, 1.0, 1.2, 2.9]


def test_a_single_epoch_that_goes_on_has_fractions_below_one() -> None:
    fractional = epochs_of(run_of(LOSS, marks={0: 0})).fractional(LOSS.step[:])
    assert (fractional[0], fractional[15], fractional[-1] < 1) == (0.0, 0.5, True)


@pytest.mark.parametrize("marks", [None, {0: 0, 10: 1}])
def test_a_fractional_scalar_tells_how_long_the_epoch_will_be_that_goes_on(
    marks: dict[int, int] | None,
) -> None:
    told = series("epoch", [0, 10, 20], [0.0, 1.0, 1.25])
    fractional = epochs_of(run_of(LOSS, told, marks=marks)).fractional(np.array([0, 5, 10, 20, 29]))
    assert fractional.tolist() == [0.0, 0.5, 1.0, 1.25, 1.475]


def test_in_the_first_epoch_steps_stay_where_they_are_as_more_come() -> None:
    def fraction_of_step_5(reached: int) -> float:
        loss = series("loss", list(range(reached)), [0.0] * reached)
        told = series("epoch", list(range(reached)), [step / 40 for step in range(reached)])
        return float(epochs_of(run_of(loss, told, marks={0: 0})).fractional(np.array([5]))[0])

    assert [fraction_of_step_5(reached) for reached in (6, 20, 39)] == pytest.approx([5 / 40] * 3, rel=1e-6)


def test_an_epoch_that_is_longer_than_was_told_ends_below_the_next() -> None:
    found = epochs_of(run_of(LOSS, series("epoch", [0, 10], [0.0, 1.0]), marks={0: 0}))
    assert found.fractional(np.array([29])).tolist() == [29 / 30]


def test_an_epoch_that_is_marked_again_within_goes_on() -> None:
    found = epochs_of(run_of(LOSS, marks={0: 0, 10: 1, 15: 1, 20: 2}))
    assert found.fractional(np.array([10, 14, 15, 19, 20])).tolist() == [1.0, 1.4, 1.5, 1.9, 2.0]


def test_a_run_that_says_nothing_of_epochs_is_told_what_to_do() -> None:
    assert not has_epochs(run_of(LOSS))
    with pytest.raises(NoEpochs, match="steps_per_epoch"):
        epochs_of(run_of(LOSS))


def test_an_epoch_scalar_out_of_all_bounds_is_no_epoch() -> None:
    found = epochs_of(run_of(LOSS, series("epoch", [0, 5, 10], [0.0, 1e30, 1.0])))
    assert found.of_steps(np.array([4, 6, 12])).tolist() == [0, 0, 1]
