"""Where series are going: known rates and plateaus are found, and what can't be told is not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some
from scipy.optimize import curve_fit
from scipy.signal import lfilter

from tensorboard_candles.analysis.aligned import Line
from tensorboard_candles.analysis.convergence import (
    Bounds,
    Convergence,
    convergence,
    natural_bounds,
    sentences,
)
from tensorboard_candles.analysis.convergence.best_step import best_of
from tensorboard_candles.analysis.convergence.generalisation import gap_between
from tensorboard_candles.analysis.convergence.outlook import Outlook, Within
from tensorboard_candles.analysis.convergence.plateau import Estimate
from tensorboard_candles.analysis.convergence.words import shown
from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.ohlc import polarity_of

COUNT = 1000
STEP = np.arange(COUNT)
EXPONENTIAL = 0.5 + 2 * np.exp(-STEP / 150)
POWER = 0.3 + 2 * (1 + STEP / 30) ** -0.8


def autocorrelated(rng: np.random.Generator, count: int = COUNT, phi: float = 0.9) -> Float64Array:
    noise = lfilter([1.0], [1.0, -phi], rng.normal(size=count + 300))[300:]
    return np.asarray(noise * np.sqrt(1 - phi**2))


NOISES: dict[str, Callable[[np.random.Generator], Float64Array]] = {
    "white": lambda rng: rng.normal(size=COUNT),
    "autocorrelated": autocorrelated,
    "heavy-tailed": lambda rng: rng.standard_t(3, size=COUNT) / np.sqrt(3),
    "fading": lambda rng: rng.normal(size=COUNT) * np.linspace(2, 0.5, COUNT),
    "with spikes": lambda rng: np.where(rng.random(COUNT) < 0.01, 400.0, rng.normal(size=COUNT)),
}


def outlook_of(values: Float64Array) -> Outlook:
    found = convergence(Line(np.arange(len(values)), values)).outlook
    assert found
    return found


@pytest.mark.parametrize(
    ("model", "clean", "by_hand", "start"),
    [
        ("exponential", EXPONENTIAL, lambda x, c, a, tau: c + a * np.exp(-x / tau), (0.4, 1.0, 100.0)),
        ("power", POWER, lambda x, c, a, x0, b: c + a * (1 + x / x0) ** -b, (0.4, 1.0, 20.0, 1.0)),
    ],
)
def test_of_clean_series_the_parameters_are_those_of_scipy(model, clean, by_hand, start) -> None:  # type: ignore[no-untyped-def]
    step = STEP[::3]  # few enough to be fitted as they are
    found = convergence(Line(step, clean[step])).outlook
    assert found
    assert found.model == model
    expected, _ = curve_fit(by_hand, step, clean[step], start)
    np.testing.assert_allclose(found.parameters, expected, rtol=1e-5)


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("seed", range(3))
def test_a_known_plateau_and_rate_are_found_in_noise(noise: str, seed: int) -> None:
    values = EXPONENTIAL + 0.05 * NOISES[noise](np.random.default_rng(seed))
    found = outlook_of(values)
    assert found.asymptote.value == pytest.approx(0.5, abs=0.06)
    assert found.half_life.value == pytest.approx(150 * np.log(2), rel=0.15)
    assert found.noise == pytest.approx(0.05, rel=0.6)
    assert found.final.low < 0.5 < found.final.high or abs(found.final.value - 0.5) < 0.01


@pytest.mark.parametrize("noise", ["white", "autocorrelated"])
def test_bands_hold_the_truth_about_as_often_as_told(noise: str) -> None:
    held = []
    for seed in range(20):
        values = POWER + 0.05 * NOISES[noise](np.random.default_rng(seed))
        found = outlook_of(values)
        truth = 0.3 + 2 * (1 + (2 * COUNT - 2) / 30) ** -0.8
        held.append(found.final.low <= truth <= found.final.high)
    assert np.mean(held) >= 0.8


def test_autocorrelated_noise_makes_bands_as_much_wider_as_it_should() -> None:
    rng = np.random.default_rng(0)
    white, slow = (
        outlook_of(EXPONENTIAL + 0.05 * noise) for noise in (rng.normal(size=COUNT), autocorrelated(rng))
    )
    width = [one.level.high - one.level.low for one in (white, slow)]
    # √((1 + φ) / (1 − φ)) of the same marginal variance
    assert width[1] / width[0] == pytest.approx(np.sqrt(19), rel=0.6)


def test_a_metric_that_rises_is_told_as_one_that_falls() -> None:
    noise = 0.02 * np.random.default_rng(0).normal(size=COUNT)
    falling = convergence(Line(STEP, EXPONENTIAL + noise))
    rising = convergence(Line(STEP, 3 - EXPONENTIAL - noise), polarity="higher_is_better")
    assert rising.verdict == falling.verdict == "converged"
    assert rising.outlook
    assert falling.outlook
    assert rising.outlook.asymptote.value == pytest.approx(3 - falling.outlook.asymptote.value, rel=1e-4)


def verdict_of(values: Float64Array) -> Convergence:
    return convergence(Line(np.arange(len(values)), np.asarray(values, np.float64)))


@pytest.mark.parametrize(
    ("values", "verdict", "says"),
    [
        (np.array([]), "too-few", "too few"),
        (np.array([3.0, 2.0, 1.0]), "too-few", "3 points: too few"),
        (np.full(50, np.nan), "too-few", "50 points"),
        (np.ones(100), "flat", "does not change"),
        (1 + 0.1 * np.random.default_rng(0).normal(size=500), "flat", "does not change"),
        (2 - STEP / 3000 + 0.02 * np.random.default_rng(0).normal(size=COUNT), "straight", "straight line"),
        (1 + 0.01 * np.exp(STEP / 150), "turned", "getting worse since"),
        (1 + (STEP / 400 - 1) ** 2, "turned", "best around step"),
        (np.where(STEP > 700, np.nan, EXPONENTIAL), "nonfinite", "last one is of step 700"),
        (np.where(STEP % 3 == 0, np.nan, EXPONENTIAL), "converged", "334 points"),
        (POWER[:200], "converging", "still on its way"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_can_be_told_is_told_and_nothing_else(values: Float64Array, verdict: str, says: str) -> None:
    found = verdict_of(values)
    assert found.verdict == verdict
    assert says in " ".join(sentences(found))
    assert (found.outlook is None) == (verdict in ("too-few", "turned", "nonfinite"))


@given(
    some.arrays(
        np.float64,
        st.integers(0, 40),
        elements=st.one_of(st.integers(-2, 2).map(float), st.floats(), st.floats(-1, 1)),
    )
)
def test_whatever_the_values_are_there_are_words_and_columns_of_one_length(values: Float64Array) -> None:
    found = verdict_of(values)
    assert sentences(found)
    drawn = found.drawn
    lengths = {
        len(getattr(drawn, name))
        for name in ("step", "value", "lowest", "highest", "count", "curve", "low", "high")
    }
    assert len(lengths) == 1
    assert drawn.count.sum() == np.isfinite(values).sum()


def test_steps_that_no_double_tells_apart_are_told_of_as_others_are() -> None:
    values = EXPONENTIAL + 0.01 * np.random.default_rng(3).normal(size=COUNT)
    usual, far = convergence(Line(STEP, values)), convergence(Line(STEP + 2**62, values))
    assert usual.outlook is not None
    assert far.outlook is not None
    assert far.verdict == usual.verdict == "converged"
    assert far.outlook.asymptote == usual.outlook.asymptote
    assert far.outlook.final == usual.outlook.final
    np.testing.assert_array_equal(far.drawn.curve, usual.drawn.curve)


def test_converged_is_what_is_within_what_was_asked_for() -> None:
    line = Line(STEP, EXPONENTIAL + 0.01 * np.random.default_rng(0).normal(size=COUNT))
    for share in (0.2, 0.05):
        found = convergence(line, within=Within(share)).outlook
        assert found
        assert found.converged_step.value == pytest.approx(-150 * np.log(share), rel=0.05)
    of_plateau = convergence(line, within=Within(0.1, of_gap=False)).outlook
    assert of_plateau
    assert of_plateau.converged_step.value == pytest.approx(150 * np.log(2 / 0.05), rel=0.05)


def test_a_million_points_are_told_of_as_a_thousand_are() -> None:
    step = np.arange(1_000_000)
    noise = 0.05 * np.random.default_rng(0).normal(size=len(step))
    values = (0.3 + 2 * (1 + step / 3000) ** -0.6 + noise).astype(np.float32)
    found = convergence(Line(step, values))
    assert found.outlook
    np.testing.assert_allclose(found.outlook.parameters, [0.3, 2.0, 3000.0, 0.6], rtol=0.03)
    assert found.points == 1_000_000
    assert len(found.drawn.step) <= 501


def early_stopping(values: Float64Array, patience: int) -> int | None:
    """As Keras does it."""
    best, waited = np.inf, 0
    for at, value in enumerate(values):
        waited += 1
        if value < best:
            best, waited = value, 0
        if waited >= patience:
            return at
    return None


@given(some.arrays(np.float64, st.integers(1, 60), elements=st.integers(0, 9).map(float)), st.integers(1, 20))
def test_early_stopping_ends_where_that_of_keras_does(values: Float64Array, patience: int) -> None:
    step = 10 * np.arange(len(values))
    found = best_of(step, values, polarity="lower_is_better", patience=patience)
    stop = early_stopping(values, patience)
    assert found.stop_step == (None if stop is None else step[stop])
    assert (found.value, found.step) == (values.min(), step[np.argmin(values)])
    if stop is not None:
        assert found.stop_best_step == step[np.argmin(values[: stop + 1])]


def test_a_gap_between_training_and_validation_that_grows_is_told() -> None:
    rng = np.random.default_rng(0)
    train = Line(STEP, POWER + 0.05 * rng.normal(size=COUNT))
    at = STEP[19::20]
    worse = Line(at, POWER[at] + at / 2000 + 0.01 * rng.normal(size=len(at)))
    found = gap_between(train, worse, polarity="lower_is_better")
    assert found
    assert found.now == pytest.approx(COUNT / 2000, abs=0.05)
    assert found.is_widening
    alike = gap_between(
        train, Line(at, POWER[at] + 0.01 * rng.normal(size=len(at))), polarity="lower_is_better"
    )
    assert alike
    assert abs(alike.now) < 0.03
    mirrored = gap_between(
        Line(train.step, -train.value), Line(at, -worse.value), polarity="higher_is_better"
    )
    assert mirrored
    assert mirrored.now == pytest.approx(found.now)


RISING = 1.2 - 0.9 * np.exp(-np.arange(200) / 300)
FALLING = -0.4 + 1.6 * np.exp(-np.arange(200) / 400)


@pytest.mark.parametrize(
    ("tag", "values", "bound", "words"),
    [
        ("val/accuracy", RISING, 1.0, "at most 1 by its nature"),
        ("grad_norm", FALLING, 0.0, "at least 0 by its nature"),
    ],
)
def test_no_plateau_is_told_where_the_metric_can_not_be(
    tag: str, values: Float64Array, bound: float, words: str
) -> None:
    line = Line(np.arange(200), values + 0.01 * np.random.default_rng(1).normal(size=200))
    polarity = polarity_of(tag)
    free = convergence(line, polarity=polarity).outlook
    assert free
    assert abs(free.parameters[0] - values.mean()) > abs(bound - values.mean())
    found = convergence(line, polarity=polarity, bounds=natural_bounds(tag, line.value))
    assert found.outlook
    told, low, high = found.outlook.asymptote, found.bounds.low, found.bounds.high
    assert low <= told.low <= told.value <= told.high <= high
    assert bound in (told.low, told.high)
    assert np.nanmin(found.drawn.low) >= low
    assert np.nanmax(found.drawn.high) <= high
    assert any(words in sentence for sentence in sentences(found))


def test_a_bound_that_is_far_away_changes_nothing() -> None:
    line = Line(STEP, EXPONENTIAL + 0.02 * NOISES["white"](np.random.default_rng(3)))
    free, bounded = convergence(line), convergence(line, bounds=Bounds(low=0.0))
    assert free.outlook
    assert bounded.outlook
    known, told = free.outlook.asymptote, bounded.outlook.asymptote
    assert (told.value, told.low) == pytest.approx((known.value, known.low), rel=1e-6)
    assert sentences(free) == sentences(bounded)


@pytest.mark.parametrize("b", [0.35, 0.5])
def test_knowing_that_a_loss_is_not_negative_costs_no_coverage(b: float) -> None:
    u = np.linspace(0, 1, 300)
    clean = 0.1 + 1.5 * (1 + u / 0.02) ** -b
    held = []
    for seed in range(30):
        values = clean + 0.03 * np.random.default_rng(seed).normal(size=len(u))
        told = convergence(Line(np.arange(len(u)), values), bounds=Bounds(low=0.0)).outlook
        held.append(told is not None and told.asymptote.low <= 0.1 <= told.asymptote.high)
    assert np.mean(held) > 0.8


@pytest.mark.parametrize(
    ("tag", "values", "unit", "expected"),
    [
        ("accuracy", [0.2, 0.9], None, Bounds(0.0, 1.0)),
        ("accuracy", [20.0, 90.0], None, Bounds()),
        ("accuracy", [20.0, 90.0], "%", Bounds(0.0, 100.0)),
        ("accuracy", [0.2, np.nan, np.inf], None, Bounds(0.0, 1.0)),
        ("episode_reward", [0.2, 0.9], None, Bounds()),
        ("val/psnr", [0.2, 0.9], None, Bounds()),
        ("train/loss", [2.0, 0.1], None, Bounds(low=0.0)),
        ("train/loss", [2.0, -0.1], None, Bounds()),
        ("learning_rate", [0.1], None, Bounds()),
        ("loss", [], None, Bounds()),
    ],
)
def test_bounds_are_known_by_name_unless_values_contradict(
    tag: str, values: list[float], unit: str | None, expected: Bounds
) -> None:
    assert natural_bounds(tag, np.array(values), unit=unit) == expected


@pytest.mark.parametrize("patience", [1, 10])
def test_what_the_interval_does_not_tell_is_not_known_yet(patience: int) -> None:
    early = 1.2 - 0.9 * np.exp(-np.arange(100) / 300) + 0.01 * np.random.default_rng(1).normal(size=100)
    found = convergence(Line(np.arange(100), early), polarity="higher_is_better", patience=patience)
    told = found.outlook
    assert told
    assert found.verdict == "converging"
    unknown = (told.asymptote, told.converged_step, told.half_life, told.next_half_life)
    assert all(math.isnan(one.value + one.low + one.high) for one in unknown)
    assert math.isnan(told.gap_closed)
    said = sentences(found)
    assert said[0] == "It is still on its way; its plateau is not known yet."
    assert not any(one.startswith(("Plateau", "Half of the way")) or " %" in one for one in said)


def test_no_plateau_is_told_whose_interval_is_wider_than_the_way_so_far() -> None:
    for seed in range(12):
        for far in (50, 100, 200, 400):
            clean = 1.2 - 0.9 * np.exp(-np.arange(far) / 150)
            values = clean + 0.02 * np.random.default_rng(seed).normal(size=far)
            told = convergence(Line(np.arange(far), values), polarity="higher_is_better").outlook
            if told and not math.isnan(told.asymptote.value):
                assert told.asymptote.high - told.asymptote.low <= 1.2 * np.ptp(values)
                assert math.isnan(told.converged_step.high) or told.converged_step.high <= 100 * far


@pytest.mark.parametrize(
    "values",
    [
        np.where(STEP < 600, 1.0, 0.2) + 0.02 * np.random.default_rng(0).normal(size=COUNT),
        np.where(STEP < 500, 1 + 2 * np.exp(-STEP / 60), 0.3),
        np.where(np.arange(25) < 15, 1.0, 0.2) + 0.02 * np.random.default_rng(0).normal(size=25),
    ],
    ids=["plateau, then a drop", "decay, then a drop, without noise", "25 points"],
)
def test_a_series_that_leaves_every_curve_for_long_follows_none(values: Float64Array) -> None:
    found = verdict_of(values)
    assert (found.verdict, found.outlook) == ("unlike", None)
    assert sentences(found)[0].startswith("It does not follow such a curve")
    assert np.isnan([found.drawn.curve, found.drawn.low, found.drawn.high]).all()


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("clean", [EXPONENTIAL, POWER], ids=["exponential", "power"])
def test_noise_of_any_kind_does_not_make_a_curve_another(clean: Float64Array, noise: str) -> None:
    for seed in range(4):
        assert verdict_of(clean + 0.2 * NOISES[noise](np.random.default_rng(seed))).verdict != "unlike"


def test_zero_has_no_sign_in_words() -> None:
    assert shown(Estimate(-0.0, -0.0001, 0.04)) == "0.000 (0.000 to 0.040)"
    assert shown(Estimate(-0.0, -0.0, -0.0)) == "0 (0 to 0)"


def test_validation_as_good_as_training_is_told_to_be() -> None:
    gap = gap_between(Line(STEP, POWER), Line(STEP[9::10], POWER[9::10]), polarity="lower_is_better")
    assert gap
    said = sentences(verdict_of(POWER), replace(gap, now=0.0))
    assert any(one.startswith("Validation is as good as training at the end") for one in said)
