from __future__ import annotations

import argparse
import math
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import Tracker, metadata
from tensorboard_candles.errors import NotAScalar, WriterError
from tensorboard_candles.writer.values import as_float
from tests.writer.reading import epoch_marks, event_files, points, raw_events


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker("p", logdir=tmp_path, run="r")


class Tensor:
    """A one-element tensor as the frameworks have it: a shape, `item()` and no base class."""

    def __init__(self, value: object, shape: tuple[int, ...] = ()) -> None:
        self.value, self.shape = value, shape

    def item(self) -> object:
        return self.value


class OnlyFloat:
    def __float__(self) -> float:
        return 1.5


def test_steps_count_calls_and_go_on_after_an_explicit_one(tracker: Tracker) -> None:
    tracker.log(loss=1)
    tracker.log({"loss": 2}, acc=0.5)
    tracker.log(loss=3, step=100)
    tracker.log(loss=4)
    tracker.log(loss=5, step=np.int64(7))
    tracker.log(loss=6)
    tracker.close()
    assert [(step, value) for tag, step, value in points(tracker.run_dir) if tag == "loss"] == [
        (0, 1), (1, 2), (100, 3), (101, 4), (7, 5), (8, 6),
    ]  # fmt: skip
    assert ("acc", 1, 0.5) in points(tracker.run_dir)


def test_call_without_metrics_counts_and_writes_nothing(tracker: Tracker) -> None:
    tracker.log({})
    tracker.log(loss=1)
    tracker.close()
    assert points(tracker.run_dir) == [("loss", 1, 1.0)]


def test_run_goes_to_project_and_run_below_logdir(tmp_path: Path) -> None:
    with Tracker("vision/my-cnn", logdir=tmp_path, run="lr=0.1") as tracker:
        tracker.log(loss=1)
    assert tracker.run_dir == tmp_path / "vision" / "my-cnn" / "lr=0.1"
    (path,) = event_files(tracker.run_dir)
    assert re.fullmatch(r"events\.out\.tfevents\.\d{10}\..+\.\d+\.\d+", path.name)


def test_default_run_name_is_told(tmp_path: Path) -> None:
    tracker = Tracker("p", logdir=str(tmp_path))
    assert tracker.run_dir == tmp_path / "p" / tracker.run
    assert tracker.run in repr(tracker)


def test_run_that_exists_gets_one_more_file(tmp_path: Path) -> None:
    for value in (1, 2):
        with Tracker("p", logdir=tmp_path, run="r") as tracker:
            tracker.log(loss=value, step=value)
    assert len(event_files(tracker.run_dir)) == 2
    assert sorted(points(tracker.run_dir)) == [("loss", 1, 1.0), ("loss", 2, 2.0)]


def test_file_begins_with_its_version_and_writer(tracker: Tracker) -> None:
    first = next(raw_events(tracker.run_dir))
    assert first.file_version == "brain.Event:2"
    assert first.source_metadata.writer == "tensorboard_candles.writer"
    assert first.wall_time > 0


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (3, 3.0), (True, 1.0), (0.5, 0.5), (Decimal("0.25"), 0.25), (Fraction(1, 4), 0.25),
        (np.float16(0.5), 0.5), (np.float32(0.1), float(np.float32(0.1))), (np.float64(0.5), 0.5),
        (np.longdouble(0.5), 0.5), (np.int8(-3), -3.0), (np.uint64(2**63), 2.0**63), (np.bool_(True), 1.0),
        (np.array(0.5), 0.5), (np.array([0.5]), 0.5), (np.array([[[2]]]), 2.0), (np.array([True]), 1.0),
        (Tensor(0.5), 0.5), (Tensor(0.5, (1, 1)), 0.5), (OnlyFloat(), 1.5), (math.inf, math.inf),
        (-math.inf, -math.inf),
    ],
)  # fmt: skip
def test_one_number_of_any_kind_is_kept(tracker: Tracker, value: Any, kept: float) -> None:
    tracker.log(x=value)
    tracker.close()
    assert points(tracker.run_dir) == [("x", 0, kept)]


def test_nan_is_written_as_it_is(tracker: Tracker) -> None:
    tracker.log(x=math.nan)
    tracker.close()
    assert [math.isnan(value) for _, _, value in points(tracker.run_dir)] == [True]


@given(value=st.floats(width=32, allow_nan=False))
def test_float32_is_kept_exactly(value: float) -> None:
    from tensorboard_candles.writer.summaries import scalar

    assert scalar("x", as_float("x", np.float32(value))).simple_value == value


