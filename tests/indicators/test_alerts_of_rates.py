"""What is told of gradient norms and learning rates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from tensorboard_candles.indicators.alerts import alerts_of
from tests.indicators.curves import Floats, kinds, noise


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
