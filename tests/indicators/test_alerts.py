"""Detectors of any kind: the cutting of a series makes no difference, nor does the size of its numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.indicators.alerts import (
    REGISTRY,
    Alert,
    Detector,
    Event,
    GradientExplosion,
    GradientVanishing,
    OlmoSkipStep,
    Plateau,
    Spike,
    Watched,
    alerts_of,
)
from tests.indicators.curves import Floats, kinds, noise


@st.composite
def wild(draw: st.DrawFn) -> Floats:
    """Noise with jumps, spikes, zeros, NaN and trends, so that detectors have something to say."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = np.exp(rng.normal(0, 0.1, draw(st.integers(0, 1500))))
    for _ in range(draw(st.integers(0, 6))):
        begin = int(rng.integers(0, len(values) + 1))
        part = slice(begin, begin + int(rng.choice([1, 3, 40, 300, 1500])))
        with np.errstate(invalid="ignore"):
            values[part] *= rng.choice([1e-6, 0.1, 3.0, 30.0, 1e5, 0.0, np.nan, np.inf])
    return values


def looked_at(detector: Detector, values: Floats) -> Floats:
    """What it is told of: the values, or they and others beside them."""
    return np.column_stack([values, values[::-1]]) if detector.needs_training else values


@settings(deadline=None)
@given(values=wild(), cuts=st.lists(st.integers(0, 1500)), name=st.sampled_from(sorted(REGISTRY)))
def test_pieces_give_the_same_events_as_the_whole(values: Floats, cuts: list[int], name: str) -> None:
    columns = looked_at(REGISTRY[name], values)

    def told(pieces: list[npt.NDArray[np.int64]]) -> list[tuple[Alert, Event]]:
        watched = Watched("loss", [REGISTRY[name]])
        return [found for piece in pieces for found in watched.step(piece, columns[piece])]

    def known(pieces: list[npt.NDArray[np.int64]]) -> dict[int, Alert]:
        watched, found = Watched("loss", [REGISTRY[name]]), {}
        for piece in pieces:
            some = [alert for alert, _ in watched.step(piece, columns[piece])]
            found.update({alert.first_step: alert for alert in some + watched.ongoing()})
        return found

    steps = np.arange(len(values))
    whole = told([steps])
    assert repr(known(np.split(steps, [cut % (len(steps) + 1) for cut in sorted(cuts)][:1]))) == repr(
        known([steps])
    )
    assert repr(told(np.split(steps, sorted(min(cut, len(values)) for cut in cuts)))) == repr(whole)
    assert repr(told([steps[at : at + 1] for at in range(len(values))])) == repr(whole)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_numbers_of_any_size_are_taken(name: str) -> None:
    rng = np.random.default_rng(0)
    values = np.exp(rng.normal(0, 100, 1000))
    values[300:400], values[400:500], values[700], values[710] = 0, 1e308, -1e308, 5e-324
    watched = Watched("loss", [REGISTRY[name]])
    with np.errstate(all="ignore"):
        watched.step(np.arange(1000), looked_at(REGISTRY[name], values))
        for seed in range(5):  # what came does not spoil what comes
            values = np.exp(np.random.default_rng(seed).normal(0, 0.1, 1000))
            watched.step(np.arange(1000), looked_at(REGISTRY[name], values))


def test_there_is_something_to_compare() -> None:
    rng = np.random.default_rng(0)
    for name, detector in REGISTRY.items():
        values = np.exp(rng.normal(0, 0.1, 3000))
        values[:300] *= np.linspace(3, 1, 300)
        values[1200:1203] *= 30
        values[2000:] *= 0 if name == "gradient-vanishing" else 1e3
        if name == "non-finite":
            values[100] = np.nan
        if name == "plateau":
            values = np.concatenate([np.linspace(5, 1, 1000), np.full(1000, 1.0)]) + noise(2000)
        if name == "trend-reversal":
            values[1200:] = np.linspace(1, 1.8, 1800)
        if name == "lr-cliff":
            values = np.repeat([0.1, 1e-4], 1000)
        told = Watched("x", [detector]).step(np.arange(len(values)), looked_at(detector, values))
        assert told, name


def test_nonfinite_is_told_with_its_extent_for_any_tag() -> None:
    values = np.ones(100)
    values[[40, 43]] = math.nan, math.inf
    assert kinds("lr", values) == [("non-finite", 40, 43)]


def test_nonfinite_says_how_long_and_since_when() -> None:
    values = np.ones(400)
    values[[20, 160, 161, 162]] = math.nan
    assert [alert.message for alert in alerts_of("lr", np.arange(400), values)] == [
        "lr was not finite for 1 point from step 20", "lr was not finite for 3 points from step 160",
    ]  # fmt: skip


@pytest.mark.parametrize(("apart", "begin"), [(100, 50), (500, 50_000)])
def test_overflows_close_together_are_one_alert_that_counts_them(apart: int, begin: int) -> None:
    values = np.ones(begin + 40 * apart)
    values[begin : begin + 27 * apart : apart] = math.inf
    last = begin + 26 * apart
    (alert,) = alerts_of("inf", np.arange(len(values)), values)
    assert (alert.first_step, alert.last_step) == (begin, last)
    assert alert.message == f"inf was not finite for 27 points from step {begin} to {last}"


def test_empty_series_says_nothing() -> None:
    assert alerts_of("loss", np.arange(0), np.empty(0)) == []


@pytest.mark.parametrize("cut", [1, 7, 333])
@pytest.mark.parametrize(
    "detector",
    [
        Spike(window=5), Spike(window=20), Spike(warmup=500), GradientExplosion(window=5),
        GradientVanishing(window=30, warmup=90), Plateau(patience=1), OlmoSkipStep(window=1),
    ],
    ids=str,
)  # fmt: skip
def test_any_settings_find_the_same_however_the_series_is_cut(detector: Detector, cut: int) -> None:
    values, steps = 1 + noise(1000), np.arange(1000)
    values[500], values[700:] = 30.0, values[700:] * 1e-7
    watched = Watched("loss", [detector])
    pieces = [watched.step(steps[at : at + cut], values[at : at + cut]) for at in range(0, 1000, cut)]
    assert [found for piece in pieces for found in piece] == Watched("loss", [detector]).step(steps, values)


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [("spike", "window", 0), ("spike", "window", 20.5), ("spike", "z", -1.0), ("plateau", "share", math.nan),
     ("zclip", "warmup", 0), ("llm-foundry", "window", 0), ("spike", "z", "8")],
)  # fmt: skip
def test_setting_that_is_no_number_above_zero_is_refused(name: str, setting: str, value: object) -> None:
    with pytest.raises(BadRequest, match=f"{setting} of {name} must be a .* number > 0, got"):
        replace(REGISTRY[name], **{setting: value})
