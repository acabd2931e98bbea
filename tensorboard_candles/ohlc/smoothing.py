"""Smoothing of the points themselves, as the sliders of dashboards do it."""

from __future__ import annotations

import numpy as np

from tensorboard_candles.events.points import Float64Array, FloatArray


def smoothed(value: FloatArray, *, weight: float) -> Float64Array:
    """Mean of each point and those before it, of which the k-th back counts weight^k, with 0 <= weight < 1.

    >>> smoothed(np.array([2.0, 2.0, 5.0, np.nan, 5.0]), weight=0.5)
    array([2.        , 2.        , 3.71428571,        nan, 4.4       ])

    This is the exponential moving average of TensorBoard's own slider, debiased as by Kingma and Ba 2015
    (section 3): it begins on the first point, not at zero. Points that are not finite are skipped.
    """
    found = np.full(len(value), np.nan)
    rows = np.flatnonzero(np.isfinite(value))
    if len(rows):
        # Measured from the first: of equal values the sum is 0, whatever they are.
        first = float(value[rows[0]])
        total = value[rows].astype(np.float64) - first
        span, keep = 1, weight
        while span < len(total) and keep > 0:
            # Each has added up `span` terms of its sum; those before them are what the one so far back has.
            total[span:] += keep * total[:-span]
            span, keep = 2 * span, keep * keep
        counted = np.arange(1.0, len(rows) + 1)
        found[rows] = first + total * (1 - weight) / (1 - weight**counted)
    return found
