"""Rows of candles that a run's event files hold, and candles made of them by plain loops."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import metadata
from tests.writer.reading import raw_events

Candle = dict[str, float]


@dataclass(frozen=True)
class Row:
    tag: str
    is_late: bool
    columns: Candle


def rows_in(run_dir: Path) -> list[Row]:
    """Every row of every file, in the order written."""
    found = []
    for event in raw_events(run_dir):
        for value in event.summary.value:
            kind = metadata.kind_of(value.metadata.plugin_data.content)
            if kind in {metadata.CANDLES_KIND, metadata.LATE_CANDLES_KIND}:
                assert value.metadata.plugin_data.plugin_name == metadata.PLUGIN_NAME
                for line in make_ndarray(value.tensor):
                    columns = dict(zip(metadata.CANDLE_COLUMNS, line.tolist(), strict=True))
                    found.append(Row(value.tag, kind == metadata.LATE_CANDLES_KIND, columns))
    return found


def check_disjoint(rows: Iterable[Row]) -> None:
    """No two rows of a tag that aren't late share a step, and they rise."""
    reached: dict[str, float] = {}
    for row in rows:
        if not row.is_late:
            assert row.columns["first_step"] > reached.get(row.tag, -math.inf)
            reached[row.tag] = row.columns["last_step"]


def candles_of_rows(
    rows: Iterable[Row], bucket: Callable[[int], object]
) -> dict[tuple[str, object], tuple[Candle, bool]]:
    """Candles by tag and bucket, and whether open and close are beyond doubt."""
    groups: dict[tuple[str, object], list[Row]] = {}
    for row in rows:
        first, last = int(row.columns["first_step"]), int(row.columns["last_step"])
        assert bucket(first) == bucket(last), "a row goes over a boundary"
        groups.setdefault((row.tag, bucket(first)), []).append(row)
    return {
        key: (_merged([row.columns for row in some]), not _in_doubt(some)) for key, some in groups.items()
    }


def candles_of_points(
    points: Iterable[tuple[str, int, float]], bucket: Callable[[int], object]
) -> dict[tuple[str, object], Candle]:
    """Candles by tag and bucket, from points in the order of their arrival."""
    rows: dict[tuple[str, object], list[Candle]] = {}
    for tag, step, value in points:
        is_finite = math.isfinite(value)
        price = value if is_finite else math.nan
        columns = dict.fromkeys(("first_step", "last_step", "high_step", "low_step"), float(step))
        columns |= dict.fromkeys(("open", "high", "low", "close", "mean"), price)
        columns |= {"std": 0 * price, "count": float(is_finite), "nonfinite": float(not is_finite)}
        rows.setdefault((tag, bucket(step)), []).append(columns)
    return {key: _merged(some) for key, some in rows.items()}


def _in_doubt(rows: list[Row]) -> bool:
    return any(row.is_late for row in rows) and any(row.columns["nonfinite"] for row in rows)


def _merged(rows: list[Candle]) -> Candle:
    finite = [row for row in rows if row["count"]]
    first, last = min(row["first_step"] for row in rows), max(row["last_step"] for row in rows)
    count, nonfinite = (sum(row[name] for row in rows) for name in ("count", "nonfinite"))
    candle = {"first_step": first, "last_step": last, "count": count, "nonfinite": nonfinite}
    if not finite:
        return candle
    high, low = max(row["high"] for row in finite), min(row["low"] for row in finite)
    scale = max(abs(high), abs(low)) or 1.0
    mean = math.fsum(row["mean"] / scale * row["count"] for row in finite) / count
    square = math.fsum(
        row["count"] * ((row["std"] / scale) ** 2 + (row["mean"] / scale - mean) ** 2) for row in finite
    )
    return candle | {
        "open": min(finite, key=lambda row: row["first_step"])["open"],  # of equals the earlier
        "close": max(reversed(finite), key=lambda row: row["last_step"])["close"],  # the later
        "high": high,
        "low": low,
        "high_step": min(row["high_step"] for row in finite if row["high"] == high),
        "low_step": min(row["low_step"] for row in finite if row["low"] == low),
        "mean": mean * scale,
        "std": math.sqrt(square / count) * scale,
    }
