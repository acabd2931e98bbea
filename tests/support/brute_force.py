"""What the contract says, computed slowly and plainly, to hold the product against.

Points are read by TensorBoard's own `EventFileLoader`; nothing here comes from the product.

>>> run = read_run(Path("logs/torch/restart"))
>>> candles(run, "loss", by="steps", width=100).columns["high"]
[…]
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto import event_pb2, types_pb2
from tensorboard.util import tensor_util

EPOCH_TAG = "candles/epoch"
NUMERIC = {
    types_pb2.DT_FLOAT, types_pb2.DT_DOUBLE, types_pb2.DT_HALF, types_pb2.DT_BFLOAT16,
    types_pb2.DT_INT8, types_pb2.DT_INT16, types_pb2.DT_INT32, types_pb2.DT_INT64,
    types_pb2.DT_UINT8, types_pb2.DT_UINT16, types_pb2.DT_UINT32, types_pb2.DT_UINT64,
}  # fmt: skip

By = Literal["steps", "epochs", "seconds"]
Column = list[Any]


class Point(NamedTuple):
    step: int
    wall_time: float
    value: float
    file: int
    offset: int


class Start(NamedTuple):
    """A SessionLog.START: from `step` on, what the run wrote before counts no more."""

    step: int
    wall_time: float
    file: int
    offset: int


@dataclass
class EventFile:
    name: str
    starts_at: float
    points: dict[str, list[Point]]
    starts: list[Start]


@dataclass
class Run:
    """Points of every tag in order of step, after restarts."""

    series: dict[str, list[Point]]
    epoch_marks: list[Point]

    def first_wall_time(self) -> float:
        return min(point.wall_time for points in self.series.values() for point in points)


# Reading ---------------------------------------------------------------------------------------------


def runs_of(logdir: Path) -> dict[str, Path]:
    """Directories that hold event files, named as TensorBoard names them."""
    found = {}
    for directory, _, names in os.walk(logdir):
        if any("tfevents" in name for name in names):
            found[os.path.relpath(directory, logdir)] = Path(directory)
    return found


def read_run(directory: Path) -> Run:
    names = sorted(name for name in os.listdir(directory) if "tfevents" in name)
    return run_of_files([read_file(directory / name, number) for number, name in enumerate(names)])


def run_of_files(files: list[EventFile], *, dropped_points_count: bool = False) -> Run:
    """The restart rules over files that are in order of name."""
    tags = sorted({tag for file in files for tag in file.points})
    kept = {tag: after_restarts(files, tag, dropped_points_count=dropped_points_count) for tag in tags}
    marks = kept.pop(EPOCH_TAG, [])
    return Run({tag: points for tag, points in kept.items() if points}, marks)


def read_file(path: Path, number: int) -> EventFile:
    file = EventFile(path.name, math.inf, {}, [])
    plugins: dict[str, str] = {}
    for offset, event in enumerate(EventFileLoader(str(path)).Load()):
        file.starts_at = min(file.starts_at, event.wall_time)
        if event.session_log.status == event_pb2.SessionLog.START:
            file.starts.append(Start(event.step, event.wall_time, number, offset))
        for value in event.summary.value:
            if value.HasField("metadata"):  # some writers say it with a tag's first value only
                plugins.setdefault(value.tag, value.metadata.plugin_data.plugin_name)
            number_read = value_of(value, plugins.get(value.tag, ""))
            if number_read is not None:
                point = Point(event.step, event.wall_time, number_read, number, offset)
                file.points.setdefault(value.tag, []).append(point)
    return file


def value_of(value: Any, plugin: str) -> float | None:
    """The number in a Summary.Value, or None where it is no point of ours."""
    ours = plugin in ("", "scalars") or (plugin == "candles" and value.tag == EPOCH_TAG)
    if not ours or not value.HasField("tensor") or value.tensor.dtype not in NUMERIC:
        return None
    if value.tensor.tensor_shape.dim:
        return None
    if value.tensor.dtype == types_pb2.DT_BFLOAT16:
        return bfloat16_of(value.tensor)
    for field in (value.tensor.uint32_val, value.tensor.uint64_val):  # which `make_ndarray` does not know
        if field:
            return float(field[0])
    return float(tensor_util.make_ndarray(value.tensor))


def bfloat16_of(tensor: Any) -> float:
    """`make_ndarray` knows no bfloat16 without TensorFlow; it is the upper half of a float32."""
    upper = int.from_bytes(tensor.tensor_content, "little") if tensor.tensor_content else tensor.half_val[0]
    (number,) = struct.unpack("<f", struct.pack("<I", upper << 16))
    return float(number)


# Order and restarts ----------------------------------------------------------------------------------


def after_restarts(files: list[EventFile], tag: str, *, dropped_points_count: bool = False) -> list[Point]:
    """Points of one tag that count, by step, ties by arrival.

    Where a later file restarts a tag, the design does not say whether points that a SessionLog dropped
    still count as the tag's earlier ones; tests keep to cases where that makes no difference.
    """
    dropped = dropped_by_session_starts(files, tag)
    for file in in_order_of_start(files):
        first = next((p for p in file.points.get(tag, []) if p not in dropped), None)
        earlier_files = in_order_of_start(files)[: in_order_of_start(files).index(file)]
        earlier = [
            p
            for f in earlier_files
            for p in f.points.get(tag, [])
            if dropped_points_count or p not in dropped
        ]
        if first is None or not earlier:
            continue
        starts_after = file.starts_at > max(p.wall_time for p in earlier)
        steps_back = first.step <= max(p.step for p in earlier)
        if starts_after and steps_back:
            dropped.update(p for p in earlier if p.step >= first.step)
    points = [p for file in files for p in file.points.get(tag, []) if p not in dropped]
    return sorted(points, key=lambda p: (p.step, p.file, p.offset))


def in_order_of_start(files: list[EventFile]) -> list[EventFile]:
    return sorted(files, key=lambda file: (file.starts_at, file.name))


def dropped_by_session_starts(files: list[EventFile], tag: str) -> set[Point]:
    starts = [start for file in files for start in file.starts]
    points = [point for file in files for point in file.points.get(tag, [])]
    return {p for p in points for start in starts if p.step >= start.step and written_before(p, start)}


def written_before(point: Point, start: Start) -> bool:
    if point.file == start.file:
        return point.offset < start.offset
    return (point.wall_time, point.file) < (start.wall_time, start.file)


# Buckets ---------------------------------------------------------------------------------------------


def positions(run: Run, points: Sequence[Point], by: By, steps_per_epoch: int | None = None) -> list[float]:
    """Where each point lies on the axis: its step, its epoch, or its seconds since the run's first point."""
    if by == "steps":
        return [point.step for point in points]
    if by == "seconds":
        origin = run.first_wall_time()
        return [point.wall_time - origin for point in points]
    boundaries = epoch_boundaries(run)
    if boundaries:
        return [epoch_at(boundaries, point.step) for point in points]
    if steps_per_epoch is None:
        raise ValueError("the run has no epochs")
    return [point.step // steps_per_epoch for point in points]


def epoch_boundaries(run: Run) -> list[Point]:
    if run.epoch_marks:
        return run.epoch_marks
    for tag in run.series:
        if tag == "epoch" or tag.endswith("/epoch"):
            return run.series[tag]
    return []


def epoch_at(boundaries: list[Point], step: int) -> int:
    latest = boundaries[0]
    for boundary in boundaries:
        if boundary.step <= step:
            latest = boundary
    return math.floor(latest.value)


def bucket_of(position: float, width: float) -> int:
    both_whole = isinstance(position, int) and isinstance(width, int)
    return int(position // width) if both_whole else math.floor(position / width)


def automatic_width(occupied: Sequence[float], limit: int, by: By) -> float:
    """Smallest of {1, 2, 5}·10^n that gives at most `limit` candles over these positions."""
    exponent = -9 if by == "seconds" else 0
    while True:
        for digit in (1, 2, 5):
            width = float(f"{digit}e{exponent}") if by == "seconds" else digit * 10**exponent
            buckets = {bucket_of(position, width) for position in occupied}
            candle_count = max(buckets) - min(buckets) + 1 if by == "seconds" else len(buckets)
            if candle_count <= limit:
                return width
        exponent += 1


# Candles ---------------------------------------------------------------------------------------------


@dataclass
class Candles:
    width: float
    points: int
    columns: dict[str, Column]


def candles(
    run: Run,
    tag: str,
    *,
    by: By = "steps",
    width: float | None = None,
    start: float = -math.inf,
    end: float = math.inf,
    limit: int = 1000,
    steps_per_epoch: int | None = None,
    volume: str = "count",
) -> Candles:
    points = run.series[tag]
    where = positions(run, points, by, steps_per_epoch)
    if width is None:
        inside = [position for position in where if start <= position < end]
        width = automatic_width(inside, limit, by)
    buckets = grouped(points, where, width, start, end)
    rows = [candle(bucket * width, buckets[bucket]) for bucket in sorted(buckets)]
    columns = {name: [row[name] for row in rows] for name in (*EXACT, "mean", "std")}
    if volume == "count":
        columns["volume"] = [row["count"] + row["nonfinite"] for row in rows]
    else:
        amounts = run.series[volume]
        by_bucket = grouped(amounts, positions(run, amounts, by, steps_per_epoch), width, start, end)
        columns["volume"] = [mean(finite(by_bucket.get(bucket, []))) for bucket in sorted(buckets)]
    return Candles(width, len(points), columns)


def grouped(
    points: Sequence[Point], where: Sequence[float], width: float, start: float, end: float
) -> dict[int, list[Point]]:
    """Points of each candle that overlaps [start, end), whole candles always."""
    buckets: dict[int, list[Point]] = {}
    for point, position in zip(points, where, strict=True):
        bucket = bucket_of(position, width)
        if bucket * width < end and (bucket + 1) * width > start:
            buckets.setdefault(bucket, []).append(point)
    return buckets


def candle(x: float, points: list[Point]) -> dict[str, Any]:
    prices = finite(points)
    high = max(prices, default=None)
    low = min(prices, default=None)
    return {
        "x": x,
        "first_step": min(point.step for point in points),
        "last_step": max(point.step for point in points),
        "open": prices[0] if prices else None,
        "high": high,
        "low": low,
        "close": prices[-1] if prices else None,
        "mean": mean(prices),
        "std": standard_deviation(prices),
        "count": len(prices),
        "nonfinite": len(points) - len(prices),
        "high_step": min((p.step for p in points if p.value == high), default=None),
        "low_step": min((p.step for p in points if p.value == low), default=None),
        "start_time": min(point.wall_time for point in points),
        "end_time": max(point.wall_time for point in points),
    }


def finite(points: Sequence[Point]) -> list[float]:
    return [point.value for point in points if math.isfinite(point.value)]


def mean(values: Sequence[float]) -> float | None:
    if not values:
        return None
    try:
        return math.fsum(values) / len(values)
    except OverflowError:
        return float(sum(map(Fraction, values)) / len(values))


def standard_deviation(values: Sequence[float]) -> float | None:
    """Of the population; exact fractions, so that 1e300 does not overflow when squared."""
    if not values:
        return None
    middle = sum(map(Fraction, values), Fraction(0)) / len(values)
    variance = sum(((Fraction(value) - middle) ** 2 for value in values), Fraction(0)) / len(values)
    with localcontext() as context:
        context.prec = 60
        return float((Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt())


# Comparing -------------------------------------------------------------------------------------------

EXACT = ("x", "first_step", "last_step", "open", "high", "low", "close", "count", "nonfinite", "high_step",
         "low_step", "start_time", "end_time")  # fmt: skip
SUMMED = ("mean", "std", "volume")


def differences(
    served: dict[str, Column], expected: Candles, *, scale: Callable[[str, int], float]
) -> list[str]:
    """Every cell in which the served columns are not the expected ones, in words."""
    found = []
    for name in (*EXACT, *SUMMED):
        got, want = served.get(name), expected.columns[name]
        if got is None or len(got) != len(want):
            found.append(f"{name}: {None if got is None else len(got)} rows, expected {len(want)}")
            continue
        for row, (a, b) in enumerate(zip(got, want, strict=True)):
            tolerance = scale(name, row) if name in SUMMED else 0.0
            if not same_number(a, b, tolerance):
                found.append(f"{name}[{row}] (x={expected.columns['x'][row]}): {a!r}, expected {b!r}")
    return found


def same_number(got: float | None, want: float | None, tolerance: float) -> bool:
    if got is None or want is None:
        return got is want
    return abs(got - want) <= tolerance
