"""Candles that form in the output thread: when they are written, and as what bytes."""

from __future__ import annotations

import math

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import metadata
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.gathering import Gatherer
from tensorboard_candles.writer.layout import Items, LaterEvent, layout_of, starts_of
from tensorboard_candles.writer.records import FOOTER_BYTES, HEADER

NOW = 1.7e9


def log(gatherer: Gatherer, *rows: tuple[int, float], now: float = 0.0, tag: str = "loss") -> None:
    items: Items = []
    for step, value in rows:
        items += [layout_of((tag,)), step, NOW + step, value]
    assert gatherer.gather(items, starts_of(items), now) == []


def events(records: bytes) -> list[Event]:
    found, at = [], 0
    while at < len(records):
        length, _ = HEADER.unpack_from(records, at)
        payload = records[at + HEADER.size : at + HEADER.size + length]
        found.append(Event.FromString(payload))
        assert found[-1].SerializeToString() == payload  # as protobuf would have written it
        at += HEADER.size + length + FOOTER_BYTES
    return found


def rows(gatherer: Gatherer) -> list[dict[str, float]]:
    return [
        dict(zip(metadata.CANDLE_COLUMNS, row.tolist(), strict=True))
        for event in events(gatherer.records())
        for value in event.summary.value
        for row in make_ndarray(value.tensor)
    ]


def steps(gatherer: Gatherer) -> list[tuple[float, float]]:
    return [(row["first_step"], row["last_step"]) for row in rows(gatherer)]


def mark(gatherer: Gatherer, step: int) -> None:
    event = LaterEvent(1, Event, begins_epoch=True)
    assert gatherer.gather([event, step, NOW], [0], 0.0) == [0]  # it is still to be written


def test_candle_is_written_as_soon_as_its_tag_is_in_the_next() -> None:
    gatherer = Gatherer(10)
    log(gatherer, *((step, step / 4) for step in range(9)))
    assert rows(gatherer) == []
    log(gatherer, (9, 9.0), (10, 0.5))
    (row,) = rows(gatherer)
    assert row == {
        "first_step": 0, "last_step": 9, "open": 0, "high": 9, "low": 0, "close": 9, "count": 10,
        "mean": 1.8, "std": row["std"], "nonfinite": 0, "high_step": 9, "low_step": 0,
        "start_time": NOW, "end_time": NOW + 9,
    }  # fmt: skip
    assert math.isclose(row["std"], np.std([*np.arange(9) / 4, 9.0]))


def test_row_goes_over_no_epoch_mark() -> None:
    gatherer = Gatherer(None)
    log(gatherer, (0, 1), (4, 1))
    mark(gatherer, 5)
    log(gatherer, (5, 1), (6, 1))
    mark(gatherer, 8)
    log(gatherer, (7, 1), (8, 1))
    assert steps(gatherer) == [(0, 4), (5, 7)]


def test_mark_that_comes_late_ends_the_row_it_lies_in() -> None:
    gatherer = Gatherer(None)
    log(gatherer, (0, 1), (9, 1))
    mark(gatherer, 5)
    log(gatherer, (7, 1), (12, 1))
    gatherer.end_rows(0.0)
    kinds = [
        (metadata.kind_of(value.metadata.plugin_data.content), make_ndarray(value.tensor)[:, :2].tolist())
        for event in events(gatherer.records())
        for value in event.summary.value
    ]
    assert kinds == [
        (metadata.CANDLES_KIND, [[0, 9]]),
        (metadata.LATE_CANDLES_KIND, [[7, 7]]),
        (metadata.CANDLES_KIND, [[12, 12]]),
    ]


def test_steps_that_no_row_can_hold_are_left_to_be_written_as_points() -> None:
    gatherer, both = Gatherer(1000), layout_of(("loss", "acc"))
    items: Items = []
    for step in (2**53 + 1, -(2**53), 2**53, -(2**53) - 1, -(2**63)):
        items += [both, step, NOW, 0.5, 0.25]
    assert gatherer.gather(items, starts_of(items), 0.0) == [0, 15, 20]
    gatherer.end_rows(0.0)
    assert sorted(steps(gatherer)) == [(-(2**53), -(2**53))] * 2 + [(2**53, 2**53)] * 2


def test_an_hour_long_candle_costs_some_hundred_rows_and_little_is_ever_unwritten() -> None:
    gatherer, now, written = Gatherer(None), 0.0, []
    for second in range(3600):
        now = float(second)
        log(gatherer, (second, 0.5), now=now)
        if gatherer.due_in(now) <= 0:
            gatherer.end_rows(now)
        written += rows(gatherer)
        unwritten = second + 1 - sum(row["count"] for row in written)
        assert unwritten <= max(1, math.ceil(0.01 * now))
    assert 400 < len(written) < 500
    assert [row["first_step"] for row in written[1:]] == [row["last_step"] + 1 for row in written[:-1]]


def test_candle_that_is_young_again_is_written_each_second_again() -> None:
    gatherer = Gatherer(1000)
    log(gatherer, (0, 1), now=0.0)
    gatherer.end_rows(1000.0)
    log(gatherer, (500, 1), now=1000.0)
    assert 9 < gatherer.due_in(1000.0) < 11
    log(gatherer, (1000, 1), now=1000.5)
    assert gatherer.due_in(1000.5) == 0.5


def test_tags_of_one_call_are_written_in_few_events() -> None:
    gatherer, names = Gatherer(10), tuple(f"m{number}" for number in range(600))
    items = [layout_of(names), 3, NOW, *range(600)]
    gatherer.gather(items, [0], 0.0)
    gatherer.end_rows(0.0)
    found = events(gatherer.records())
    assert [len(event.summary.value) for event in found] == [256, 256, 88]
    assert {(event.step, event.wall_time) for event in found} == {(3, NOW)}
    assert {
        value.tag: make_ndarray(value.tensor)[0, 2] for event in found for value in event.summary.value
    } == {name: number for number, name in enumerate(names)}


def test_value_is_what_protobuf_makes_of_the_same_rows() -> None:
    gatherer = Gatherer(2)
    log(gatherer, (0, 1.5), (2, 2.5), (4, 3.5), tag="größe")
    (event,) = events(gatherer.records())
    (value,) = event.summary.value
    assert value == summaries.candles("größe", make_ndarray(value.tensor))
    assert make_ndarray(value.tensor).shape == (2, len(metadata.CANDLE_COLUMNS))


def test_large_numbers_beside_infinite_ones_are_gathered_without_a_warning() -> None:
    gatherer = Gatherer(10)
    with np.errstate(all="raise"):
        log(gatherer, (0, 1.5e308), (1, -1.5e308), (2, math.inf), (3, math.nan), (4, 1.5e308))
        gatherer.end_rows(0.0)
        (row,) = rows(gatherer)
    assert (row["high"], row["low"], row["mean"], row["nonfinite"]) == (1.5e308, -1.5e308, 0.5e308, 2)


def test_many_points_at_once_are_gathered_in_parts() -> None:
    gatherer, count = Gatherer(1000), 300_000
    layout = layout_of(("loss",))
    items: Items = [item for step in range(count) for item in (layout, step, NOW, float(step))]
    assert gatherer.gather(items, starts_of(items), 0.0) == []
    gatherer.end_rows(0.0)
    found = rows(gatherer)
    assert [row["high"] for row in found] == [float(high) for high in range(999, count, 1000)]
    assert sum(row["count"] for row in found) == count
