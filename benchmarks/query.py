"""How long 1,000 candles take, cold and warm: python -m benchmarks.query [--largest POINTS]

Series of 1M, 10M and 100M points in memory; p50 and p99 in milliseconds over many queries of the whole and of
random windows. Cold is the first query, which builds the block summaries.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from tensorboard_candles.ohlc import StepAxis, candles
from tensorboard_candles.store import Series


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=10**8)
    largest = parser.parse_args().largest
    print(f"{'points':>12} {'cold s':>8} {'whole p50':>10} {'p99':>8} {'window p50':>11} {'p99':>8}  (ms)")
    for points in (10**6, 10**7, 10**8):
        if points <= largest:
            _measure(points)


def _measure(points: int) -> None:
    dice = np.random.default_rng(0)
    step = np.arange(points)
    value = dice.normal(size=points).astype(np.float32)
    series = Series("run", "loss", step, 1.7e9 + 0.01 * step.astype(np.float64), value)
    begin = time.perf_counter()
    candles(series, StepAxis())
    cold = time.perf_counter() - begin

    def window() -> None:
        start = int(dice.integers(0, points // 2))
        candles(series, StepAxis(), start=start, end=start + int(dice.integers(1000, points // 2)))

    whole = _percentiles(lambda: candles(series, StepAxis()))
    some = _percentiles(window)
    print(
        f"{points:12,} {cold:8.2f} {whole[0]:10.2f} {whole[1]:8.2f} {some[0]:11.2f} {some[1]:8.2f}",
        flush=True,
    )


def _percentiles(query: Callable[[], object], times: int = 200) -> tuple[float, float]:
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        query()
        taken.append(1000 * (time.perf_counter() - begin))
    p50, p99 = np.percentile(taken, [50, 99])
    return float(p50), float(p99)


if __name__ == "__main__":
    main()
