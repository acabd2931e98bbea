"""Detectors, by what they say of small series, and that the cutting of a series makes no difference."""

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
    Divergence,
    Event,
    GradientExplosion,
    GradientVanishing,
    OlmoSkipStep,
    OverfittingGap,
    Plateau,
    Spike,
    Watched,
    alerts_of,
)

Floats = npt.NDArray[np.float64]


def kinds(tag: str, values: Floats) -> list[tuple[str, int, int]]:
    return [
        (alert.kind, alert.first_step, alert.last_step)
        for alert in alerts_of(tag, np.arange(len(values)), values)
    ]


def noise(count: int, size: float = 0.05, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(0, size, count)


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


def test_spike_is_one_alert_from_its_first_to_its_last_step() -> None:
    values = 1 + noise(300)
    values[200:205] = [5, 7, 6, 4, 3]
    assert kinds("loss", values) == [("spike", 200, 204)]


def test_spike_of_a_score_is_downward() -> None:
    values = 0.7 + noise(300, 0.01)
    values[200], values[250] = 0.2, 0.99
    assert kinds("val/accuracy", values) == [("spike", 200, 200)]


def test_spike_does_not_hide_the_next() -> None:
    values = 1 + noise(400)
    values[200:205] = 50
    values[[230, 260]] = 2
    assert [first for kind, first, _ in kinds("loss", values) if kind == "spike"] == [200, 230, 260]


def test_higher_level_is_no_spike_and_is_learned() -> None:
    values = np.concatenate([3 * np.exp(-np.arange(400) / 60) + 1, np.full(400, 1.6)]) + noise(800)
    values[700] = 6
    assert [found for found in kinds("loss", values) if found[0] != "plateau"] == [("spike", 700, 700)]


@pytest.mark.parametrize("half_life", [12, 20, 40])
@pytest.mark.parametrize("at", range(500, 510))
def test_sharp_peak_is_a_spike_though_the_level_stays_raised(half_life: int, at: int) -> None:
    values = 0.2 + noise(1000, 0.03)
    values[at] = 150
    values[at + 1 :] += 1.5 * 0.5 ** (np.arange(1, 1000 - at) / half_life)
    (spike,) = alerts_of("loss", np.arange(1000), values, [Spike()])
    assert (spike.first_step, spike.last_step, spike.value) == (at, at + 24, 150.0)
    peak = f"loss rose to 150 at step {at}, from about 0.1949"
    assert spike.message == f"{peak}, and has not come back after 24 points"


@pytest.mark.parametrize("rise", [1, 10, 60])
@pytest.mark.parametrize("height", [2.0, 30.0, 1000.0])
def test_rise_without_a_peak_is_no_spike(rise: int, height: float) -> None:
    curve = 1 + height * np.clip((np.arange(1000) - 500) / rise, 0, 1)
    for seed in range(5):
        values = curve * np.exp(noise(1000, 0.05, seed))
        assert "spike" not in [kind for kind, _, _ in kinds("loss", values)]


def test_new_level_learns_its_noise_before_it_has_spikes() -> None:
    values = np.concatenate([1 + noise(300, 0.01), 5 + noise(300, 0.5, seed=1)])
    assert [found for found in kinds("loss", values) if found[0] == "spike"] == []


def test_noise_alone_says_nothing_of_spikes() -> None:
    for seed in range(10):
        assert [kind for kind, _, _ in kinds("loss", 2 + noise(3000, 0.3, seed)) if kind == "spike"] == []


def test_what_comes_again_and_again_is_no_spike() -> None:
    """A task that is drawn once in 20 batches, and single samples of what is learned well."""
    tasks = np.where(np.arange(4000) % 20 == 7, 5.0, 1.0) + noise(4000)
    samples = np.exp(np.random.default_rng(0).normal(-3, 1.5, 4000))
    for values in (tasks, samples):
        assert sum(kind == "spike" for kind, _, _ in kinds("loss", values)) <= 8
    tasks[3000] = 50
    assert ("spike", 3000, 3000) in kinds("loss", tasks)


def test_divergence_is_told_once_it_lasts() -> None:
    values = np.concatenate([3 * np.exp(-np.arange(300) / 60) + 1, np.linspace(1, 8, 200)]) + noise(500)
    ((alert, _),) = Watched("loss", [Divergence()]).step(np.arange(500), values)
    assert 330 < alert.first_step < 380
    assert alert.last_step - alert.first_step == 31
    assert kinds("loss", values) == [("divergence", alert.first_step, 499)]


def test_divergence_that_is_not_over_goes_to_the_last_point_with_its_worst_so_far() -> None:
    values = np.concatenate([np.linspace(4, 1, 400), np.linspace(1, 137, 600)])
    (alert,) = alerts_of("loss", np.arange(1000), values, [Divergence()])
    assert (alert.last_step, alert.value) == (999, 137)
    assert "the worst 137 at step 999; it is 136.7 and not over at step 999" in alert.message
    back = np.concatenate([values, np.full(200, 1.0)])
    (alert,) = alerts_of("loss", np.arange(1200), back, [Divergence()])
    assert (alert.last_step, alert.value) == (999, 137)
    assert alert.message.endswith("it was over after step 999")


def test_divergence_tells_its_worst_value() -> None:
    values = np.concatenate([np.linspace(4, 1, 400), np.full(200, 9.0)])
    values[[200, 413, 500]] = 70, 50, 90
    (alert,) = [one for one in alerts_of("loss", np.arange(600), values) if one.kind == "divergence"]
    assert (alert.value, alert.last_step) == (90, 599)
    assert alert.message.startswith("loss rose to 9 and stays there since step 400; the best was 1.0")
    assert alert.message.endswith(", the worst 90 at step 500; it is 9 and not over at step 599")


def test_divergence_is_told_again_after_recovery() -> None:
    curve = np.concatenate([np.linspace(4, 1, 200), np.full(100, 9.0), np.full(200, 1.0), np.full(100, 9.0)])
    assert [kind for kind, _, _ in kinds("loss", curve + noise(600))].count("divergence") == 2


def test_plateau_is_told_and_a_falling_loss_is_not() -> None:
    falling = 4 * np.arange(1, 3001) ** -0.3 + noise(3000, 0.02)
    assert kinds("loss", falling) == []
    stuck = np.where(np.arange(3000) < 800, falling, falling[700:800].mean() + noise(3000, 0.02))
    assert [kind for kind, _, _ in kinds("loss", stuck)] == ["plateau"]


@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_loss_that_falls_by_a_steady_share_is_no_plateau(offset: float) -> None:
    """What is left above 0 halves every 600 points; above 0.5, that soon is next to nothing."""
    curve = 2.3 * 0.5 ** (np.arange(1000) / 100)
    curve = np.concatenate([curve, curve[-1] * 10 * 0.5 ** (np.arange(3000) / 600)])
    values = (curve + offset) * (1 + noise(4000, 0.01))
    found = [kind for kind, _, _ in kinds("loss", values) if kind != "spike"]
    assert ("plateau" in found) == (offset > 0)


@pytest.mark.parametrize("level", [0.0, 1.0, -3.0, 1e300])
def test_constant_series_is_one_plateau(level: float) -> None:
    assert [kind for kind, _, _ in kinds("loss", np.full(5000, level))] == ["plateau"]


def test_numbers_at_the_edge_of_floats_are_looked_at() -> None:
    assert [kind for kind, _, _ in kinds("loss", 1e300 * (1 + noise(2000)))] == ["plateau"]


def test_gradient_that_is_mostly_zero_does_not_explode_where_it_is_not() -> None:
    norms = np.exp(noise(1000, 0.3))
    norms[400:] *= np.arange(600) % 4 == 0
    assert [kind for kind, _, _ in kinds("grad_norm", norms)] == []
    norms[900] = 40
    (alert,) = alerts_of("grad_norm", np.arange(1000), norms)
    assert (alert.kind, alert.first_step) == ("gradient-explosion", 900)
    assert alert.message.startswith("grad_norm rose to 40 at step 900, 4")


def test_gradient_that_explodes_or_vanishes() -> None:
    norms = np.exp(noise(700, 0.3))
    norms[300:310] *= 100
    norms[600:] *= 1e-7
    assert kinds("grad_norm", norms) == [("gradient-explosion", 300, 309), ("gradient-vanishing", 600, 619)]


def test_gradient_that_comes_back_does_not_explode() -> None:
    norms = np.exp(noise(900, 0.3))
    norms[300:600] *= 1e-8
    assert [kind for kind, _, _ in kinds("grad_norm", norms) if kind == "gradient-vanishing"] == [
        "gradient-vanishing"
    ]
    norms[650:] *= 1e-3
    norms[700:705] *= 20
    assert "gradient-explosion" not in [kind for kind, first, _ in kinds("grad_norm", norms) if first >= 650]


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


@pytest.mark.parametrize(
    ("name", "values", "flagged"),
    [
        ("olmo-skip-step", [*([1.0, 1.2] * 32), 1.70], []),
        ("olmo-skip-step", [*([1.0, 1.2] * 32), 1.71], [64]),
        ("olmo-skip-step", [*([1.0, 1.2] * 31), 9.0], []),
        ("zclip", [*([1.0, 1.2] * 12), 1.0, 1.1 + 0.3], [25]),
        ("zclip", [*([1.0, 1.2] * 12), 1.0, 1.1 + 0.2], []),
        ("llm-foundry", [*[1.0] * 501, 7.4], []),
        ("llm-foundry", [*[1.0] * 501, 7.6], [501]),
        ("llm-foundry", [*[1.0] * 499, 99.0], []),
        ("megatron", [*[1.0] * 100, 9.9], []),
        ("megatron", [*[1.0] * 100, 10.0], [100]),
        ("megatron", [*[1.0] * 99, 10.0], []),
    ],
)
def test_published_rule_flags_what_its_source_does(
    name: str, values: list[float], flagged: list[int]
) -> None:
    watched = Watched("loss", [REGISTRY[name]])
    told = watched.step(np.arange(len(values)), np.array(values))
    assert [alert.first_step for alert, _ in told] == flagged


def lr_events(rates: npt.NDArray[np.floating]) -> list[tuple[int, str]]:
    found = alerts_of("lr", np.arange(len(rates)), np.asarray(rates, np.float64))
    return [(one.first_step, one.severity) for one in found]


AT = np.linspace(0, 1, 2000)


@pytest.mark.parametrize(
    "rates",
    [
        np.full(2000, 1e-3),
        1e-3 * (1 - AT),
        1e-3 * (1 - AT) ** 2,
        (1 - np.linspace(0, 1, 11)),
        1e-3 * (1 + np.cos(np.pi * AT)) / 2,
        1e-3 * (1 + np.cos(np.pi * (4 * AT % 1))) / 2,
        1e-3 * np.minimum(AT / 0.1, 1) * (1 - AT),
        np.r_[0, 1e-7, 1e-6, 1e-5, np.full(500, 1e-4)],
        1e-3 * np.clip((1 - AT) / 0.2, 0, 1),
        1e-3 * np.clip(1 - np.sqrt(np.maximum(AT - 0.8, 0) / 0.2), 0, 1),
        1e-3 * 0.999 ** np.arange(2000),
        1e-3 * np.abs(AT * 6 % 2 - 1),
        np.tile([1e-3, 1e-5], 1000),
        np.zeros(2000),
    ],
    ids=[
        "constant", "linear", "polynomial", "linear, eleven points", "cosine", "warm restarts",
        "warm-up and linear", "warm-up by factors", "stable, then linear", "stable, then root",
        "exponential", "triangles",
        "two groups in one tag", "zero",
    ],
)  # fmt: skip
def test_a_schedule_has_no_cliffs(rates: Floats) -> None:
    assert lr_events(rates) == []


def test_steps_of_a_schedule_are_told_as_info() -> None:
    steps = 0.1 * 0.1 ** (np.arange(400) // 100)
    assert lr_events(steps) == [(100, "info"), (200, "info"), (300, "info")]
    assert lr_events(np.repeat(steps[::100], 5)) == [(5, "info"), (10, "info"), (15, "info")]


def test_a_cycle_that_ends_in_a_cliff_is_told_once() -> None:
    assert lr_events(np.tile(np.linspace(0.01, 1, 100), 10)) == [(100, "warning")]


def test_a_rate_that_jumps_above_all_before_is_a_cliff_and_a_return_is_none() -> None:
    rates = np.r_[np.full(300, 1e-3), np.full(300, 2e-4), np.full(300, 1e-3), np.full(300, 2e-2)]
    assert lr_events(rates) == [(300, "info"), (900, "warning")]


def test_a_schedule_that_is_stepped_too_often_leaves_nothing_and_is_told() -> None:
    rates = np.asarray(1e-3 * 0.97 ** np.arange(3000), np.float64)
    (alert,) = alerts_of("lr", np.arange(3000), rates)
    assert (alert.first_step, alert.last_step, alert.severity) == (454, 503, "warning")
    assert alert.message == "lr is all but 0 since step 454: 2.219e-10 at step 503"


def test_a_rate_that_fell_to_nothing_is_told_once() -> None:
    (alert,) = alerts_of("lr", np.arange(900), np.repeat([1e-3, 0.0], 450))
    assert (alert.first_step, alert.last_step) == (450, 499)


def test_a_loss_that_turns_is_told_with_where_it_did() -> None:
    values = np.concatenate([np.linspace(3, 1, 1000), np.linspace(1, 1.7, 1000)]) + noise(2000)
    ((kind, first, last),) = [one for one in kinds("loss", values) if one[0] != "spike"]
    assert kind == "trend-reversal"
    assert 950 <= first <= 1050
    assert 1200 <= last <= 1500
    ((kind, *_),) = kinds("accuracy", 1 - values / 4)
    assert kind == "trend-reversal"


@pytest.mark.parametrize(
    "after",
    [
        np.full(1000, 1.5),
        1 + 0.5 * np.exp(-np.arange(1000) / 300),
        np.linspace(1, 1.05, 1000),
        1 + 0.1 * np.sin(np.arange(1000) / 30),
        np.full(1000, 1.0),
    ],
    ids=["jumps", "jumps and learns", "hardly rises", "sways", "stays"],
)  # fmt: skip
def test_what_does_not_rise_along_a_line_is_no_reversal(after: Floats) -> None:
    for seed in range(5):
        values = np.concatenate([np.linspace(3, 1, 1000), after]) + noise(2000, seed=seed)
        assert "trend-reversal" not in [kind for kind, _, _ in kinds("loss", values)]


def test_a_reversal_is_told_again_after_a_new_best_only() -> None:
    rise = np.linspace(1, 1.5, 800)
    values = np.concatenate([np.linspace(3, 1, 800), rise, np.linspace(1.5, 1.05, 300), rise + 0.05]) + noise(
        2700
    )
    assert [kind for kind, _, _ in kinds("loss", values)].count("trend-reversal") == 1
    values = np.concatenate(
        [values[:1600], np.linspace(1.5, 0.5, 800), np.linspace(0.5, 1.2, 1600) + noise(1600)]
    )
    assert [kind for kind, _, _ in kinds("loss", values)].count("trend-reversal") == 2


V_SHAPE = np.r_[np.linspace(2, 1, 20), np.linspace(1, 3, 20)]


def gap_alerts(validation: Floats, training: Floats, tag: str = "val/loss") -> list[Alert]:
    both = np.column_stack([validation, training])
    return alerts_of(tag, 100 * np.arange(len(both)), both)


@pytest.mark.parametrize(
    "rise", [0.0, 0.2, 1.0], ids=["gains nothing more", "gets worse", "gets worse than ever"]
)
def test_validation_that_training_leaves_behind_is_overfitting(rise: float) -> None:
    training = np.linspace(2, 0.2, 40) + noise(40, 0.01)
    validation = np.r_[np.linspace(2, 1.2, 20), np.linspace(1.2, 1.2 + rise, 20)] + noise(40, 0.01, seed=1)
    (alert,) = gap_alerts(validation, training)
    assert (alert.tag, alert.kind, alert.severity) == ("val/loss", "overfitting-gap", "warning")
    assert 1700 <= alert.first_step <= 2500
    assert alert.last_step == 3900
    assert alert.message.endswith("; not over at step 3900")
    both = np.column_stack([validation, training])
    ((noticed, _),) = Watched("val/loss", [OverfittingGap()]).step(np.arange(0, 4000, 100), both)
    assert noticed.last_step <= 3200
    assert "while training went from " in alert.message
    (turned,) = gap_alerts(1 - validation / 4, 1 - training / 4, tag="val/accuracy")
    assert (turned.first_step, turned.last_step) == (alert.first_step, alert.last_step)


@pytest.mark.parametrize(
    ("validation", "training"),
    [
        (np.linspace(2, 1, 40), np.linspace(2, 0.2, 40)),
        (np.r_[np.linspace(2, 1, 20), np.full(20, 1.0)], np.r_[np.linspace(2, 0.5, 20), np.full(20, 0.5)]),
        (V_SHAPE, V_SHAPE),
        (np.where(np.arange(40) % 13 == 9, 3.0, np.linspace(2, 1, 40)), np.linspace(2, 0.2, 40)),
        (np.linspace(2, 1, 2), np.linspace(2, 0.2, 2)),
    ],
    ids=["both learn", "both are done", "both diverge", "outliers", "too few"],
)  # fmt: skip
def test_what_training_does_not_leave_behind_is_not_overfitting(validation: Floats, training: Floats) -> None:
    for seed in range(5):
        size = len(validation)
        shaken = validation + noise(size, 0.01, seed), training + noise(size, 0.01, seed + 100)
        assert gap_alerts(*shaken) == []
