"""Candles as summaries: made of points, or given as columns and checked."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import metadata, summary
from tensorboard_candles.errors import WriterError
from tests.writer.rows import candles_of_points, candles_of_rows, rows_in

ROW: dict[str, Any] = {
    "first_step": [0, 10], "last_step": [9, 19], "open": [1, 2], "high": [4, 5], "low": [0, 1],
    "close": [2, 3], "mean": [1.5, 2.5], "std": [0.5, 1], "count": [10, 8], "nonfinite": [0, 2],
    "high_step": [3, 13], "low_step": [4, 14], "start_time": [100, 200], "end_time": [199, 299],
}  # fmt: skip


def table(rows: Any) -> Any:
    (value,) = summary.candles_pb("loss", rows).value
    return make_ndarray(value.tensor)


def column(rows: Any, name: str) -> list[float]:
    found: list[float] = table(rows)[:, metadata.CANDLE_COLUMNS.index(name)].tolist()
    return found


def without(*names: str, **others: Any) -> dict[str, Any]:
    return {name: column for name, column in {**ROW, **others}.items() if name not in names}


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-50, 50),
            st.one_of(st.floats(-1e3, 1e3), st.sampled_from([math.nan, math.inf, 1e300])),
        )
    ),
    st.integers(1, 40),
)
def test_rows_made_of_points_are_their_candles(points: list[tuple[int, float]], width: int) -> None:
    steps, values = [step for step, _ in points], [value for _, value in points]
    rows = summary.candle_rows(steps, values, [float(step) for step in steps], width=width)
    expected = candles_of_points([("loss", *point) for point in points], lambda step: step // width)
    found = [{name: column[row].item() for name, column in rows.items()} for row in range(len(rows["open"]))]
    by_bucket = {("loss", row["first_step"] // width): row for row in found}
    assert list(by_bucket) == sorted(expected)
    for key, candle in expected.items():
        row = by_bucket[key]
        scale = max(abs(candle.get("high", 0)), abs(candle.get("low", 0)))
        for name, number in candle.items():
            tolerance = 1e-9 * scale if name in {"mean", "std"} else 0
            assert math.isclose(row[name], number, rel_tol=0, abs_tol=tolerance), name
        assert (row["start_time"], row["end_time"]) == (row["first_step"], row["last_step"])


def test_any_event_file_writer_takes_them(tmp_path: Path) -> None:
    rows = summary.candle_rows(range(100), np.sin(np.arange(100)), width=10)
    writer = EventFileWriter(str(tmp_path))
    writer.add_event(Event(step=99, summary=summary.candles_pb("loss", rows)))
    writer.close()
    found = candles_of_rows(rows_in(tmp_path), lambda step: step // 10)
    expected = candles_of_points(
        [("loss", step, math.sin(step)) for step in range(100)], lambda step: step // 10
    )
    for key, candle in expected.items():
        assert found[key][0] == pytest.approx(candle)


def test_columns_may_be_named_fields_or_one_array() -> None:
    assert np.array_equal(table(ROW), table(table(ROW)))
    fields = np.zeros(2, [(name, "f8") for name in ROW])
    for name, numbers in ROW.items():
        fields[name] = numbers
    assert np.array_equal(table(ROW), table(fields))


def test_what_follows_from_other_columns_may_be_left_out() -> None:
    one = {name: [0.5] for name in ("open", "high", "low", "close")} | {"first_step": [7], "count": [1]}
    for name, expected in {
        "last_step": 7, "high_step": 7, "low_step": 7, "mean": 0.5, "std": 0, "nonfinite": 0,
    }.items():  # fmt: skip
        assert column(one, name) == [expected], name
    start_time, end_time = table(one)[0, -2:]
    assert start_time == end_time > 1e9
    assert column(without("end_time"), "end_time") == ROW["start_time"]


def test_candle_without_finite_points_has_no_prices() -> None:
    rows = without(count=[0, 8], nonfinite=[3, 2])
    assert [math.isnan(column(rows, name)[0]) for name in ("open", "high", "low", "close", "mean", "std")]
    assert column(rows, "high_step") == [0, 13]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (without("open", "count"), "columns are missing: ['open', 'count']"),
        (without(volume=[1, 2]), "no such columns: ['volume']"),
        (without("high_step"), "high_step is missing, and row 0 is of more than one step"),
        (without("mean"), "mean is missing, and row 0 is of more than one point"),
        (without(close=[2, 6]), "row 1: close must be finite, and from low to high, got 6"),
        (without(high=[math.inf, 5]), "row 0: high must be finite"),
        (without(last_step=[9, 9]), "row 1: last_step must be at least first_step, got 9"),
        (without(high_step=[3, 9]), "row 1: high_step must be from first_step to last_step, got 9"),
        (without(first_step=[0.5, 10]), "first_step must be whole numbers within ±2^53, got 0.5"),
        (without(last_step=[9, 2**54]), "last_step must be whole numbers within ±2^53"),
        (without(count=[-1, 8]), "row 0: count must be from 0 to 2^40, got -1"),
        (without(count=[0, 8]), "row 0: nonfinite must be at least 1 where count is 0, got 0"),
        (without(std=[-1, 1]), "row 0: std must be finite, and at least 0, got -1"),
        (without(mean=[1.5, math.nan]), "row 1: mean must be from low to high, got nan"),
        (without(start_time=[math.nan, 0]), "row 0: start_time must be finite, got nan"),
        (without(end_time=[99, 299]), "row 0: end_time must be at least start_time, got 99"),
        (without(open=[1]), "open must have a number for each first_step, which are 2"),
        (without(open=["a", "b"]), "open must be numbers"),
        (np.zeros((3, 13)), "of shape (rows, 14), got shape (3, 13)"),
    ],
)
def test_rows_that_contradict_themselves_are_refused(rows: Any, message: str) -> None:
    with pytest.raises(WriterError) as raised:
        summary.candles_pb("loss", rows)
    assert message in str(raised.value)


def test_points_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(WriterError, match="of one length"):
        summary.candle_rows([1, 2], [0.5], width=1)
    with pytest.raises(WriterError, match="width must be > 0"):
        summary.candle_rows([1], [0.5], width=0)
    with pytest.raises(WriterError, match="step must be whole"):
        summary.candle_rows([1.5], [0.5], width=1)
    with pytest.raises(WriterError, match="tag must be"):
        summary.candles_pb("", ROW)


def test_without_tensorflow_the_op_says_what_it_needs() -> None:
    script = "import sys; sys.modules['tensorflow'] = None; from tensorboard_candles import summary;"
    script += "summary.candles('loss', summary.candle_rows([1], [2], width=1))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "ImportError: summary.candles needs TensorFlow: pip install tensorflow" in ended.stderr