@pytest.mark.parametrize("value", [1e300, -1e39, sys.float_info.max])
def test_finite_value_beyond_float32_stays_finite(tracker: Tracker, value: float) -> None:
    tracker.log(x=value)
    tracker.close()
    assert points(tracker.run_dir) == [("x", 0, value)]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (
            1 + 2j,
            r"'train/loss' must be one real number, got complex \(1\+2j\); log its real part or abs\(\)",
        ),
        (np.complex64(1), "real part"),
        (np.array([1.0, 2.0]), r"'train/loss' must be one number, got numpy.ndarray of shape \(2,\)"),
        (np.array([]), r"of shape \(0,\)"),
        (Tensor(0.5, (3, 4)), r"of shape \(3, 4\); log its mean or max"),
        ("0.5", "got str '0.5'; pass a number"),
        (b"1", "got bytes"),
        (None, "got NoneType None"),
        ([0.5], r"got list \[0.5\]"),
        ({"a": 1}, "got dict"),
        (np.str_("1"), "got str '1'"),
        (np.datetime64("2026-01-01"), "got datetime.date"),
        (10**400, "must fit in a float"),
    ],
)
def test_anything_else_is_a_type_error_that_says_what_to_do(tracker: Tracker, value: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says) as raised:
        tracker.log({"good": 1, "train/loss": value})
    assert isinstance(raised.value, NotAScalar)
    tracker.log(loss=1)
    tracker.close()
    assert points(tracker.run_dir) == [("loss", 0, 1.0)]  # nothing of the bad call, nor its step


@pytest.mark.parametrize("step", [1.5, "3", object(), 2**63, -(2**63) - 1])
def test_step_that_is_no_int64_is_refused(tracker: Tracker, step: Any) -> None:
    with pytest.raises(WriterError, match="step must"):
        tracker.log(loss=1, step=step)


@pytest.mark.parametrize("metrics", [{"": 1}, {3: 1}, {metadata.EPOCH_TAG: 1}, {"loss\ud800": 1}])
def test_bad_metric_name_is_refused(tracker: Tracker, metrics: Any) -> None:
    with pytest.raises(WriterError, match="name must be"):
        tracker.log({"good": 1} | metrics)
    tracker.log(loss=1)
    tracker.close()
    assert points(tracker.run_dir) == [("loss", 0, 1.0)]  # nothing of the bad call, nor its step


@pytest.mark.parametrize("name", ["", metadata.EPOCH_TAG, "loss\ud800"])
def test_bad_metric_name_given_as_a_keyword_is_refused(tracker: Tracker, name: str) -> None:
    more: dict[str, Any] = {name: 3}
    with pytest.raises(WriterError, match="name must be"):
        tracker.log(good=1, **more)
    tracker.log(loss=1)
    tracker.close()
    assert points(tracker.run_dir) == [("loss", 0, 1.0)]


@pytest.mark.parametrize("metrics", [0.3, np.float32(0.3), np.zeros(3), [0.3], [[0.3]], "loss", {0.3}])
@pytest.mark.parametrize("more", [{}, {"acc": 0.9}])
def test_metrics_without_names_are_a_type_error_that_shows_how(
    tracker: Tracker, metrics: Any, more: Any
) -> None:
    with pytest.raises(TypeError, match=r"log\(loss=0.3\).* got .* without one"):
        tracker.log(metrics, **more)
    tracker.log({"loss": 0.3})
    tracker.close()
    assert [step for _, step, _ in points(tracker.run_dir)] == [0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"config": [1]}, r"config must be a mapping of names to values, got \[1\]"),
        ({"config": argparse.Namespace(lr=0.1)}, r"got Namespace\(lr=0.1\); pass vars\(args\)"),
        ({"logdir": 7}, "logdir must be a directory, got 7"),
        ({"logdir": b"runs"}, "logdir must be a directory, got b'runs'"),
    ],
)
def test_option_that_can_not_be_is_refused(tmp_path: Path, options: dict[str, Any], says: str) -> None:
    with pytest.raises(WriterError, match=says):
        Tracker("p", **{"logdir": tmp_path, **options})
    assert not list(tmp_path.iterdir())


def test_metric_given_twice_is_refused(tracker: Tracker) -> None:
    with pytest.raises(WriterError, match="'loss' is given twice"):
        tracker.log({"loss": 1}, loss=2)


