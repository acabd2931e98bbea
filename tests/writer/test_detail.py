"""Candles instead of points: what is read of them is what would be read of the points."""

from __future__ import annotations

import math
import tempfile
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles import Tracker
from tests.writer.reading import epoch_marks, points
from tests.writer.rows import candles_of_points, candles_of_rows, check_disjoint, rows_in

TAGS = ["loss", "acc", "val/loss"]
values = st.one_of(
    st.floats(-1e3, 1e3, width=32),
    st.sampled_from([0.1, math.nan, math.inf, -math.inf, 1e300, -1e300, 1e-300, 0.0, -0.0]),
)


@dataclass(frozen=True)
class Call:
    """One call of `log`, and what goes before it."""

    advance: int
    metrics: dict[str, float]
    flushes: bool = False
    begins_epoch: bool = False


@dataclass(frozen=True)
class Loop:
    calls: list[Call] = field(default_factory=list)

    def run(self, logdir: Path, **options: Any) -> Path:
        with Tracker("p", logdir=logdir, run="r", **options) as tracker:
            step, epoch = 0, None
            for call in self.calls:
                step += call.advance
                if call.flushes:
                    tracker.flush()
                if call.begins_epoch:
                    if epoch:
                        epoch.__exit__(None, None, None)
                    epoch = tracker.epoch()
                    epoch.__enter__()
                tracker.log(call.metrics, step=step)
        return tracker.run_dir


def loops(*, goes_back: bool, marks: bool) -> st.SearchStrategy[Loop]:
    advance = st.integers(0, 9)
    if goes_back:
        advance = st.one_of(advance, advance, st.integers(-40, 0))
    call = st.builds(
        Call,
        advance=advance,
        metrics=st.dictionaries(st.sampled_from(TAGS), values, min_size=1),
        flushes=st.sampled_from([False] * 6 + [True]),
        begins_epoch=st.sampled_from([False] * 6 + [True]) if marks else st.just(False),
    )
    if not goes_back:
        call = call.map(_with_mark_at_a_new_step)
    return st.builds(Loop, st.lists(call, min_size=1, max_size=60))


def _with_mark_at_a_new_step(call: Call) -> Call:
    """An epoch that begins at a step that was logged already has its own test: what its rows tell is less."""
    return replace(call, advance=max(call.advance, 1)) if call.begins_epoch else call


def check_candles(loop: Loop, candle_steps: int | None) -> None:
    with tempfile.TemporaryDirectory() as name:
        as_points = loop.run(Path(name, "points"))
        as_candles = loop.run(Path(name, "candles"), detail="candles", candle_steps=candle_steps)
        begins = sorted(step for step, _ in epoch_marks(as_points))
        assert sorted(step for step, _ in epoch_marks(as_candles)) == begins
        rows = rows_in(as_candles)
        assert points(as_candles) == []

        def bucket(step: int) -> object:
            return step // candle_steps if candle_steps else 0, bisect_right(begins, step)

        found = candles_of_rows(rows, bucket)
        expected = candles_of_points(points(as_points), bucket)
    check_disjoint(rows)
    assert found.keys() == expected.keys()
    for key, (candle, is_beyond_doubt) in found.items():
        _check_equal(candle, expected[key], is_beyond_doubt)


def _check_equal(found: dict[str, float], expected: dict[str, float], is_beyond_doubt: bool) -> None:
    assert found.keys() == expected.keys()
    scale = max(abs(expected.get("high", 0)), abs(expected.get("low", 0)))
    for name, number in expected.items():
        if name in {"mean", "std"}:
            assert math.isclose(found[name], number, rel_tol=1e-9, abs_tol=1e-12 * scale), name
        elif is_beyond_doubt or name not in {"open", "close"}:
            assert found[name] == number, name


@settings(max_examples=60, deadline=None)
@given(loops(goes_back=False, marks=True), st.sampled_from([None, 1, 10, 1000]))
def test_candles_are_those_of_the_points(loop: Loop, candle_steps: int | None) -> None:
    check_candles(loop, candle_steps)


@settings(max_examples=60, deadline=None)
@given(loops(goes_back=True, marks=False), st.sampled_from([None, 1, 10, 1000]))
def test_steps_that_go_back_lose_and_invent_nothing(loop: Loop, candle_steps: int | None) -> None:
    check_candles(loop, candle_steps)


@settings(max_examples=40, deadline=None)
@given(loops(goes_back=True, marks=True))
def test_marks_that_are_set_back_lose_and_invent_no_point(loop: Loop) -> None:
    with tempfile.TemporaryDirectory() as name:
        expected = candles_of_points(points(loop.run(Path(name, "points"))), lambda step: 0)
        rows = rows_in(loop.run(Path(name, "candles"), detail="candles", candle_steps=10))
    check_disjoint(rows)
    found = candles_of_rows([replace(row, is_late=True) for row in rows], lambda step: 0)
    assert found.keys() == expected.keys()
    for key, (candle, is_beyond_doubt) in found.items():
        _check_equal(candle, expected[key], is_beyond_doubt)
