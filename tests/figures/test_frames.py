"""Data frames of pandas, which is not asked for: whoever has one has it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tensorboard_candles.figures.history import history_of
from tests.figures.test_history import COLUMNS, EXPECTED, columns

pandas: Any = pytest.importorskip("pandas")


def test_frame_gives_the_points_of_its_columns() -> None:
    assert columns(history_of(pandas.DataFrame(COLUMNS))) == EXPECTED


def test_index_or_a_column_says_where_rows_belong() -> None:
    index = pandas.Index([3, 4, 5], name="step")
    indexed = history_of(pandas.DataFrame({**COLUMNS, "name": ["a", "b", "c"]}, index=index))
    assert (indexed.unit, columns(indexed)["loss"]) == ("step", ([3, 4, 5], COLUMNS["loss"]))
    named = history_of(pandas.DataFrame({"step": [7, 8, 9], **COLUMNS}, index=index))
    assert columns(named)["loss"] == ([7, 8, 9], COLUMNS["loss"])


def test_rows_of_dates_are_counted() -> None:
    frame = pandas.DataFrame(COLUMNS, index=pandas.to_datetime(["2026-01-01", "2026-01-02", "2026-02-01"]))
    assert columns(history_of(frame)) == EXPECTED


def test_empty_cell_is_where_nothing_was_logged() -> None:
    frame = pandas.DataFrame({"loss": [1.0, math.nan, math.inf], "acc": [0.1, 0.2, None]})
    assert columns(history_of(frame)) == {"loss": ([0, 2], [1.0, math.inf]), "acc": ([0, 1], [0.1, 0.2])}