def test_metrics_may_have_any_name(tracker: Tracker) -> None:
    tags = {"step": 1, "self": 2, "metrics": 3, "a/b c": 4, 'quote"': 5, "größe": 6}
    tracker.log(tags)
    tracker.log(**{"self": 7, "metrics": 8})
    tracker.close()
    assert {tag: value for tag, step, value in points(tracker.run_dir) if step == 0} == tags


def test_epoch_is_marked_at_its_first_step(tracker: Tracker) -> None:
    for epoch in tracker.epochs(3):
        for batch in range(4):
            tracker.log(loss=epoch + batch)
    tracker.close()
    assert epoch_marks(tracker.run_dir) == [(0, 0), (4, 1), (8, 2)]
    assert len(points(tracker.run_dir)) == 12


def test_epoch_mark_is_what_reader_and_writer_agreed_on(tracker: Tracker) -> None:
    with tracker.epoch(5):
        tracker.log(loss=1, step=40)
    tracker.close()
    _, marked, logged = raw_events(tracker.run_dir)
    (mark,), (loss,) = marked.summary.value, logged.summary.value
    assert (marked.step, mark.tag, logged.step, loss.tag) == (40, "candles/epoch", 40, "loss")
    assert mark.metadata.plugin_data.plugin_name == "candles"
    assert metadata.kind_of(mark.metadata.plugin_data.content) == "epoch"
    assert mark.tensor.dtype == 9  # DT_INT64
    assert mark.tensor.HasField("tensor_shape")
    assert len(mark.tensor.tensor_shape.dim) == 0
    assert make_ndarray(mark.tensor).item() == 5


def test_epoch_without_a_log_leaves_no_mark(tracker: Tracker) -> None:
    with tracker.epoch():
        pass
    tracker.log(val=1)
    with tracker.epoch() as number:
        tracker.log(loss=2)
    tracker.close()
    assert number == 1
    assert epoch_marks(tracker.run_dir) == [(1, 1)]


def test_call_without_metrics_says_where_an_epoch_begins(tracker: Tracker) -> None:
    with tracker.epoch(5):
        tracker.log({}, step=3)
        tracker.log(loss=2, step=4)
    tracker.close()
    assert epoch_marks(tracker.run_dir) == [(3, 5)]


def test_epoch_numbers_go_on(tracker: Tracker) -> None:
    for number in tracker.epochs(5):
        tracker.log(loss=number)
        if number == 1:
            break
    for number in tracker.epochs(2):
        tracker.log(loss=number)
    with tracker.epoch(10) as explicit:
        tracker.log(loss=1)
    with tracker.epoch() as following:
        tracker.log(loss=1)
    tracker.close()
    assert (explicit, following) == (10, 11)
    assert [epoch for _, epoch in epoch_marks(tracker.run_dir)] == [0, 1, 2, 3, 10, 11]


def test_nested_epochs_are_refused_and_leave_the_outer_one_open(tracker: Tracker) -> None:
    with tracker.epoch(), pytest.raises(WriterError, match="epoch 0 is still open"), tracker.epoch():
        pass
    with tracker.epoch() as number:
        tracker.log(loss=1)
    assert number == 1


def test_epoch_ends_when_its_body_raises(tracker: Tracker) -> None:
    with pytest.raises(ZeroDivisionError), tracker.epoch():
        tracker.log(loss=1 / 0)
    with tracker.epoch() as number:
        tracker.log(loss=1)
    assert number == 1


def test_log_after_close_says_what_to_do(tracker: Tracker) -> None:
    tracker.close()
    tracker.close()
    tracker.flush()
    with pytest.raises(WriterError, match="is closed; log before close"):
        tracker.log(loss=1)


def test_with_closes_the_tracker_when_training_fails(tmp_path: Path) -> None:
    def train() -> None:
        with Tracker("p", logdir=tmp_path, run="r") as tracker:
            tracker.log(loss=1)
            raise KeyError("batch")

    with pytest.raises(KeyError):
        train()
    assert points(tmp_path / "p" / "r") == [("loss", 0, 1.0)]


def test_dropped_tracker_loses_nothing(tmp_path: Path) -> None:
    def train() -> Path:
        tracker = Tracker("p", logdir=tmp_path)
        tracker.log(loss=1)
        return tracker.run_dir

    assert points(train()) == [("loss", 0, 1.0)]


def test_logging_needs_neither_tensorflow_nor_torch(tmp_path: Path) -> None:
    script = """
import sys
from tensorboard_candles import Tracker
with Tracker("p", logdir=sys.argv[1], config={"lr": 0.1}) as tracker:
    tracker.log(loss=1)
print({"tensorflow", "torch", "jax", "keras"} & set(sys.modules))
"""
    found = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "set()"
