"""Candles of candles that a writer made are those of the points that went into them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles import metadata
from tensorboard_candles.events import BulkDecoder, Points, Window
from tensorboard_candles.events.window import WindowDecoder
from tensorboard_candles.ohlc import Axis, Candles, SecondsAxis, StepAxis, candles, line_of, volume_of
from tensorboard_candles.ohlc.axes import EpochAxis
from tensorboard_candles.ohlc.epochs import EqualEpochs
from tensorboard_candles.store import Memory, Series
from tensorboard_candles.store.run import Run
from tests.support.candle_rows import row_of, rows_record
from tests.support.records import FIRST_SECOND, scalar_record

EXACT = (
    "bucket x first_step last_step open high low close count nonfinite high_step low_step start_time end_time"
).split()
WIDTH = 10
ODD = [np.nan, np.inf, -np.inf]


def series_of(*files: bytes) -> Series:
    """What a run of these files holds under "loss"."""
    run = Run("a", Memory(1 << 40))
    run.keep_only(tuple(Path(f"a/events.out.tfevents.{number:03}") for number in range(len(files))))
    for file, content in zip(run.files.values(), files, strict=True):
        found = WindowDecoder(BulkDecoder()).decode(content)
        assert not found.damages
        run.add(file, Window(found.segments, found.first_wall_time, replaced=False))
        run.finish(file, None)
    return run.view().series["loss"]


def raw(points: Points) -> bytes:
    columns = (points.step.tolist(), points.wall_time.tolist(), points.value.tolist())
    return b"".join(
        scalar_record("loss", step=step, wall_time=time, value=value)
        for step, time, value in zip(*columns, strict=True)
    )


def stretches_of(points: Points, cuts: Sequence[int], width: int = WIDTH) -> list[Points]:
    """Cut near these rows, and so that none reaches over a multiple of `width`; no step is cut in two."""
    ends = np.flatnonzero(np.diff(points.step // width)) + 1
    near = np.searchsorted(points.step, points.step[[cut for cut in cuts if cut < len(points)]])
    every = np.unique([0, *ends, *near, len(points)]).tolist()
    return [
        Points(points.step[low:high], points.wall_time[low:high], points.value[low:high])
        for low, high in pairwise(every)
    ]


def assert_same(found: Candles, wanted: Candles) -> None:
    for name in EXACT:
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), name)
    level = np.fmax(np.abs(wanted.high), np.abs(wanted.low))
    for name in ("mean", "std"):
        off = np.abs(getattr(found, name) - getattr(wanted, name))
        assert not (off > 1e-12 * level).any(), name
        np.testing.assert_array_equal(np.isnan(off), np.isnan(wanted.mean))
    assert found.extent == wanted.extent


AXES: list[Axis] = [StepAxis(), EpochAxis(EqualEpochs(WIDTH)), SecondsAxis(FIRST_SECOND)]


def points_of(strides: Sequence[int], value: Sequence[float]) -> Points:
    step = np.cumsum(strides)
    return Points(step, FIRST_SECOND + step, np.array(value, np.float32))


values = st.one_of(st.floats(-1e3, 1e3, width=32), st.sampled_from([1.0, 2.0, *ODD]))


@given(
    st.lists(st.tuples(st.integers(0, 9), values), min_size=1, max_size=150),
    st.lists(st.integers(0, 150), max_size=20),
    st.lists(st.tuples(st.booleans(), st.integers(0, 2)), min_size=1, max_size=20),
)
@settings(deadline=None)
def test_candles_of_any_cut_into_rows_and_points_are_those_of_all_points(
    drawn: list[tuple[int, float]], cuts: list[int], how: list[tuple[bool, int]]
) -> None:
    points = points_of(*zip(*drawn, strict=True))
    files: dict[int, bytes] = {}
    for number, stretch in enumerate(stretches_of(points, cuts)):
        is_raw, file = how[number % len(how)]
        files[file] = files.get(file, b"") + (
            raw(stretch) if is_raw else rows_record("loss", [row_of(stretch)])
        )
    found, wanted = series_of(*files.values()), series_of(raw(points))
    for axis in AXES:
        for width in (1, 2, 7) if axis.by == "epochs" else (WIDTH, 3 * WIDTH, 1000):
            assert_same(candles(found, axis, width=width), candles(wanted, axis, width=width))
    assert (found.point_count, found.last_step) == (len(wanted), wanted.last_step)
    assert found.nonfinite_count == wanted.nonfinite_count


def noise(count: int, *, level: float = 0.0, bad: float = 0.02) -> Points:
    dice = np.random.default_rng(count)
    value = (level + dice.normal(size=count).round(1)).astype(np.float32)
    is_bad = dice.random(count) < bad
    value[is_bad] = dice.choice(ODD, int(is_bad.sum()))
    step = np.arange(count)
    return Points(step, FIRST_SECOND + step.astype(np.float64), value)


@pytest.mark.parametrize("level", [0.0, 1e6])
@pytest.mark.parametrize("width", [100, 700, 5000, 10**6])
def test_long_series_of_rows_and_points_are_summed_up_by_blocks(width: int, level: float) -> None:
    points = noise(12_000, level=level)
    cuts = np.cumsum(np.random.default_rng(1).integers(1, 12, 4_000))
    parts = stretches_of(points, cuts.tolist(), width=100)
    content = b"".join(
        raw(part) if number // 50 % 3 == 0 else rows_record("loss", [row_of(part)])
        for number, part in enumerate(parts)
    )
    found, wanted = series_of(content), series_of(raw(points))
    assert len(found) > 64 * 16
    assert_same(candles(found, StepAxis(), width=width), candles(wanted, StepAxis(), width=width))
    window = {"start": 2_300, "end": 9_150, "width": width}
    assert_same(candles(found, StepAxis(), **window), candles(wanted, StepAxis(), **window))


@pytest.mark.parametrize("parts", [[(100, 100), (100, 100)], [(30, 100), (100, 30)], [(50, 20), (20, 50)]])
def test_rows_of_ranks_over_the_same_steps_all_count(parts: list[tuple[int, int]]) -> None:
    ranks = [noise(1000), noise(1000)]
    ranks[1] = Points(ranks[1].step, ranks[1].wall_time + 0.25, ranks[1].value[::-1])
    made = [
        b"".join(
            rows_record("loss", [row_of(part)])
            for part in stretches_of(rank, list(range(0, 1000, sizes[rank is ranks[1]])), width=100)
        )
        for rank, sizes in zip(ranks, parts, strict=True)
    ]
    found, wanted = series_of(*made), series_of(*map(raw, ranks))
    for axis in (AXES[0], AXES[2]):
        assert_same(candles(found, axis, width=100), candles(wanted, axis, width=100))
        assert_same(candles(found, axis, width=500), candles(wanted, axis, width=500))


def test_an_extreme_that_several_writers_met_has_the_first_step_of_any() -> None:
    early, late = noise(10, bad=0.0), noise(10, bad=0.0)
    early.value[:], late.value[:] = 0.0, 0.0
    late.value[[2, 3]], early.value[[8, 9]] = [5.0, -5.0], [5.0, -5.0]
    found = series_of(rows_record("loss", [row_of(early)]), rows_record("loss", [row_of(late)]))
    candle = candles(found, StepAxis(), width=10)
    assert (candle.high_step.tolist(), candle.low_step.tolist()) == ([2], [3])


def test_late_rows_add_to_the_row_whose_steps_they_lie_in() -> None:
    points = noise(20, bad=0.0)
    on_time = Points(points.step[::2], points.wall_time[::2], points.value[::2])
    late = Points(points.step[5:9:2], points.wall_time[5:9:2], points.value[5:9:2])
    rest = Points(points.step[1::2], points.wall_time[1::2], points.value[1::2])
    content = rows_record("loss", [row_of(on_time)])
    content += rows_record("loss", [row_of(late)], kind=metadata.LATE_CANDLES_KIND)
    found = candles(series_of(content), StepAxis(), width=100)
    wanted = candles(series_of(raw(on_time) + raw(late)), StepAxis(), width=100)
    assert_same(found, wanted)
    both = rows_record("loss", [row_of(rest)], kind=metadata.LATE_CANDLES_KIND) * 2
    assert series_of(content + both).point_count == 12 + 2 * len(rest)


def test_a_width_below_that_of_the_rows_shows_each_where_it_begins_and_how_far_it_reaches() -> None:
    points = noise(30, bad=0.0)
    found = series_of(b"".join(rows_record("loss", [row_of(part)]) for part in stretches_of(points, [])))
    by_step = candles(found, StepAxis(), width=1)
    assert by_step.x.tolist() == [0, 10, 20]
    assert by_step.last_step.tolist() == [9, 19, 29]
    assert (by_step.extent, found.resolution) == ((0, 30), 10)
    assert candles(found, StepAxis(), limit=2).width == 20


def test_volume_from_rows_is_the_mean_of_their_points() -> None:
    price, volume = series_of(raw(noise(1000))), noise(1000, level=3.0)
    rows = b"".join(rows_record("loss", [row_of(part)]) for part in stretches_of(volume, [3, 500, 512]))
    found = candles(price, StepAxis(), width=100)
    wanted = volume_of(found, StepAxis(), series_of(raw(volume)))
    np.testing.assert_allclose(volume_of(found, StepAxis(), series_of(rows)), wanted, rtol=1e-12)
    made = candles(series_of(rows), StepAxis(), width=100)
    assert volume_of(made, StepAxis(), None).tolist() == [100.0] * 10


def test_a_line_goes_through_open_high_low_and_close_of_each_row() -> None:
    step, value = np.arange(8), np.array([2.0, 5.0, 1.0, 3.0, 7.0, np.nan, 7.0, 6.0], np.float32)
    points = Points(step, FIRST_SECOND + step.astype(np.float64), value)
    parts = [points.where((low <= step) & (step < high)) for low, high in ((0, 4), (4, 5), (5, 6), (6, 8))]
    line = line_of(series_of(b"".join(rows_record("loss", [row_of(part)]) for part in parts)))
    assert line.step.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    np.testing.assert_array_equal(line.value, value)
    assert line.wall_time.tolist() == (FIRST_SECOND + step).tolist()
    numbers = series_of(raw(points))
    assert line_of(numbers) is numbers


def test_what_grows_point_by_point_and_row_by_row_is_at_each_length_what_it_is_in_whole() -> None:
    points = noise(1500)
    parts = stretches_of(points, list(range(0, 1500, 4)))
    records = [
        raw(one) if number % 5 > 2 else rows_record("loss", [row_of(one)]) for number, one in enumerate(parts)
    ]
    run = Run("a", Memory(1 << 40))
    run.keep_only((Path("a/events.out.tfevents.1"), Path("a/events.out.tfevents.2")))
    decoders = [WindowDecoder(BulkDecoder()), WindowDecoder(BulkDecoder())]
    for begin in range(0, len(records), 60):
        for number, (file, decoder) in enumerate(zip(run.files.values(), decoders, strict=True)):
            some = range(begin, min(begin + 60, len(records)))
            found = decoder.decode(b"".join(records[at] for at in some if at // 4 % 2 == number))
            run.add(file, Window(found.segments, found.first_wall_time, replaced=False))
        last = int(parts[some[-1]].step[-1])
        wanted = series_of(raw(points.where(points.step <= last)))
        grown = run.view().series["loss"]
        assert_same(candles(grown, StepAxis(), width=50), candles(wanted, StepAxis(), width=50))


def test_steps_of_points_beyond_all_rows_stay_exact() -> None:
    far = 2**62 + 1
    record = scalar_record("loss", step=far, value=1.0)
    found = series_of(rows_record("loss", [row_of(noise(10))]) + record)
    assert candles(found, StepAxis(), width=10).last_step.tolist() == [9, far]
