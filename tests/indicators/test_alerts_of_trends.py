"""What is told of where a metric goes: divergence, plateaus, reversals, overfitting."""

from __future__ import annotations

import numpy as np
import pytest

from tensorboard_candles.indicators.alerts import Alert, Divergence, OverfittingGap, Watched, alerts_of
from tests.indicators.curves import Floats, kinds, noise


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
