"""Candles of many points at once: rows that merge into wider ones without a loop over them.

Here rows are an array of shape (16, rows), float64: a line for each of `metadata.CANDLE_COLUMNS` and the
steps of open and close, by which rows merge exactly whatever steps they share. While they merge, a row
without a finite point has high −inf, low +inf and mean 0, and the steps of its prices are infinite.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tensorboard_candles import metadata

Int64Array = npt.NDArray[np.int64]
Float64Array = npt.NDArray[np.float64]

(
    FIRST_STEP, LAST_STEP, OPEN, HIGH, LOW, CLOSE, MEAN, STD, COUNT, NONFINITE, HIGH_STEP, LOW_STEP,
    START_TIME, END_TIME, OPEN_STEP, CLOSE_STEP,
) = range(16)  # fmt: skip
COLUMNS = 16

_MINIMA = [FIRST_STEP, LOW, START_TIME, OPEN_STEP]
_MAXIMA = [LAST_STEP, HIGH, END_TIME, CLOSE_STEP]
_SUMS = [COUNT, NONFINITE]
_SMALLEST, _LARGEST = 1e-100, 1e140
"""Magnitudes between which squares, and sums of very many of them, are safe in a double."""


def of_points(step: Int64Array, wall_time: Float64Array, value: Float64Array) -> Float64Array:
    """A row of each point.

    >>> rows = of_points(np.array([4, 5]), np.array([1.5, 1.6]), np.array([0.25, np.inf]))
    >>> rows[HIGH], rows[NONFINITE], rows[LAST_STEP]
    (array([0.25, -inf]), array([0., 1.]), array([4., 5.]))
    """
    is_finite = np.isfinite(value)
    rows = np.empty((COLUMNS, len(step)))
    rows[FIRST_STEP] = rows[LAST_STEP] = step
    rows[START_TIME] = rows[END_TIME] = wall_time
    rows[COUNT], rows[NONFINITE] = is_finite, ~is_finite
    rows[STD] = 0
    if is_finite.all():
        rows[[OPEN, HIGH, LOW, CLOSE, MEAN]] = value
        rows[[HIGH_STEP, LOW_STEP, OPEN_STEP, CLOSE_STEP]] = step
        return rows
    rows[[OPEN, CLOSE, MEAN]] = np.where(is_finite, value, 0)
    rows[HIGH], rows[LOW] = np.where(is_finite, value, -np.inf), np.where(is_finite, value, np.inf)
    rows[[HIGH_STEP, LOW_STEP, OPEN_STEP]] = np.where(is_finite, step, np.inf)
    rows[CLOSE_STEP] = np.where(is_finite, step, -np.inf)
    return rows


def of_lines(
    step: Int64Array, wall_time: Float64Array, value: Float64Array, begins: Int64Array
) -> Float64Array:
    """Lines of points at the same steps, which never fall: merged from each of `begins` to before the next.

    The rows of the first line stand before those of the second.

    >>> value = np.array([[3.0, 1.0, 8.0], [9.0, np.nan, 5.0]])
    >>> rows = of_lines(np.array([4, 6, 7]), np.zeros(3), value, np.array([0, 2]))
    >>> rows[HIGH], rows[CLOSE], rows[LAST_STEP]
    (array([3., 8., 9., 5.]), array([1., 8., 9., 5.]), array([6., 7., 6., 7.]))
    """
    count = len(step)
    group, ends = _groups(begins, count), np.append(begins[1:], count) - 1
    rows = np.empty((COLUMNS, len(value), len(begins)))
    rows[[FIRST_STEP, OPEN_STEP]], rows[[LAST_STEP, CLOSE_STEP]] = step[begins], step[ends]
    rows[START_TIME] = np.fmin.reduceat(wall_time, begins)
    rows[END_TIME] = np.fmax.reduceat(wall_time, begins)
    rows[OPEN], rows[CLOSE] = value[:, begins], value[:, ends]
    rows[COUNT], rows[NONFINITE] = np.diff(begins, append=count), 0
    # Lines with numbers that are not finite are made anew below.
    with np.errstate(invalid="ignore", over="ignore"):
        rows[HIGH] = np.maximum.reduceat(value, begins, axis=1)
        rows[LOW] = np.minimum.reduceat(value, begins, axis=1)
        for price, at in ((HIGH, HIGH_STEP), (LOW, LOW_STEP)):
            is_extreme = value == rows[price][:, group]
            rows[at] = np.minimum.reduceat(np.where(is_extreme, step, np.inf), begins, axis=1)
        rows[MEAN], rows[STD] = _moments(value, None, None, begins, rows)
    for line in np.flatnonzero(~np.isfinite(value).all(axis=1)).tolist():
        rows[:, line] = merged(of_points(step, wall_time, value[line]), begins)
    return rows.reshape(COLUMNS, -1)


def merged(rows: Float64Array, begins: Int64Array) -> Float64Array:
    """Neighbours merged, those from each of `begins` to before the next into one row.

    Order within a group matters only where steps are equal: it is that of arrival then.

    >>> rows = of_points(np.array([4, 6, 5]), np.zeros(3), np.array([3.0, 1.0, 8.0]))
    >>> one = merged(rows, np.array([0]))[:, 0]
    >>> one[[OPEN, HIGH, LOW, CLOSE, MEAN, HIGH_STEP]]
    array([3., 8., 1., 1., 4., 5.])
    """
    count = rows.shape[1]
    group = _groups(begins, count)
    place = np.arange(count)
    out = np.empty((COLUMNS, len(begins)))
    out[_MINIMA] = np.fmin.reduceat(rows[_MINIMA], begins, axis=1)
    out[_MAXIMA] = np.fmax.reduceat(rows[_MAXIMA], begins, axis=1)
    out[_SUMS] = np.add.reduceat(rows[_SUMS], begins, axis=1)
    for price, step in ((HIGH, HIGH_STEP), (LOW, LOW_STEP)):
        is_extreme = rows[price] == out[price][group]
        out[step] = np.minimum.reduceat(np.where(is_extreme, rows[step], np.inf), begins)
    is_open, is_close = (rows[step] == out[step][group] for step in (OPEN_STEP, CLOSE_STEP))
    out[OPEN] = rows[OPEN][np.minimum.reduceat(np.where(is_open, place, count), begins)]
    out[CLOSE] = rows[CLOSE][np.maximum.reduceat(np.where(is_close, place, -1), begins)]
    out[MEAN], out[STD] = _moments(rows[MEAN], rows[STD], rows[COUNT], begins, out)
    return out


def _moments(
    mean: Float64Array,
    std: Float64Array | None,
    count: Float64Array | None,
    begins: Int64Array,
    out: Float64Array,
) -> tuple[Float64Array, Float64Array]:
    """Means and population deviations (Chan, Golub and LeVeque 1983, eq. 2.1), measured from the mean.

    Of points where there is no `std` and no `count`.
    """
    group = _groups(begins, mean.shape[-1])
    exponent = _exponents(out[HIGH], out[LOW])
    origin, at_least_one = out[OPEN], np.maximum(out[COUNT], 1)
    if exponent.any():
        mean, origin = np.ldexp(mean, -exponent[..., group]), np.ldexp(origin, -exponent)
        std = None if std is None else np.ldexp(std, -exponent[..., group])
    beyond = mean - origin[..., group]
    if count is not None:
        beyond = beyond * count
    center = origin + np.add.reduceat(beyond, begins, axis=-1) / at_least_one
    square = (mean - center[..., group]) ** 2
    if std is not None:
        square += std**2
    if count is not None:
        square *= count
    variance = np.add.reduceat(square, begins, axis=-1) / at_least_one
    return np.ldexp(center, exponent), np.ldexp(np.sqrt(variance), exponent)


def _groups(begins: Int64Array, count: int) -> Int64Array:
    """In which group each of so many is."""
    return np.repeat(np.arange(len(begins)), np.diff(begins, append=count))


def _exponents(high: Float64Array, low: Float64Array) -> npt.NDArray[np.int32]:
    """Power of two to divide by before squaring; 0 where squares are safe, as of nearly all data."""
    largest = np.maximum(high, -low)
    is_safe = (largest <= 0) | ((largest > _SMALLEST) & (largest < _LARGEST))
    return np.where(is_safe, 0, np.frexp(np.where(is_safe, 1.0, largest))[1])


def table(rows: Float64Array) -> npt.NDArray[np.float64]:
    """The rows as they are written: of shape (rows, 14), in the order of `metadata.CANDLE_COLUMNS`.

    >>> table(of_points(np.array([4]), np.array([1.5]), np.array([np.nan])))
    array([[4. , 4. , nan, nan, nan, nan, nan, nan, 0. , 1. , 4. , 4. , 1.5,
            1.5]])
    """
    columns = rows[: len(metadata.CANDLE_COLUMNS)].copy()
    is_empty = columns[COUNT] == 0
    if is_empty.any():
        columns[OPEN : STD + 1, is_empty] = np.nan
        columns[HIGH_STEP, is_empty] = columns[LOW_STEP, is_empty] = columns[FIRST_STEP, is_empty]
    columns[MEAN] = np.clip(columns[MEAN], columns[LOW], columns[HIGH])
    return np.ascontiguousarray(columns.T)
