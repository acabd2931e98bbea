"""What is told of points far off, and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from tensorboard_candles.indicators.alerts import REGISTRY, Spike, Watched, alerts_of
from tests.indicators.curves import kinds, noise


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
