from __future__ import annotations

import numpy as np
import pytest

from tensorboard_candles.api import series as series_module
from tensorboard_candles.api.answer import Table
from tensorboard_candles.api.series import tables_of
from tensorboard_candles.errors import TooLarge
from tensorboard_candles.events.points import no_points
from tensorboard_candles.store import RunView, Series


def asked(count: int) -> list[tuple[RunView, Series]]:
    steps = np.arange(3)
    found = []
    for index in range(count):
        one = Series("run", f"tag{index}", steps, steps.astype(np.float64), np.ones(3))
        found.append((RunView.of("run", "1", {one.tag: one}, no_points()), one))
    return found


def test_a_series_asked_for_twice_is_made_once() -> None:
    made: list[str] = []

    def table(view: RunView, series: Series) -> Table:
        made.append(series.tag)
        return Table({}, {"x": series.step[:]})

    assert len(tables_of(asked(1) * 1000, table)) == 1000
    assert made == ["tag0"]


def test_an_answer_that_grows_too_large_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series_module, "MOST_NUMBERS", 10)
    made: list[str] = []

    def table(view: RunView, series: Series) -> Table:
        made.append(series.tag)
        return Table({}, {"x": series.step[:]})

    with pytest.raises(TooLarge, match="at most 10 numbers"):
        tables_of(asked(100), table)
    assert len(made) == 4
