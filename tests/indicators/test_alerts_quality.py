"""Recall and precision on made-up runs: see benchmarks/alerts.py."""

from __future__ import annotations

import pytest

from benchmarks.alerts import MEASURED_FROM, Score, score
from tensorboard_candles.indicators.alerts import DEFAULTS


@pytest.fixture(scope="module")
def measured() -> Score:
    return score(range(MEASURED_FROM, MEASURED_FROM + 104))


@pytest.mark.parametrize("kind", [detector.kind for detector in DEFAULTS])
def test_faults_are_found_and_little_else(measured: Score, kind: str) -> None:
    assert measured.faults[kind] >= 8
    assert measured.recall(kind) >= 0.95
    assert measured.precision(kind) >= 0.9
