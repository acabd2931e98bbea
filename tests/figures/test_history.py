"""Whatever a training left behind becomes the same runs."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles import Tracker
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.figures.history import History, history_of, series_of, some_of

COLUMNS = {"loss": [2.0, 1.0, 0.5], "accuracy": [0.25, 0.5, 0.75]}


def columns(history: History, run: str | None = None) -> dict[str, tuple[list[int], list[float]]]:
    view = history.one(run)
    return {tag: (one.step[:].tolist(), one.value.tolist()) for tag, one in view.series.items()}


EXPECTED = {name: ([0, 1, 2], values) for name, values in COLUMNS.items()}


@pytest.mark.parametrize(
    "given",
    [
        COLUMNS,
        {name: np.array(values) for name, values in COLUMNS.items()},
        {"epoch": [0, 1, 2], **COLUMNS},
        {"step": [0.0, 1.0, 2.0], **COLUMNS},
        {"step": [2, 1, 0], **{name: values[::-1] for name, values in COLUMNS.items()}},
        SimpleNamespace(history=COLUMNS, epoch=[0, 1, 2]),
        [{"step": i, "loss": COLUMNS["loss"][i], "accuracy": COLUMNS["accuracy"][i]} for i in range(3)],
    ],
    ids=["lists", "arrays", "epochs", "steps", "unsorted", "keras", "rows"],
)
def test_every_form_gives_the_same_points(given: Any) -> None:
    assert columns(history_of(given)) == EXPECTED


def test_log_directory_gives_every_point_of_its_runs(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(2, 5000)).astype(np.float32)
    for name, some in zip("ab", values, strict=True):
        with Tracker("p", logdir=tmp_path, run=name) as tracker:
            for value in some:
                tracker.log(loss=float(value))
    history = history_of(tmp_path)
    assert [run.name for run in history.runs] == ["p/a", "p/b"]
    for name, some in zip("ab", values, strict=True):
        assert columns(history, f"p/{name}") == {"loss": (list(range(5000)), some.tolist())}
    assert columns(history_of(str(tmp_path), run="p/b")) == columns(history, "p/b")
    assert [run.name for run in history_of(tmp_path, run=["p/b", "p/a"]).runs] == ["p/b", "p/a"]
    with pytest.raises(BadRequest, match=r"several runs; give run=, one of 'p/a', 'p/b'"):
        history.one()
    with pytest.raises(NotFound, match=r"there is no run 'p/x' below .*; did you mean 'p/"):
        history_of(tmp_path, run="p/x")


def test_keras_goes_on_from_the_epoch_it_was_left_at() -> None:
    found = columns(history_of(SimpleNamespace(history={"loss": [2.0, 1.0]}, epoch=[5, 6])))
    assert found == {"loss": ([5, 6], [2.0, 1.0])}


@given(st.integers(1, 40), st.integers(1, 10))
def test_values_of_every_few_epochs_stand_at_theirs(epochs: int, every: int) -> None:
    at = [epoch for epoch in range(epochs) if (epoch + 1) % every == 0]  # as Keras validates
    if len(at) < 1 or epochs // len(at) != every:
        return  # it can't be told from another frequency
    found = columns(history_of({"loss": [0.0] * epochs, "val_loss": [float(one) for one in at]}))
    assert found["val_loss"] == (at, at)


def test_metric_of_a_second_fit_is_there_to_the_last() -> None:
    found = columns(history_of({"loss": [3.0, 2.0, 1.0, 0.5, 0.25], "f1": [0.1, 0.2, 0.3]}))
    assert found["f1"][0] == [2, 3, 4]


def test_nan_and_none_in_a_list_are_values() -> None:
    of_lists = history_of({"loss": [1.0, math.nan, math.inf], "acc": [0.1, 0.2, None]}).one().series
    np.testing.assert_array_equal(of_lists["loss"].value, [1.0, math.nan, math.inf])
    np.testing.assert_array_equal(of_lists["acc"].value, [0.1, 0.2, math.nan])


def test_rows_of_a_trainer_hold_what_was_logged_at_their_step() -> None:
    rows = [
        {"loss": 2.0, "epoch": 0.5, "step": 10},
        {"loss": 1.0, "epoch": 1.0, "step": 20},
        {"eval_loss": 1.5, "epoch": 1.0, "step": 20},
        {"train_runtime": 3.5, "epoch": 1.0, "step": 20},
    ]
    found = history_of(rows)
    assert found.unit == "step"
    assert columns(found) == {
        "loss": ([10, 20], [2.0, 1.0]), "eval_loss": ([20], [1.5]), "train_runtime": ([20], [3.5]),
    }  # fmt: skip


def test_what_is_no_list_of_numbers_is_left_out() -> None:
    given = {"loss": [1.0, 2.0], "names": ["a", "b"], "per_class": [[1, 2], [3, 4]], "one": 3.0}
    assert history_of(given).tags() == ["loss"]


def test_each_step_of_a_history_is_an_epoch() -> None:
    run = history_of({"epoch": [1, 2, 5], "loss": [3.0, 2.0, 1.0]}).one()
    assert run.epoch_marks.step.tolist() == run.epoch_marks.value.tolist() == [1, 2, 5]


def test_metric_that_there_is_not_is_an_error_that_lists_what_there_is() -> None:
    run = history_of(COLUMNS).one()
    with pytest.raises(NotFound, match=r"no metric 'los'; did you mean 'loss'\? There is 'loss', 'accuracy'"):
        series_of(run, "los")
    with pytest.raises(NotFound, match=r"no metric 'zzz'; there is 'loss', 'accuracy'"):
        some_of(run, ["loss", "zzz"])
    with pytest.raises(BadRequest, match=r"give \['loss'\]"):
        some_of(run, "loss")


def test_metrics_of_a_run_are_all_but_its_epochs(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        tracker.log({"train/loss": 1.0, "train/epoch": 0.0}, step=3)
    assert [one.tag for one in some_of(history_of(tmp_path).one(), None)] == ["train/loss"]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (3, BadRequest, "got int"),
        ({}, BadRequest, "holds no numbers"),
        ({"loss": []}, BadRequest, "holds no numbers"),
        ([], BadRequest, "holds no numbers"),
        ({"step": [0, 0.5], "loss": [1, 2]}, BadRequest, r"'step' .* whole numbers, got 0\.5"),
        ({"epoch": [0, math.nan], "loss": [1, 2]}, BadRequest, "whole numbers, got nan"),
        ({"epoch": [0, math.inf], "loss": [1, 2]}, BadRequest, "whole numbers, got inf"),
        ({"step": [0, 1e300], "loss": [1, 2]}, BadRequest, "whole numbers, got 1e"),
        ({"epoch": [0, 1], "loss": [1, 2, 3]}, BadRequest, "'loss' has 3 values, and there are only 2"),
        ("no/such/directory", NotFound, "no directory 'no/such/directory'"),
    ],
)
def test_what_can_not_be_used_is_told(given: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        history_of(given)


def test_directory_without_scalars_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no scalars below"):
        history_of(tmp_path)


def test_runs_are_picked_in_log_directories_alone() -> None:
    with pytest.raises(BadRequest, match="run= picks runs of a log directory, got dict"):
        history_of(COLUMNS, run="a")
